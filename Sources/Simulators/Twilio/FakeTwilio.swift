import HTTPServing
package import NIOCore
import NIOPosix

/// A Twilio on this machine: the REST API of calls, the calls themselves with somebody at their other end, and
/// `POST /call?to=…&from=…&url=…`, which has somebody call in.
///
/// A call is held by a `SimulatedCall`. Safe from every thread.
package final class FakeTwilio: Sendable {
    /// The number called when none is named.
    package static let defaultTo = "+441632960002"
    /// The number calling when none is named.
    package static let defaultFrom = "+441632960001"

    private let switchboard: FakeTwilioSwitchboard
    private let server: HTTPServer

    private init(switchboard: FakeTwilioSwitchboard, server: HTTPServer) {
        self.switchboard = switchboard
        self.server = server
    }

    /// Starts on a port of the loopback; port 0 takes a free one.
    ///
    /// - Parameters:
    ///   - port: where it listens.
    ///   - group: the event loops of the server and the calls.
    ///   - settings: how it behaves.
    ///   - onReport: gets the report of each call that is over.
    /// - Throws: when the port cannot be bound.
    /// - Returns: the running Twilio, to be stopped by its owner.
    package static func start(
        on port: Int = 0,
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        settings: FakeTwilioSettings = FakeTwilioSettings(),
        onReport: @escaping @Sendable (CallReport) -> Void = { _ in }
    ) async throws -> FakeTwilio {
        let switchboard = FakeTwilioSwitchboard(settings: settings, group: group, onReport: onReport)
        let door = FakeTwilioDoor(switchboard: switchboard)
        do {
            let server = try await HTTPServer.start(on: .tcp(host: "127.0.0.1", port: port), group: group) {
                door.answer($0, $1)
            }
            return FakeTwilio(switchboard: switchboard, server: server)
        } catch {
            await switchboard.stop()
            throw error
        }
    }

    /// What it saw and did.
    package var events: EventLog<FakeTwilioEvent> { switchboard.events }

    /// The base URL clients are pointed at in place of `https://api.twilio.com`.
    package var url: String { "http://127.0.0.1:\(server.port)" }

    /// The calls remembered, oldest first.
    package var calls: [FakeTwilioCall] { switchboard.calls }

    /// Changes the settings for requests and calls to come.
    package func update(_ change: (inout FakeTwilioSettings) -> Void) { switchboard.update(change) }

    /// Makes the next `count` REST requests go wrong.
    package func failNext(_ count: Int = 1, with fault: HandshakeFault) {
        switchboard.addFaults(Array(repeating: fault, count: max(0, count)))
    }

    /// Has somebody call in; returns at once.
    @discardableResult
    package func callIn(to: String = defaultTo, from: String = defaultFrom, voiceURL: String) -> FakeTwilioCall {
        let order = FakeTwilioOrder(
            to: to,
            from: from,
            voiceURL: voiceURL,
            statusURL: switchboard.settings.statusURL
        )
        return switchboard.place(order)
    }

    /// Waits until the calls there are now are over and their callbacks delivered.
    ///
    /// Cancelled, it ends them.
    package func waitForCalls() async { await switchboard.waitForCalls() }

    /// Ends all calls, waits for their ends, and stops listening.
    package func stop() async {
        await server.stopAccepting()
        await switchboard.stop()
        await server.close()
    }
}
