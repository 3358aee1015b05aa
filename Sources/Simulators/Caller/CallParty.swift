import AsyncHTTPClient
import NIOCore
import NIOPosix

/// Holds one or many calls and waits for all of them.
package enum CallParty {
    /// Calls `count` times at once.
    ///
    /// - Parameters:
    ///   - count: how many.
    ///   - configuration: where and how.
    ///   - steps: the script of call `index`.
    ///   - stagger: milliseconds between the beginnings of two calls.
    ///   - onHappening: told what happens in any of them.
    /// - Throws: what shutting down the event loops throws.
    /// - Returns: the reports, in the order of the calls.
    package static func hold(
        count: Int,
        configuration: CallConfiguration,
        steps: (Int) -> [CallStep],
        stagger: Int = 20,
        onHappening: @escaping @Sendable (SimulatedCall.Happening) -> Void = { _ in }
    ) async throws -> [CallReport] {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let client = HTTPClient(eventLoopGroupProvider: .shared(group))
        let calls = (0..<count).map { index in
            SimulatedCall(
                configuration: configuration,
                script: CallerScript(
                    steps: steps(index),
                    settleMilliseconds: configuration.settleMilliseconds,
                    seed: UInt64(index + 1)
                ),
                callSID: SimulatedCall.identifier("CA"),
                client: client,
                loop: group.next(),
                onHappening: onHappening
            )
        }
        let reports = await withTaskGroup(of: (Int, CallReport).self) { tasks in
            for (index, call) in calls.enumerated() {
                tasks.addTask {
                    try? await Task.sleep(for: .milliseconds(index * stagger))
                    return (index, await call.run())
                }
            }
            var reports: [Int: CallReport] = [:]
            for await (index, report) in tasks { reports[index] = report }
            return (0..<count).compactMap { reports[$0] }
        }
        try await client.shutdown()
        try await group.shutdownGracefully()
        return reports
    }
}
