import AsyncHTTPClient
import NIOCore
import Synchronization

/// The calls of a simulated Twilio: places them, knows how far they are, changes them.
///
/// Safe from every thread.
final class FakeTwilioSwitchboard: Sendable {
    /// The most calls remembered; the oldest that are over are forgotten.
    private static let maximumRecords = 10_000

    fileprivate struct Running {
        let call: SimulatedCall
        let task: Task<Void, Never>
    }

    fileprivate struct State {
        var settings: FakeTwilioSettings
        var placed = 0
        var records: [String: FakeTwilioCall] = [:]
        /// The SIDs of `records`, oldest first.
        var order: [String] = []
        var running: [String: Running] = [:]
        var requests = 0
        var faults: [HandshakeFault] = []
    }

    let events = EventLog<FakeTwilioEvent>()
    private let group: any EventLoopGroup
    private let client: HTTPClient
    private let onReport: @Sendable (CallReport) -> Void
    private let state: Mutex<State>

    init(
        settings: FakeTwilioSettings,
        group: any EventLoopGroup,
        onReport: @escaping @Sendable (CallReport) -> Void
    ) {
        self.group = group
        self.onReport = onReport
        client = HTTPClient(eventLoopGroupProvider: .shared(group))
        state = Mutex(State(settings: settings))
    }

    /// The settings as they are now.
    var settings: FakeTwilioSettings { state.withLock { $0.settings } }

    /// Changes the settings for requests and calls to come.
    func update(_ change: (inout FakeTwilioSettings) -> Void) { state.withLock { change(&$0.settings) } }

    // MARK: - Requests

    /// A request came; false when there are too many at once.
    ///
    /// Ended by ``requestEnded()`` in either case.
    func requestBegan() -> (isAllowed: Bool, atOnce: Int) {
        state.withLock { state in
            state.requests += 1
            return (state.requests <= state.settings.requestLimit, state.requests)
        }
    }

    /// A request was answered.
    func requestEnded() { state.withLock { $0.requests -= 1 } }

    /// Makes the next requests go wrong.
    func addFaults(_ faults: [HandshakeFault]) { state.withLock { $0.faults += faults } }

    /// The fault of the request that has come, if one was asked for.
    func takeFault() -> HandshakeFault? { state.withLock { $0.faults.isEmpty ? nil : $0.faults.removeFirst() } }

    // MARK: - Calls

    /// Every call remembered, oldest first.
    var calls: [FakeTwilioCall] { state.withLock { state in state.order.compactMap { state.records[$0] } } }

    /// A call by its SID.
    func call(_ sid: String) -> FakeTwilioCall? { state.withLock { $0.records[sid] } }

    /// Places a call and returns at once.
    func place(_ order: FakeTwilioOrder) -> FakeTwilioCall {
        let record = state.withLock { state in
            state.placed += 1
            let settings = state.settings
            let record = FakeTwilioCall(
                sid: settings.countsSIDs ? Self.countedSID(state.placed) : SimulatedCall.identifier("CA"),
                accountSID: settings.accountSID,
                to: order.to,
                from: order.from,
                direction: order.direction,
                at: WallClock.unixMilliseconds()
            )
            var configuration = Self.configuration(for: order, settings)
            if state.running.count >= settings.callLimit { configuration.dialing.outcome = .fail }
            let call = SimulatedCall(
                configuration: configuration,
                script: CallerScript(
                    steps: settings.steps,
                    settleMilliseconds: settings.settleMilliseconds,
                    seed: UInt64(state.placed)
                ),
                callSID: record.sid,
                client: client,
                loop: group.next(),
                onHappening: { [weak self] in self?.take($0, of: record.sid) }
            )
            state.records[record.sid] = record
            state.order.append(record.sid)
            state.forgetOldest(beyond: Self.maximumRecords)
            let task = Task { self.finish(record.sid, await call.run()) }
            state.running[record.sid] = Running(call: call, task: task)
            return record
        }
        for warning in order.warnings { events.record(.warning(callSID: record.sid, warning)) }
        return record
    }

