import NIOCore
import TelephonyAudio
import WebSocketTransport

/// One media stream of a simulated call, on its event loop: sends the caller's 20 ms frames on an absolute schedule,
/// plays what comes back, returns marks, and keeps the report.
final class StreamLeg: WebSocketDelegate {
    /// How a stream ended.
    enum End: Equatable {
        /// The caller hung up: `stop` was sent.
        case callerHungUp

        /// The call was ended or redirected from outside: `stop` was sent.
        case interrupted

        /// The script's fault cut the connection.
        case cut

        /// The application closed the WebSocket, with this code.
        case applicationClosed(UInt16?)

        /// The connection broke.
        case broke(String)
    }

    /// What a leg tells its call while it lasts.
    enum Happening {
        /// Something of the script.
        case script(CallerScript.Event, at: Int)

        /// The application emptied the queue.
        case cleared(at: Int)
    }

    private let configuration: CallConfiguration
    private let loop: any EventLoop
    private let parameters: [(name: String, value: String)]
    private let onHappening: (Happening) -> Void
    private let onEnd: (End) -> Void

    private var writer: StreamMessageWriter
    private var socket: WebSocket?
    private var playout = PlayoutBuffer()
    private var began = NIODeadline.uptimeNanoseconds(0)
    private var ticks = 0
    private var timer: Scheduled<Void>?
    private var ending: End?
    private var hasStarted = false
    private var isOver = false

    private(set) var script: CallerScript
    private(set) var report: CallReport
    private(set) var transcript: CallTranscript
    /// Where this leg's clock starts on the call's, milliseconds.
    private let offset: Int

    init(
        configuration: CallConfiguration,
        parameters: [(name: String, value: String)],
        streamSID: String,
        script: CallerScript,
        report: CallReport,
        transcript: CallTranscript,
        loop: any EventLoop,
        onHappening: @escaping (Happening) -> Void,
        onEnd: @escaping (End) -> Void
    ) {
        self.configuration = configuration
        self.parameters = parameters
        self.script = script
        self.report = report
        self.transcript = transcript
        self.loop = loop
        self.onHappening = onHappening
        self.onEnd = onEnd
        offset = report.callerAudio.count / MuLaw.bytesPerMillisecond
        writer = StreamMessageWriter(
            accountSID: configuration.accountSID,
            callSID: report.callSID,
            streamSID: streamSID
        )
    }

    /// Starts the stream on an open WebSocket.
    func begin(on socket: WebSocket) {
        self.socket = socket
        guard ending == nil else { return socket.close() }
        socket.send(text: StreamMessageWriter.connected)
        timer = loop.assumeIsolated().scheduleTask(in: .milliseconds(Int64(configuration.faults.startDelay))) {
            self.start()
        }
    }

    private func start() {
        guard !isOver, ending == nil else { return }
        hasStarted = true
        socket?.send(text: writer.start(parameters: parameters))
        report.streams += 1
        began = .now()
        scheduleTick()
    }

    private func scheduleTick() {
        ticks += 1
        let due = began + .milliseconds(Int64(ticks) * 20)
        timer = loop.assumeIsolated().scheduleTask(deadline: due) { self.tick() }
    }

    private var now: Int { offset + ticks * 20 }

    private func tick() {
        guard !isOver else { return }
        let (played, marks) = playout.tick()
        report.partialFrames = playout.partialFrames
        report.longestQueue = max(report.longestQueue, playout.queuedBytes / MuLaw.bytesPerMillisecond)
        sendMarks(marks)
        let heard: CallerScript.Heard =
            played.map { SpokenLine.isAudible($0) ? .voice : .silence } ?? .nothing
        let output = script.tick(at: now, heard: heard)
        report.callerAudio.append(contentsOf: output.frame)
        report.agentAudio.append(
            contentsOf: played ?? Array(repeating: MuLaw.silence, count: MuLaw.bytesPerFrame)
        )
        sendCaller(output.frame)
        var hangsUp = now >= configuration.maximumMilliseconds
        for event in output.events {
            transcript.take(event, at: now)
            onHappening(.script(event, at: now))
            if case .key(let key) = event { socket?.send(text: writer.dtmf(key)) }
            if case .timedOut(let step) = event { report.timedOutSteps.append(step) }
            if case .finished(true) = event { hangsUp = true }
        }
        if let cut = configuration.faults.cutsAt, now >= cut, report.streams == 1 {
            ending = .cut
            socket?.abort()
        } else if hangsUp {
            hangUp(.callerHungUp)
        } else {
            scheduleTick()
        }
    }

