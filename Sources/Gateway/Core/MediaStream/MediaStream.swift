import Logging
import NIOCore
import Observability
import TelephonyAudio
import WebSocketTransport

/// Who decides whether a stream is connected to a call.
protocol MediaStreamAdmission: AnyObject {
    /// The stream has said which call it belongs to.
    ///
    /// - Returns: the call, or nil when the stream is not to be had; it is closed with 1008 then.
    func admit(_ stream: MediaStream, start: StreamStart) -> CallSession?
}

/// One Twilio media stream: its WebSocket, and the messages both ways.
///
/// Loop-bound. Messages are turned into calls on the ``CallSession``; ``MediaStreamStateMachine`` decides what is legal.
final class MediaStream {
    /// The stream's id; empty before it is admitted.
    private(set) var streamSID = ""

    private let metrics: GatewayMetrics
    private let timers: LoopTimers
    private let logger: Logger
    private weak var admission: (any MediaStreamAdmission)?
    private var machine = MediaStreamStateMachine()
    private var decoder = TwilioMessageDecoder()
    private var encoder = TwilioMessageEncoder(streamSID: "")
    private var socket: WebSocket?
    private var call: CallSession?
    private var startTimer: LoopTimers.Handle?
    private var output: [UInt8] = []

    /// Makes a stream whose WebSocket is about to open.
    init(timers: LoopTimers, metrics: GatewayMetrics, logger: Logger, admission: any MediaStreamAdmission) {
        self.timers = timers
        self.metrics = metrics
        self.logger = logger
        self.admission = admission
    }

    /// The WebSocket is open; `start` must come in time.
    func opened(_ socket: WebSocket, startMilliseconds: Int64) {
        self.socket = socket
        metrics.streamsLive.add(1)
        startTimer = timers.set(milliseconds: startMilliseconds) { [weak self] in
            guard let self else { return }
            self.perform(self.machine.startDeadlinePassed())
        }
    }

    // MARK: - To Twilio

    /// Sends audio: whole frames.
    func send(media: [UInt8]) {
        guard machine.isStreaming else { return }
        output.removeAll(keepingCapacity: true)
        encoder.appendMedia(media.span, to: &output)
        sendOutput()
    }

    /// Sends a mark behind the media sent so far.
    func send(mark name: String) {
        guard machine.isStreaming else { return }
        output.removeAll(keepingCapacity: true)
        encoder.appendMark(name: name, to: &output)
        sendOutput()
    }

    /// Empties Twilio's buffer.
    func sendClear() {
        guard machine.isStreaming else { return }
        output.removeAll(keepingCapacity: true)
        encoder.appendClear(to: &output)
        sendOutput()
    }

    /// Ends the stream from this side; the call hears nothing more of it.
    func release(code: UInt16 = 1000, reason: String = "") {
        call = nil
        guard machine.released() else { return }
        close(code: code, reason: reason)
    }

    private func sendOutput() {
        guard let socket else { return }
        socket.send(text: socket.channel.allocator.buffer(bytes: output))
    }

    private func close(code: UInt16, reason: String) {
        timers.cancel(startTimer)
        socket?.close(code: code, reason: reason)
    }

    // MARK: - Decisions

    private func perform(_ action: MediaStreamStateMachine.Action) {
        switch action {
        case .none: break
        case .admit(let start): admit(start)
        case .hear(let timestamp): call?.hear(decoder.payload, timestamp: timestamp)
        case .press(let digit): call?.press(digit)
        case .echo(let name): call?.echo(mark: name)
        case .end(let end):
            let ended = call
            call = nil
            close(code: end.closeCode, reason: "")
            ended?.streamEnded(self, end)
        case .refuse(let code, let reason):
            metrics.streamsRefused.increment()
            close(code: code, reason: reason)
        }
    }

    private func admit(_ start: StreamStart) {
        timers.cancel(startTimer)
        guard let call = admission?.admit(self, start: start) else {
            machine.refused()
            metrics.streamsRefused.increment()
            close(code: 1008, reason: "not admitted")
            return
        }
        streamSID = start.streamSID
        decoder.expect(streamSID: start.streamSID)
        encoder = TwilioMessageEncoder(streamSID: start.streamSID)
        self.call = call
        call.connect(self)
    }
}

extension MediaStream: WebSocketDelegate {
    func webSocket(_ socket: WebSocket, didReceiveText text: ByteBuffer) {
        let message: TwilioMessage
        do {
            message = try decoder.decode(text.readableBytesUInt8Span)
        } catch {
            metrics.malformedMessages.increment()
            logger.debug("stream message cannot be read", metadata: ["error.kind": "\(error)"])
            perform(machine.malformedMessageReceived())
            return
        }
        perform(machine.messageReceived(message))
    }

    func webSocket(_ socket: WebSocket, didReceiveBinary bytes: ByteBuffer) {
        machine.binaryReceived()
        metrics.binaryMessages.increment()
    }

    func webSocket(_ socket: WebSocket, didClose close: WebSocketClose) {
        timers.cancel(startTimer)
        self.socket = nil
        metrics.streamsLive.add(-1)
        logger.debug("stream closed", metadata: ["stream.sid": "\(streamSID)", "close": "\(close.kind)"])
        let hadCloseFrame: Bool
        switch close.kind {
        case .peerClosed, .weClosed: hadCloseFrame = true
        case .endOfFile, .protocolError, .transportError: hadCloseFrame = false
        }
        perform(machine.socketClosed(hadCloseFrame: hadCloseFrame))
    }
}
