import JSONText
import NIOCore
import WebSocketTransport

/// One simulated live synthesis: a WebSocket around a `SpeakText` and a `SpeakQueue`.
///
/// Lives on its connection's event loop.
final class SpeakSession: WebSocketDelegate {
    private let hub: DeepgramHub
    private let connection: DeepgramConnection
    private let query: SpeakQuery
    private var text = SpeakText()
    private var queue = SpeakQueue()
    private var characters: RollingBudget
    private var flushes: RollingBudget
    private var generator: SeededGenerator
    private var socket: WebSocket?
    private var timer: Scheduled<Void>?
    private var sessionTimer: Scheduled<Void>?
    private var idleTimer: Scheduled<Void>?
    private var renderings: [Int: Task<Void, Never>] = [:]
    private var flushedCount = 0
    private var clearedCount = 0
    private var bytesSent = 0
    private var isQuiet = true
    private var isEnding = false
    private var isStalled = false

    init(hub: DeepgramHub, connection: DeepgramConnection, query: SpeakQuery) {
        let settings = hub.settings.speak
        self.hub = hub
        self.connection = connection
        self.query = query
        self.characters = RollingBudget(limit: settings.charactersPerMinute)
        self.flushes = RollingBudget(limit: settings.flushesPerMinute)
        self.generator = SeededGenerator(seed: UInt64(connection.number))
    }

    /// Begins once the upgrade is done.
    func start(on socket: WebSocket) {
        self.socket = socket
        let session = NIOLoopBound(self, eventLoop: socket.eventLoop)
        self.hub.opened(self.connection) { code, reason in
            session.eventLoop.execute { session.value.end(code: code, reason: reason) }
        }
        let metadata = SpeakMessages.metadata(
            query: self.query,
            requestID: self.connection.requestID,
            modelID: ProviderIdentifier.timeOrdered()
        )
        socket.send(text: metadata.serialized())
        let limit = TimeAmount.seconds(Int64(self.hub.settings.speak.sessionSeconds))
        self.sessionTimer = socket.eventLoop.assumeIsolated().scheduleTask(in: limit) { [weak self] in
            self?.end(code: 1011, reason: "NET-0003: The session reached its maximum time limit.")
        }
        self.restartIdleTimer()
    }

    func webSocket(_ socket: WebSocket, didReceiveBinary bytes: ByteBuffer) {
        guard !self.isEnding else { return }
        self.violate("binary message", code: 1003, "MESSAGE-0000: The payload can not be processed: text is expected.")
    }

    func webSocket(_ socket: WebSocket, didReceiveText text: ByteBuffer) {
        guard !self.isEnding else { return }
        self.restartIdleTimer()
        let number = self.connection.number
        guard let command = SpeakCommand.parse(String(buffer: text)) else {
            let reason = "DATA-0000: The message is not a command of this service."
            return self.violate("unknown message \(String(buffer: text).prefix(80))", code: 1008, reason)
        }
        let settings = self.hub.settings.speak
        switch command {
        case .speak(let text):
            self.hub.events.record(.speak(number, text: text))
            self.hub.note(number) { $0.addText(text) }
            self.take(text, settings)
        case .flush:
            self.hub.events.record(.flush(number))
            self.flush(settings)
        case .clear:
            self.hub.events.record(.clear(number))
            self.clear(settings)
        case .close:
            self.hub.events.record(.message(number, type: "Close"))
            self.close(settings)
        }
        self.pump()
    }

    func webSocket(_ socket: WebSocket, didClose close: WebSocketClose) {
        for timer in [self.timer, self.sessionTimer, self.idleTimer] { timer?.cancel() }
        for task in self.renderings.values { task.cancel() }
        self.renderings = [:]
        self.socket = nil
        self.hub.closed(self.connection, code: close.code)
    }

    // MARK: - Commands

    private func take(_ text: String, _ settings: SpeakSettings) {
        guard text.count <= settings.maximumTextCharacters else {
            return self.violate("Speak of \(text.count) characters", code: 1009, "BIG-0001: The text is too long.")
        }
        guard self.characters.spend(text.count, at: .now()) else {
            let reason = "DATA-0001: The rate of characters exceeds the limit of this service."
            return self.violate("more than \(self.characters.limit) characters a minute", code: 1008, reason)
        }
        for sentence in self.text.append(text) { self.synthesise(sentence, settings) }
    }

    private func flush(_ settings: SpeakSettings) {
        guard self.flushes.spend(1, at: .now()) else {
            self.hub.events.record(
                .violation(self.connection.number, "more than \(self.flushes.limit) flushes a minute")
            )
            let warning = SpeakMessages.warning(
                code: "EXCESSIVE_FLUSHES",
                "Too many Flush messages in the last minute; this one is ignored."
            )
            return self.queue.add(.message(warning.serialized()))
        }
        if let rest = self.text.flush() { self.synthesise(rest, settings) }
        if !settings.faults.mute { self.queue.add(.flushed) }
    }

    private func clear(_ settings: SpeakSettings) {
        self.text.clear()
        for task in self.renderings.values { task.cancel() }
        self.renderings = [:]
        let late = Int.random(in: settings.lateFrames, using: &self.generator)
        let due = NIODeadline.now() + .milliseconds(Int64(settings.clearLatency))
        self.queue.clear(late: late, flushed: settings.lateFlushed, due: due)
    }

