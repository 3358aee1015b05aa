import JSONText
import NIOCore
import TelephonyAudio
import WebSocketTransport

/// One simulated live transcription: a WebSocket around a `ListenMachine`.
///
/// Lives on its connection's event loop.
final class ListenSession: WebSocketDelegate {
    /// What waits to be sent.
    private enum Item {
        case message(JSONValue, DeepgramEvent?, isResult: Bool)
        case close(code: UInt16, reason: String)
    }

    private let hub: DeepgramHub
    private let connection: DeepgramConnection
    private let query: ListenQuery
    private let messages: ListenMessages
    private let unknown: ListenSettings.Unknown
    private var machine: ListenMachine
    private var decoder: ListenAudioDecoder
    private var keyterms: [String]
    private var socket: WebSocket?
    private var outbox: DelayedOutbox<Item>?
    private var lastReceived = NIODeadline.now()
    private var idleTimer: Scheduled<Void>?
    private var noAudioTimer: Scheduled<Void>?
    private var pacing = Pacing()
    private var isPacingViolated = false
    private var samplesHeard = 0
    private var isEnding = false
    private var isSilent = false
    private var emptyFinalizes = 0
    private var span: SpeechSpan
    private var recognition: (place: Int, task: Task<Void, Never>)?
    private var refresh: Task<Void, Never>?

    init(hub: DeepgramHub, connection: DeepgramConnection, query: ListenQuery) {
        let settings = hub.settings.listen
        self.hub = hub
        self.connection = connection
        self.query = query
        self.messages = ListenMessages(
            query: query,
            requestID: connection.requestID,
            modelID: ProviderIdentifier.timeOrdered()
        )
        self.unknown = settings.unknown
        self.keyterms = query.keyterms
        self.decoder = ListenAudioDecoder(query: query)
        self.span = SpeechSpan(isKept: settings.unknown == .pocketSphinx)
        var timing = ListenMachine.Timing()
        timing.firstInterim = settings.firstInterim * MuLaw.bytesPerMillisecond
        timing.interimInterval = settings.interimInterval * MuLaw.bytesPerMillisecond
        timing.segmentLimit = settings.segmentLimit * MuLaw.bytesPerMillisecond
        let source: WordSource =
            if let lines = settings.script?(connection) {
                .script(ScriptedWords(lines: lines))
            } else {
                .library(hub.voice, UtteranceTracker())
            }
        self.machine = ListenMachine(query: query, timing: timing, source: source)
    }

    /// Begins once the upgrade is done.
    func start(on socket: WebSocket) {
        self.socket = socket
        self.outbox = DelayedOutbox(eventLoop: socket.eventLoop) { [weak self] in self?.send($0) }
        let session = NIOLoopBound(self, eventLoop: socket.eventLoop)
        self.hub.opened(self.connection) { code, reason in
            session.eventLoop.execute { session.value.end(code: code, reason: reason) }
        }
        self.watchIdle()
        self.refreshVoice()
        let wait = TimeAmount.milliseconds(Int64(self.hub.settings.listen.noAudioTimeout))
        self.noAudioTimer = socket.eventLoop.assumeIsolated().scheduleTask(in: wait) { [weak self] in
            self?.end(code: 1011, reason: Self.noAudioReason)
        }
    }

    func webSocket(_ socket: WebSocket, didReceiveBinary bytes: ByteBuffer) {
        guard !self.isEnding else { return }
        self.lastReceived = .now()
        if bytes.readableBytes == 0 {
            self.violation("zero-length binary message")
            return self.closeStream()
        }
        if self.samplesHeard == 0 {
            self.noAudioTimer?.cancel()
            self.hub.events.record(.firstAudio(self.connection.number))
        }
        let audio = self.decoder.decode(bytes)
        self.samplesHeard += audio.count
        self.notePace(audio.count / MuLaw.bytesPerMillisecond)
        self.span.append(audio)
        let settings = self.hub.settings.listen
        let wasSpeaking = self.machine.isSpeaking
        self.perform(self.machine.hear(audio, faults: settings.faults), settings)
        if self.machine.isSpeaking, !wasSpeaking { self.refreshVoice() }
        self.fail(settings.faults)
    }

    func webSocket(_ socket: WebSocket, didReceiveText text: ByteBuffer) {
        guard !self.isEnding else { return }
        self.lastReceived = .now()
        let text = String(buffer: text)
        let settings = self.hub.settings.listen
        do throws(ListenCommand.Refusal) {
            let command = try ListenCommand.parse(text)
            self.hub.events.record(.message(self.connection.number, type: command.name))
            switch command {
            case .keepAlive: break
            case .finalize: self.finalize(settings)
            case .closeStream: self.closeStream()
            case .configure(let keyterms): self.configure(keyterms, settings)
            }
        } catch {
            self.violation(error.description)
            let answer = ListenMessages.schemaError(error.description, clientMessage: text)
            self.add(.message(answer, nil, isResult: false), settings)
        }
    }

