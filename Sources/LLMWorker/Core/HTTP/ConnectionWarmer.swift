package import AsyncHTTPClient
package import Logging
package import NIOCore
import NIOHTTP1
package import Observability

/// Keeps one connection to a provider open and ready on one event loop.
///
/// A first request pays for name look-up, TCP and TLS, and an idle connection is closed by someone on the way; so a cheap
/// request is sent at once and then at intervals, with jitter so that workers do not ask in step. A failure is logged when
/// things change and shows in the gauge `dialtone_llm_provider_reachable`; calls are not held up by it.
package final class ConnectionWarmer: Sendable {
    /// How long one request may take.
    package static let deadline = TimeAmount.seconds(5)

    private let state: NIOLoopBoundBox<State?>
    private let eventLoop: any EventLoop

    /// Prepares to warm.
    ///
    /// - Parameters:
    ///   - choice: The provider and its key.
    ///   - client: The process's client.
    ///   - eventLoop: The loop whose connection it is.
    ///   - interval: Between two requests, give or take a fifth.
    ///   - reachable: Set to 1 or 0.
    ///   - logger: Told of changes.
    package init(
        _ choice: ProviderChoice,
        client: HTTPClient,
        on eventLoop: any EventLoop,
        interval: TimeAmount,
        reachable: Gauge,
        logger: Logger
    ) {
        self.eventLoop = eventLoop
        let state = State(
            choice: choice,
            client: client,
            eventLoop: eventLoop,
            interval: interval,
            reachable: reachable,
            logger: logger
        )
        self.state = .makeBoxSendingValue(state, eventLoop: eventLoop)
    }

    /// Sends the first request, and goes on.
    package func start() {
        eventLoop.execute { self.state.value?.ask() }
    }

    /// Stops, and closes a request that is under way.
    package func stop() {
        eventLoop.execute {
            self.state.value?.stop()
            self.state.value = nil
        }
    }

    /// The part that lives on the loop.
    private final class State: HTTPExchangeHandler {
        private let choice: ProviderChoice
        private let client: HTTPClient
        private let eventLoop: any EventLoop
        private let interval: TimeAmount
        private let reachable: Gauge
        private let logger: Logger
        private var exchange: HTTPExchange?
        private var timer: Scheduled<Void>?
        private var status: Int?
        private var wasGood: Bool?

        init(
            choice: ProviderChoice,
            client: HTTPClient,
            eventLoop: any EventLoop,
            interval: TimeAmount,
            reachable: Gauge,
            logger: Logger
        ) {
            self.choice = choice
            self.client = client
            self.eventLoop = eventLoop
            self.interval = interval
            self.reachable = reachable
            self.logger = logger
        }

        func ask() {
            status = nil
            let request = choice.provider.warmingRequest()
            let authorization = choice.provider.authorization(choice.key)
            do {
                exchange = HTTPExchange.start(
                    try ProviderCall.makeRequest(request, authorization: authorization),
                    client: client,
                    on: eventLoop,
                    handler: self
                )
            } catch {
                return answered(TransportFailure.describe(error))
            }
            timer = eventLoop.assumeIsolated().scheduleTask(in: ConnectionWarmer.deadline) {
                self.exchange?.cancel()
                self.answered("no answer in time")
            }
        }

        func stop() {
            exchange?.cancel()
            timer?.cancel()
        }

        func exchange(_ exchange: HTTPExchange, received head: HTTPResponseHead) {
            status = Int(head.status.code)
        }

        func exchange(_ exchange: HTTPExchange, received body: ByteBuffer) {}

        func exchange(_ exchange: HTTPExchange, endedWith error: (any Error)?) {
            if let error {
                answered(TransportFailure.describe(error))
            } else if let status, (401...403).contains(status) || status >= 500 {
                answered("HTTP \(status)")
            } else {
                answered(nil)
            }
        }

        private func answered(_ fault: String?) {
            exchange = nil
            timer?.cancel()
            reachable.set(fault == nil ? 1 : 0)
            let metadata: Logger.Metadata = [
                "provider": "\(choice.provider.name)", "error.detail": "\(fault ?? "")",
            ]
            if fault != nil, wasGood != false {
                logger.warning("provider is not usable", metadata: metadata)
            } else if fault == nil, wasGood == false {
                logger.info("provider is usable again", metadata: metadata)
            }
            wasGood = fault == nil
            let jitter = Int64.random(in: 80...120)
            timer = eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(interval.nanoseconds / 100 * jitter)) {
                self.ask()
            }
        }
    }
}