    private func close(_ settings: SpeakSettings) {
        if settings.closeDrains, let rest = self.text.flush() { self.synthesise(rest, settings) }
        guard settings.closeDrains else { return self.end(code: 1000, reason: "") }
        self.queue.add(.close(code: 1000, reason: ""))
    }

    // MARK: - Speech

    private func synthesise(_ text: String, _ settings: SpeakSettings) {
        guard let socket, !settings.faults.mute else { return }
        let id = self.queue.addSpeech(text, due: .now() + .milliseconds(Int64(settings.firstByte)))
        let engine = settings.engine ?? self.hub.voice.engine.counterpart
        if let cached = self.hub.voice.cached(text, engine: engine) {
            return self.rendered(id, cached.audio)
        }
        let session = NIOLoopBound(self, eventLoop: socket.eventLoop)
        self.renderings[id] = Task { [voice = self.hub.voice] in
            let speech = await voice.utterance(text, engine: engine)
            session.eventLoop.execute {
                session.value.rendered(id, speech.audio)
                session.value.pump()
            }
        }
    }

    private func rendered(_ id: Int, _ audio: [UInt8]) {
        self.renderings[id] = nil
        let frames = SpeakAudio.frames(
            of: SpeakAudio.encode(audio, for: self.query),
            sizes: self.hub.settings.speak.frameBytes,
            wholeSamples: self.query.encoding == "linear16",
            using: &self.generator
        )
        self.queue.rendered(id, frames: frames.map(Array.init))
    }

    /// Does what is due and sets the timer for what is not.
    private func pump() {
        self.timer?.cancel()
        self.timer = nil
        let settings = self.hub.settings.speak
        let bytesPerSecond = Double(SpeakAudio.bytesPerSecond(self.query)) * max(1, settings.speedFactor)
        while let socket, !self.isStalled {
            let step = self.queue.step(at: .now()) { bytes in
                .nanoseconds(Int64(Double(bytes) / bytesPerSecond * 1_000_000_000))
            }
            switch step {
            case .frame(let frame, let starts): self.send(frame, starts, settings, on: socket)
            case .flushed: self.sendFlushed(settings, on: socket)
            case .cleared: self.sendCleared(settings, on: socket)
            case .message(let text): socket.send(text: text)
            case .close(let code, let reason): return self.end(code: code, reason: reason)
            case .wait(let time):
                self.timer = socket.eventLoop.assumeIsolated().scheduleTask(deadline: time) { [weak self] in
                    self?.pump()
                }
                return
            case .idle:
                return
            }
        }
    }

    private func send(_ frame: [UInt8], _ starts: String?, _ settings: SpeakSettings, on socket: WebSocket) {
        let number = self.connection.number
        if let starts { self.hub.events.record(.synthesis(number, text: starts)) }
        if self.isQuiet { self.hub.events.record(.firstAudioSent(number)) }
        self.isQuiet = false
        self.bytesSent += frame.count
        socket.send(binary: frame)
        self.hub.note(number) { record in
            record.bytesSent += frame.count
            record.binaryMessages += 1
        }
        if let limit = settings.faults.stallAfterBytes, self.bytesSent >= limit { self.isStalled = true }
        if let limit = settings.faults.cutAfterBytes, self.bytesSent >= limit { self.end(code: nil, reason: "") }
        if let limit = settings.faults.closeAfterBytes, self.bytesSent >= limit {
            self.end(code: 1011, reason: "NET-0002: The service failed to send.")
        }
    }

    private func sendFlushed(_ settings: SpeakSettings, on socket: WebSocket) {
        self.isQuiet = true
        guard !settings.faults.missingFlushed else { return }
        if settings.faults.garbage {
            socket.send(text: #"{"type":"Surprise","detail":{"nested":[1,2,3]}}"#)
            socket.send(text: "this is not JSON {")
        }
        socket.send(text: SpeakMessages.flushed(self.flushedCount).serialized())
        self.flushedCount += 1
        self.hub.events.record(.flushed(self.connection.number, bytes: self.bytesSent))
    }

    private func sendCleared(_ settings: SpeakSettings, on socket: WebSocket) {
        self.isQuiet = true
        guard !settings.faults.missingCleared else { return }
        socket.send(text: SpeakMessages.cleared(self.clearedCount).serialized())
        self.clearedCount += 1
        self.hub.events.record(.cleared(self.connection.number))
    }

    // MARK: - Ending

    private func end(code: UInt16?, reason: String) {
        guard let socket else { return }
        self.isEnding = true
        self.isStalled = true
        self.timer?.cancel()
        if let code { socket.close(code: code, reason: reason) } else { socket.abort() }
    }

    private func violate(_ what: String, code: UInt16, _ reason: String) {
        self.hub.events.record(.violation(self.connection.number, what))
        self.end(code: code, reason: reason)
    }

    private func restartIdleTimer() {
        self.idleTimer?.cancel()
        guard let socket, let seconds = self.hub.settings.speak.idleSeconds else { return }
        self.idleTimer = socket.eventLoop.assumeIsolated().scheduleTask(in: .seconds(Int64(seconds))) { [weak self] in
            self?.end(code: 1011, reason: "NET-0001: The service did not receive a message in time.")
        }
    }
}