    func webSocket(_ socket: WebSocket, didClose close: WebSocketClose) {
        self.idleTimer?.cancel()
        self.noAudioTimer?.cancel()
        self.outbox?.cancel()
        self.recognition?.task.cancel()
        self.refresh?.cancel()
        self.socket = nil
        self.hub.closed(self.connection, code: close.code)
    }

    // MARK: - Commands

    private func finalize(_ settings: ListenSettings) {
        let outputs = self.machine.finalize()
        if outputs.isEmpty {
            // Without new audio an answer is not promised; every other time there is an empty one.
            self.emptyFinalizes += 1
            guard self.emptyFinalizes.isMultiple(of: 2) else { return }
            let position = self.machine.position
            let empty = ListenResult(start: position, end: position, words: [], isFinal: true, fromFinalize: true)
            return self.perform([.result(empty)], settings)
        }
        self.perform(outputs, settings)
    }

    private func closeStream() {
        self.isEnding = true
        self.noAudioTimer?.cancel()
        let settings = self.hub.settings.listen
        self.perform(self.machine.finish(), settings)
        let now = WallClock.unixMilliseconds()
        let metadata = self.messages.metadata(samples: self.samplesHeard, unixMilliseconds: now)
        self.add(.message(metadata, nil, isResult: false), settings)
        self.add(.close(code: 1000, reason: ""), settings)
    }

    private func configure(_ keyterms: [String]?, _ settings: ListenSettings) {
        let answer: JSONValue
        if !self.query.isNova3 {
            let reason = "Keyterms are only supported by Nova-3 models."
            answer = self.messages.configureFailure(code: "CONFIGURE_KEYTERMS_NOT_SUPPORTED", description: reason)
        } else if ListenQuery.tokens(in: keyterms ?? []) > ListenQuery.maximumKeytermTokens {
            let reason = "Keyterm limit exceeded."
            answer = self.messages.configureFailure(code: "CONFIGURE_KEYTERM_LIMIT_EXCEEDED", description: reason)
        } else {
            self.keyterms = keyterms ?? self.keyterms
            answer = self.messages.configureSuccess(keyterms: self.keyterms)
        }
        self.add(.message(answer, nil, isResult: false), settings)
    }

    // MARK: - Results

    private func perform(_ outputs: [ListenOutput], _ settings: ListenSettings) {
        let number = self.connection.number
        for output in outputs {
            switch output {
            case .speechStarted(let sample):
                let event = DeepgramEvent.speechStarted(number, milliseconds: sample / MuLaw.bytesPerMillisecond)
                self.add(.message(self.messages.speechStarted(at: sample), event, isResult: false), settings)
            case .utteranceEnd(let last):
                let message = self.messages.utteranceEnd(lastWordEnd: last)
                self.add(.message(message, .utteranceEnd(number), isResult: false), settings)
            case .result(let result):
                self.say(result, settings)
            }
        }
    }

    private func say(_ result: ListenResult, _ settings: ListenSettings) {
        defer { if result.isFinal { self.span.drop(before: result.end) } }
        if let words = result.words { return self.add(self.item(result, words), settings) }
        switch self.unknown {
        case .nothing:
            if result.isFinal { self.add(self.item(result, []), settings) }
        case .text(let text):
            var script = ScriptedWords(lines: [text])
            script.began(at: result.start)
            self.add(self.item(result, script.words(through: result.end, .end(lastLoud: result.end)) ?? []), settings)
        case .pocketSphinx:
            self.recognise(result, settings)
        }
    }

    /// Has the span's audio recognised and keeps the result's place in the order meanwhile.
    ///
    /// One recognition at a time: an interim is passed over while another runs, a final ends the interim that runs.
    private func recognise(_ result: ListenResult, _ settings: ListenSettings) {
        guard let socket, let outbox, result.isFinal || self.recognition == nil else { return }
        let place = outbox.reserve(due: self.due(settings))
        let session = NIOLoopBound(self, eventLoop: socket.eventLoop)
        let audio = self.span.audio(result.start..<result.end)
        let previous = self.recognition
        if result.isFinal { previous?.task.cancel() }
        let task = Task {
            await previous?.task.value
            let found = try? await PocketSphinx().recognise(audio)
            session.eventLoop.execute { session.value.recognised(found ?? [], result, place) }
        }
        self.recognition = (place, task)
    }

