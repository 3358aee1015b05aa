import Synchronization

/// What the connections of one simulated language model share; safe from every thread.
final class ModelHub<Settings: Sendable>: Sendable {
    /// Requests remembered.
    static var maximumRequests: Int { 1000 }

    private struct State {
        var settings: Settings
        var next = 1
        var faults: [ModelFault] = []
        var requests: [ModelRequest] = []
        var running: [Int: @Sendable () -> Void] = [:]
    }

    let events = EventLog<ModelEvent>()
    private let state: Mutex<State>

    init(settings: Settings) {
        self.state = Mutex(State(settings: settings))
    }

    /// The settings as they are now.
    var settings: Settings { self.state.withLock { $0.settings } }

    /// Changes the settings for requests to come.
    func update(_ change: (inout Settings) -> Void) {
        self.state.withLock { change(&$0.settings) }
    }

    /// Makes the next requests go wrong.
    func addFaults(_ faults: [ModelFault]) {
        self.state.withLock { $0.faults.append(contentsOf: faults) }
    }

    /// The fault of the request that has come, if one was asked for.
    func takeFault() -> ModelFault? {
        self.state.withLock { $0.faults.isEmpty ? nil : $0.faults.removeFirst() }
    }

    /// The number of the request that has come.
    func takeNumber() -> Int {
        self.state.withLock { state in
            defer { state.next += 1 }
            return state.next
        }
    }

    /// Remembers a request.
    func note(_ request: ModelRequest) {
        self.state.withLock { state in
            state.requests.append(request)
            if state.requests.count > Self.maximumRequests { state.requests.removeFirst() }
        }
    }

    /// Remembers what was answered.
    func note(_ reply: BrainReply, to number: Int) {
        self.state.withLock { state in
            guard let index = state.requests.lastIndex(where: { $0.number == number }) else { return }
            state.requests[index].reply = reply
        }
    }

    /// The requests remembered, oldest first.
    var requests: [ModelRequest] { self.state.withLock { $0.requests } }

    /// Answers being sent; `cut` ends one of them from any thread.
    func began(_ number: Int, cut: @escaping @Sendable () -> Void) {
        self.state.withLock { $0.running[number] = cut }
    }

    /// An answer ended.
    func ended(_ number: Int) {
        self.state.withLock { _ = $0.running.removeValue(forKey: number) }
    }

    /// How many answers are being sent.
    var running: Int { self.state.withLock { $0.running.count } }

    /// Cuts every answer being sent.
    func cutAll() {
        let cuts = self.state.withLock { Array($0.running.values) }
        for cut in cuts { cut() }
    }
}