    /// Ends a call; it shows as ended from now on.
    func end(_ sid: String, as status: CallStatus) {
        let running = state.withLock { state in
            state.records[sid]?.enter(status, at: WallClock.unixMilliseconds())
            return state.running[sid]
        }
        guard let running else { return }
        Task { await running.call.end() }
    }

    /// Has a call run something else; false if it is not in progress.
    func redirect(_ sid: String, to instructions: CallInstructions) async -> Bool {
        guard let running = state.withLock({ $0.running[sid] }) else { return false }
        return await running.call.redirect(to: instructions)
    }

    /// Forgets a call that is over; false if it is not.
    func forget(_ sid: String) -> Bool {
        state.withLock { state in
            guard state.records[sid]?.status.isFinal == true else { return false }
            state.records[sid] = nil
            state.order.removeAll { $0 == sid }
            return true
        }
    }

    /// Waits until the calls there are now are over and their callbacks delivered; cancelled, it ends them.
    func waitForCalls() async {
        let running = running
        await withTaskCancellationHandler {
            for one in running { await one.task.value }
        } onCancel: {
            Task { for one in running { await one.call.end() } }
        }
    }

    private var running: [Running] { state.withLock { Array($0.running.values) } }

    /// Ends all calls and waits for their ends.
    func stop() async {
        for one in running { await one.call.end() }
        await waitForCalls()
        try? await client.shutdown()
    }

    private func take(_ happening: SimulatedCall.Happening, of sid: String) {
        switch happening {
        case .answered(let milliseconds, _):
            events.record(.answered(callSID: sid, milliseconds: Int(milliseconds.rounded())))
        case .script(let event, let time): events.record(.script(callSID: sid, event, at: time))
        case .cleared(let time): events.record(.cleared(callSID: sid, at: time))
        case .status(let status):
            state.withLock { $0.records[sid]?.enter(status, at: WallClock.unixMilliseconds()) }
            events.record(.status(callSID: sid, status))
        }
    }

    private func finish(_ sid: String, _ report: CallReport) {
        onReport(report)
        state.withLock { _ = $0.running.removeValue(forKey: sid) }
        events.record(.ended(callSID: sid, report.end, detail: report.detail))
    }

    private static func countedSID(_ number: Int) -> String {
        let digits = String(number, radix: 16)
        return "CA" + String(repeating: "0", count: 32 - digits.count) + digits
    }

    private static func configuration(
        for order: FakeTwilioOrder,
        _ settings: FakeTwilioSettings
    ) -> CallConfiguration {
        var configuration = CallConfiguration(publicURL: "")
        if case .url(let url, _) = order.instructions { configuration.publicURL = origin(of: url) }
        configuration.via = settings.via
        configuration.instructions = order.instructions
        configuration.direction = order.direction
        configuration.dialing = settings.dialing
        configuration.dialing.timeoutMilliseconds = order.timeoutMilliseconds
        configuration.statusPath = order.statusURL
        configuration.statusMethod = order.statusMethod
        configuration.statusEvents = order.statusEvents
        configuration.accountSID = settings.accountSID
        configuration.authToken = settings.authToken
        configuration.from = order.from
        configuration.to = order.to
        configuration.settleMilliseconds = settings.settleMilliseconds
        configuration.maximumMilliseconds = order.limitMilliseconds ?? settings.maximumMilliseconds
        configuration.faults = settings.faults
        return configuration
    }

    private static func origin(of url: String) -> String {
        let parts = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        return parts.prefix(3).joined(separator: "/")
    }
}

extension FakeTwilioSwitchboard.State {
    /// Forgets calls that are over until there are no more than `limit`, if enough of them are.
    fileprivate mutating func forgetOldest(beyond limit: Int) {
        guard order.count > limit, let index = order.firstIndex(where: { running[$0] == nil }) else { return }
        records[order.remove(at: index)] = nil
    }
}