    private func sendCaller(_ frame: [UInt8]) {
        let faults = configuration.faults
        if let silent = faults.silentLeg, silent.contains(now) { return }
        // Presentation time starts somewhere in the first quarter second and is not an exact multiple of 20.
        let timestamp = 120 + (ticks - 1) * 20 + (ticks &* 7919) % 5 - 2
        if faults.sendsUnknownEvents, ticks % 50 == 7 {
            socket?.send(
                text: #"{"event":"weather","streamSid":"\#(writer.streamSID)","weather":{"sky":["blue",1e3]}}"#
            )
            socket?.send(binary: [1, 2, 3])
        }
        if faults.sendsMalformedMessages, ticks % 100 == 13 { sendMalformed() }
        if faults.sendsUnevenFrames, ticks % 3 == 0 {
            socket?.send(text: writer.media(Array(frame.prefix(1)), at: timestamp))
            socket?.send(text: writer.media(Array(frame.dropFirst()), at: timestamp))
            return
        }
        var text = writer.media(frame, at: timestamp)
        if faults.sendsNumbers {
            for name in ["sequenceNumber", "chunk", "timestamp"] { text = Self.unquoted(name, in: text) }
        }
        socket?.send(text: text)
    }

    private func sendMalformed() {
        for text in [
            "not json", "{\"event\":\"media\",\"media\":", "[1,2]", "{\"event\":7}",
            "{\"event\":\"media\",\"streamSid\":\"\(writer.streamSID)\",\"media\":{\"payload\":\"***\"}}",
            "{\"event\":\"media\",\"streamSid\":\"\(writer.streamSID)\",\"media\":{\"timestamp\":[]}}",
        ] { socket?.send(text: text) }
    }

    /// `"name":"123"` becomes `"name":123`.
    private static func unquoted(_ name: String, in text: String) -> String {
        let parts = text.split(separator: "\"\(name)\":\"", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let quote = parts[1].firstIndex(of: "\"") else { return text }
        return parts[0] + "\"\(name)\":" + parts[1][..<quote] + parts[1][parts[1].index(after: quote)...]
    }

    private func sendMarks(_ names: [String]) {
        guard ending == nil, !configuration.faults.losesMarks else { return }
        for name in names { socket?.send(text: writer.mark(name)) }
    }

    /// Ends the stream whatever the script says: `stop`, then the connection is closed.
    func interrupt() {
        guard ending == nil, !isOver else { return }
        timer?.cancel()
        hangUp(.interrupted)
    }

    private func hangUp(_ end: End) {
        ending = end
        if hasStarted, !configuration.faults.leavesOutStop { socket?.send(text: writer.stop()) }
        socket?.close()
    }

    // MARK: - WebSocketDelegate

    func webSocket(_ socket: WebSocket, didReceiveText text: ByteBuffer) {
        do throws(StreamViolation) {
            switch try StreamMessageValidator.parse(Array(text.readableBytesView), streamSID: writer.streamSID) {
            case .media(let bytes):
                report.mediaMessages += 1
                report.mediaArrivals.append(.now())
                report.mediaBytes += bytes.count
                let discarded = playout.discardedBytes
                playout.enqueue(bytes)
                if playout.discardedBytes > discarded {
                    report.violations.append(StreamViolation(code: 31931, detail: "over 10 minutes queued"))
                }
            case .mark(let name):
                report.marks += 1
                if let back = playout.mark(name) { sendMarks([back]) }
            case .clear:
                report.clears += 1
                let marks = playout.clear()
                script.cleared()
                transcript.cleared(at: now)
                onHappening(.cleared(at: now))
                sendMarks(marks)
            }
        } catch {
            report.violations.append(error)
        }
    }

    func webSocket(_ socket: WebSocket, didReceiveBinary bytes: ByteBuffer) {
        report.violations.append(StreamViolation(code: 31950, detail: "binary message"))
    }

    func webSocket(_ socket: WebSocket, didClose close: WebSocketClose) {
        guard !isOver else { return }
        isOver = true
        timer?.cancel()
        self.socket = nil
        if let ending { return onEnd(ending) }
        switch close.kind {
        case .peerClosed, .weClosed: onEnd(.applicationClosed(close.code))
        case .endOfFile: onEnd(.broke("end of file"))
        case .protocolError(let why):
            report.violations.append(StreamViolation(code: 31924, detail: why))
            onEnd(.broke(why))
        case .transportError(let why): onEnd(.broke(why))
        }
    }
}
