import Synchronization

/// What the connections of one simulated Deepgram share; safe from every thread.
final class DeepgramHub: Sendable {
    /// Connections remembered after they ended.
    static let maximumRecords = 2000

    private struct Open {
        let kind: DeepgramKind
        /// Ends the connection with a close frame, or without when there is no code; callable from every thread.
        let end: @Sendable (_ code: UInt16?, _ reason: String) -> Void
    }

    private struct State {
        var settings: DeepgramSettings
        var next = 1
        var open: [Int: Open] = [:]
        var counts: [DeepgramKind: Int] = [:]
        var faults: [DeepgramKind: [HandshakeFault]] = [:]
        var records: [Int: DeepgramRecord] = [:]
    }

    let events: EventLog<DeepgramEvent>
    let voice: VoiceLibrary
    private let state: Mutex<State>

    init(settings: DeepgramSettings, voice: VoiceLibrary, events: EventLog<DeepgramEvent>) {
        self.state = Mutex(State(settings: settings))
        self.voice = voice
        self.events = events
    }

    /// The settings as they are now.
    var settings: DeepgramSettings { self.state.withLock { $0.settings } }

    /// Changes the settings for connections open and to come.
    func update(_ change: (inout DeepgramSettings) -> Void) {
        self.state.withLock { change(&$0.settings) }
    }

    /// Makes the next handshakes of a kind go wrong.
    func addFaults(_ faults: [HandshakeFault], kind: DeepgramKind) {
        self.state.withLock { $0.faults[kind, default: []].append(contentsOf: faults) }
    }

    /// The fault of the handshake that is going on, if one was asked for.
    func takeFault(_ kind: DeepgramKind) -> HandshakeFault? {
        self.state.withLock { state in
            guard state.faults[kind]?.isEmpty == false else { return nil }
            return state.faults[kind]?.removeFirst()
        }
    }

    /// Counts a connection in; nil when there are already as many as allowed.
    func admit(_ kind: DeepgramKind, requestID: String, query: String) -> DeepgramConnection? {
        self.state.withLock { state in
            let limit = kind == .listen ? state.settings.listenLimit : state.settings.speakLimit
            guard state.counts[kind, default: 0] < limit else { return nil }
            state.counts[kind, default: 0] += 1
            let connection = DeepgramConnection(number: state.next, kind: kind, requestID: requestID, query: query)
            state.next += 1
            state.records[connection.number] = DeepgramRecord(connection: connection)
            state.records[connection.number - Self.maximumRecords] = nil
            return connection
        }
    }

    /// Makes it possible to end a connection from outside.
    func opened(_ connection: DeepgramConnection, end: @escaping @Sendable (UInt16?, String) -> Void) {
        self.state.withLock { $0.open[connection.number] = Open(kind: connection.kind, end: end) }
        self.events.record(.opened(connection))
    }

    /// Counts a connection out; `code` is that of its close frame.
    func closed(_ connection: DeepgramConnection, code: UInt16?) {
        self.forget(connection)
        self.events.record(.closed(connection.number, code: code))
    }

    /// Counts a connection out that never opened.
    func forget(_ connection: DeepgramConnection) {
        self.state.withLock { state in
            state.open[connection.number] = nil
            state.counts[connection.kind, default: 1] -= 1
        }
    }

    /// How many connections of a kind are open.
    func count(_ kind: DeepgramKind) -> Int {
        self.state.withLock { $0.counts[kind, default: 0] }
    }

    /// Ends all connections of a kind, or of both.
    func endAll(_ kind: DeepgramKind?, code: UInt16?, reason: String) {
        let ends = self.state.withLock { state in
            state.open.values.filter { kind == nil || $0.kind == kind }.map(\.end)
        }
        for end in ends { end(code, reason) }
    }

    /// Changes what is remembered of a connection.
    func note(_ number: Int, _ change: (inout DeepgramRecord) -> Void) {
        self.state.withLock { state in
            guard let index = state.records.index(forKey: number) else { return }
            change(&state.records.values[index])
        }
    }

    /// What is remembered of the connections, oldest first.
    var records: [DeepgramRecord] {
        self.state.withLock { $0.records.values.sorted { $0.connection.number < $1.connection.number } }
    }
}

/// What is remembered of one connection.
package struct DeepgramRecord: Sendable, Equatable {
    /// The connection.
    package let connection: DeepgramConnection
    /// Audio received, in milliseconds of the stream's own clock.
    package var audioMilliseconds = 0
    /// The most by which received audio was ahead of 1.25 times real time, in milliseconds.
    package var surplusMilliseconds = 0
    /// The transcripts of the finals sent, empty ones left out; the oldest are dropped beyond 1000.
    package var finals: [String] = []
    /// The texts of the Speak messages received; the oldest are dropped beyond 1000.
    package var texts: [String] = []
    /// Bytes of audio sent.
    package var bytesSent = 0
    /// Binary messages received or sent.
    package var binaryMessages = 0

    /// Keeps `text` as one of the finals.
    mutating func addFinal(_ text: String) {
        self.finals.append(text)
        if self.finals.count > 1000 { self.finals.removeFirst() }
    }

    /// Keeps `text` as one of the texts to speak.
    mutating func addText(_ text: String) {
        self.texts.append(text)
        if self.texts.count > 1000 { self.texts.removeFirst() }
    }
}
