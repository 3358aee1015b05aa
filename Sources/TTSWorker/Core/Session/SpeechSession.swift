package import DeepgramConnection
package import JSONText
internal import Logging
package import NIOCore
internal import Observability
internal import WorkerProtocol
package import WorkerRuntime

/// One call's session in the text-to-speech worker: carries out what its ``SpeakMachine`` decides.
///
/// Lives on the loop of its link. Audio goes to the gateway as it comes from the provider; when the gateway does not keep
/// up, reading from the provider is stopped rather than audio dropped.
package final class SpeechSession {
    private let outbox: SessionOutbox
    private let url: String
    private let credentials: DeepgramCredentials
    private let metrics: SpeechMetrics

    /// What decides.
    package var machine: SpeakMachine
    /// The connection, or the attempt at one.
    package var socket: DeepgramSocket?
    /// The session's timers.
    package private(set) lazy var timers = TimerTable<SpeakTimer>(eventLoop: outbox.eventLoop) { [unowned self] in
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
        timings: SpeakTimings,
        metrics: SpeechMetrics
    ) {
        self.outbox = outbox
        self.url = url
        self.credentials = credentials
        self.metrics = metrics
        machine = SpeakMachine(timings: timings)
    }

    /// Carries out one action.
    package func perform(_ action: SpeakAction) {
        switch action {
        case .connect:
            socket = DeepgramSocket.connect(
                to: url,
                credentials: credentials,
                on: outbox.eventLoop,
                receiveBufferBytes: 16_384,
                owner: self
            )
        case .send(let request):
            if case .speak(let text) = request { metrics.characters.increment(by: text.unicodeScalars.count) }
            socket?.send(text: request.text)
        case .ping:
            socket?.ping()
        case .closeSocket:
            socket?.close()
            socket = nil
        case .abortSocket:
            socket?.abort()
            socket = nil
        case .resumeReading:
            setReading(true)
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

    private func setReading(_ isReading: Bool) {
        guard machine.isReadingStopped == isReading else { return }
        machine.isReadingStopped = !isReading
        socket?.setReading(isReading)
    }

    private func note(_ note: SpeakNote) {
        metrics.count(note)
        let logger = outbox.logger
        switch note {
        case .opened(let requestID):
            logger.info("Speech connected", metadata: ["provider.request_id": "\(requestID ?? "")"])
        case .lost(let failure, let retry):
            logger.notice(
                "Speech connection lost",
                metadata: failure.logMetadata.merging(["retry_ms": "\(retry)"]) { _, new in new }
            )
        case .rotated:
            logger.info("Speech connection replaced")
        case .firstAudio(let milliseconds):
            logger.debug("First audio of a reply", metadata: ["duration_ms": "\(milliseconds)"])
        case .resent(let generation):
            logger.notice("Text sent again", metadata: ["generation": "\(generation)"])
        case .clearTimedOut:
            logger.notice("Clear was not answered in time")
        case .discarded(let bytes):
            logger.debug("Audio of a cancelled reply dropped", metadata: ["bytes": "\(bytes)"])
        case .complaint(let code, let text):
            logger.warning(
                "Speech provider complains",
                metadata: ["provider.code": "\(code)", "provider.message": "\(text)"]
            )
        case .unknownMessage(let type):
            logger.debug("Unknown speech message", metadata: ["type": "\(type)"])
        case .malformedMessage:
            logger.debug("Malformed speech message")
        }
    }
}

extension SpeechSession: WorkerSession {
    package func receive(control: JSONValue) {
        do {
            switch try TextToSpeechCommand(json: control) {
            case .open: violated("a second open")
            case .begin(let generation): perform(machine.replyBegun(generation, at: now))
            case .end(let generation): perform(machine.replyEnded(generation, at: now))
            case .cancel(let generation): perform(machine.replyCancelled(generation, at: now))
            case .close: perform(machine.closeRequested())
            }
        } catch {
            violated("\(error)")
        }
    }

    package func receive(audio: ByteBuffer) {
        violated("audio is not for speech")
    }

    package func receive(text: ByteBuffer) {
        perform(machine.textReceived(String(buffer: text), at: now))
    }

    package func linkBecameWritable() {
        setReading(true)
    }
}

extension SpeechSession: DeepgramSession {
    package func socketReceived(text: ByteBuffer) {
        perform(machine.messageReceived(SpeakMessage(text), at: now))
    }

    package func socketReceived(binary: ByteBuffer) {
        let (verdict, note) = machine.audioReceived(binary.readableBytes, at: now)
        if let note { self.note(note) }
        guard verdict == .forward else { return }
        metrics.audioBytes.increment(by: binary.readableBytes)
        outbox.send(audio: binary)
        if !outbox.isWritable { setReading(false) }
    }

    package func socketBecameWritable() {
        // Text is little: what is sent is bounded by the provider's own limits.
    }
}
