package import DeepgramConnection
package import JSONText
internal import Logging
package import NIOCore
internal import Observability
internal import WorkerProtocol
package import WorkerRuntime

/// One call's session in the speech-to-text worker: carries out what its ``ListenMachine`` decides.
///
/// Lives on the loop of its link.
package final class TranscriptionSession {
    private let outbox: SessionOutbox
    private let url: String
    private let credentials: DeepgramCredentials
    private let metrics: TranscriptionMetrics

    /// What decides.
    package var machine: ListenMachine
    /// The connection, or the attempt at one.
    package var socket: DeepgramSocket?
    /// The session's timers.
    package private(set) lazy var timers = TimerTable<ListenTimer>(eventLoop: outbox.eventLoop) { [unowned self] in
        self.timerFired($0)
    }

    /// Makes a session; `start()` begins it.
    ///
    /// - Parameters:
    ///   - outbox: the way to the gateway.
    ///   - url: the provider's URL with its query.
    ///   - credentials: for the provider.
    ///   - timings: times and sizes.
    ///   - metrics: what is counted.
    package init(
        outbox: SessionOutbox,
        url: String,
        credentials: DeepgramCredentials,
        timings: ListenTimings,
        metrics: TranscriptionMetrics
    ) {
        self.outbox = outbox
        self.url = url
        self.credentials = credentials
        self.metrics = metrics
        machine = ListenMachine(timings: timings)
    }

    /// Carries out one action.
    package func perform(_ action: ListenAction) {
        switch action {
        case .connect:
            socket = DeepgramSocket.connect(
                to: url,
                credentials: credentials,
                on: outbox.eventLoop,
                receiveBufferBytes: 4096,
                owner: self
            )
        case .sendAudio(let audio):
            socket?.send(audio: audio)
            machine.isWritable = socket?.isWritable ?? false
        case .sendText(let request):
            if request == .keepAlive { metrics.keepAlives.increment() }
            socket?.send(text: request.rawValue)
        case .ping:
            socket?.ping()
        case .closeSocket:
            socket?.close()
            socket = nil
        case .abortSocket:
            socket?.abort()
            socket = nil
        case .setTimer(let timer, let milliseconds):
            timers.set(timer, milliseconds: milliseconds)
        case .cancelTimer(let timer):
            timers.cancel(timer)
        case .cancelTimers:
            timers.cancelAll()
        case .report(let event):
            metrics.count(event)
            outbox.send(event)
        case .note(let note):
            self.note(note)
        case .finish:
            outbox.finish()
        }
    }

    private func note(_ note: ListenNote) {
        metrics.count(note)
        switch note {
        case .opened(let requestID, let isReplay):
            outbox.logger.info(
                "Transcription connected",
                metadata: ["provider.request_id": "\(requestID ?? "")", "replay": "\(isReplay)"]
            )
        case .lost(let failure, let retry):
            outbox.logger.notice(
                "Transcription connection lost",
                metadata: failure.logMetadata.merging(["retry_ms": "\(retry)"]) { _, new in new }
            )
        case .dropped(let bytes):
            outbox.logger.trace("Caller audio dropped", metadata: ["bytes": "\(bytes)"])
        case .complaint(let text):
            outbox.logger.warning("Transcription provider complains", metadata: ["provider.message": "\(text)"])
        case .unknownMessage(let type):
            outbox.logger.debug("Unknown transcription message", metadata: ["type": "\(type)"])
        case .malformedMessage:
            outbox.logger.debug("Malformed transcription message")
        case .finalizeTimedOut:
            outbox.logger.debug("Finalize was not answered in time")
        }
    }
}

extension TranscriptionSession: WorkerSession {
    package func receive(control: JSONValue) {
        do {
            switch try SpeechToTextCommand(json: control) {
            case .open: violated("a second open")
            case .finalize: perform(machine.finalizeRequested(at: now))
            case .close: perform(machine.closeRequested(at: now))
            }
        } catch {
            violated("\(error)")
        }
    }

    package func receive(audio: ByteBuffer) {
        perform(machine.audioReceived(audio, at: now))
    }

    package func receive(text: ByteBuffer) {
        violated("text is not for transcription")
    }
}

extension TranscriptionSession: DeepgramSession {
    package func socketReceived(text: ByteBuffer) {
        perform(machine.messageReceived(ListenMessage(text), at: now))
    }

    package func socketReceived(binary: ByteBuffer) {
        // The provider sends no binary messages; one is no reason to lose the call.
        outbox.logger.debug("Binary message from the transcription provider")
    }

    package func socketBecameWritable() {
        perform(machine.socketBecameWritable(at: now))
    }
}