    private func recognised(_ words: [WordTiming], _ result: ListenResult, _ place: Int) {
        if self.recognition?.place == place { self.recognition = nil }
        let heard = words.map {
            HeardWord(text: $0.text, start: $0.start + result.start, end: $0.end + result.start)
        }
        self.outbox?.resolve(place, heard.isEmpty && !result.isFinal ? nil : self.item(result, heard))
    }

    private func item(_ result: ListenResult, _ words: [HeardWord]) -> Item {
        let message = self.messages.results(result, words: words)
        let event = DeepgramEvent.result(
            self.connection.number,
            transcript: message["channel"]?["alternatives"]?[0]?["transcript"]?.stringValue ?? "",
            end: result.end / MuLaw.bytesPerMillisecond,
            isFinal: result.isFinal,
            speechFinal: result.speechFinal,
            fromFinalize: result.fromFinalize
        )
        return .message(message, event, isResult: true)
    }

    /// Looks for speech other processes have rendered meanwhile.
    private func refreshVoice() {
        self.refresh?.cancel()
        self.refresh = Task { [voice = self.hub.voice] in await voice.refresh() }
    }

    // MARK: - Sending and ending

    private func due(_ settings: ListenSettings) -> NIODeadline {
        .now() + .milliseconds(Int64(settings.latency + settings.faults.slowSend))
    }

    private func add(_ item: Item, _ settings: ListenSettings) {
        self.outbox?.add(item, due: self.due(settings))
    }

    private func send(_ item: Item) {
        guard let socket, !self.isSilent else { return }
        switch item {
        case .message(let message, let event, let isResult):
            if isResult, self.hub.settings.listen.faults.garbage {
                socket.send(text: #"{"type":"Surprise","detail":{"nested":[1,2,3]}}"#)
                socket.send(text: "this is not JSON {")
            }
            socket.send(text: message.serialized())
            if let event { self.note(event) }
        case .close(let code, let reason):
            socket.close(code: code, reason: reason)
        }
    }

    private func note(_ event: DeepgramEvent) {
        self.hub.events.record(event)
        if case .result(_, let transcript, _, true, _, _) = event, !transcript.isEmpty {
            self.hub.note(self.connection.number) { $0.addFinal(transcript) }
        }
    }

    private func notePace(_ milliseconds: Int) {
        let surplus = self.pacing.received(milliseconds: milliseconds, at: .now())
        self.hub.note(self.connection.number) { record in
            record.audioMilliseconds = self.samplesHeard / MuLaw.bytesPerMillisecond
            record.surplusMilliseconds = max(record.surplusMilliseconds, surplus)
            record.binaryMessages += 1
        }
        let settings = self.hub.settings.listen
        guard surplus > settings.pacingAllowance, !self.isPacingViolated else { return }
        self.isPacingViolated = true
        self.violation("audio faster than 1.25 times real time by \(surplus) ms")
        if settings.closesOnPacing { self.end(code: 1011, reason: "NET-0000: audio was sent too fast") }
    }

    private func fail(_ faults: ListenFaults) {
        let heard = self.samplesHeard / MuLaw.bytesPerMillisecond
        if let close = faults.closeAfter, heard >= close.milliseconds {
            self.end(code: close.code, reason: close.reason)
        }
        if let limit = faults.cutAfter, heard >= limit { self.end(code: nil, reason: "") }
        if let limit = faults.silentAfter, heard >= limit {
            self.isSilent = true
        }
    }

    private func end(code: UInt16?, reason: String) {
        guard let socket else { return }
        self.isEnding = true
        self.outbox?.cancel()
        if let code { socket.close(code: code, reason: reason) } else { socket.abort() }
    }

    private func violation(_ what: String) {
        self.hub.events.record(.violation(self.connection.number, what))
    }

    /// Closes the stream once nothing has come for the idle time; the timer is set again only when it fires.
    private func watchIdle() {
        guard let socket, !self.isSilent, !self.isEnding else { return }
        let limit = self.lastReceived + .milliseconds(Int64(self.hub.settings.listen.idleTimeout))
        guard limit > .now() else { return self.end(code: 1011, reason: Self.idleReason) }
        self.idleTimer = socket.eventLoop.assumeIsolated().scheduleTask(deadline: limit) { [weak self] in
            self?.watchIdle()
        }
    }

    private static let idleReason =
        "NET-0001: Deepgram did not receive audio data or a text message within the timeout window. "
        + "See https://dpgr.am/net0001"
    private static let noAudioReason =
        "NET-0000: Deepgram did not provide a response message within the timeout window. See https://dpgr.am/net0000"
}

extension ListenCommand {
    fileprivate var name: String {
        switch self {
        case .keepAlive: "KeepAlive"
        case .finalize: "Finalize"
        case .closeStream: "CloseStream"
        case .configure: "Configure"
        }
    }
}
