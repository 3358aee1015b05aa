package import AsyncHTTPClient
package import NIOCore
package import NIOHTTP1

/// Hears how one HTTP request goes; every call comes on the exchange's event loop.
package protocol HTTPExchangeHandler: AnyObject {
    /// The head of the answer has arrived.
    func exchange(_ exchange: HTTPExchange, received head: HTTPResponseHead)

    /// The next bytes of the body have arrived.
    func exchange(_ exchange: HTTPExchange, received body: ByteBuffer)

    /// The answer is complete, or cannot be completed. The last call.
    func exchange(_ exchange: HTTPExchange, endedWith error: (any Error)?)
}

/// One HTTP request whose answer is handed on as it arrives, without leaving the event loop.
///
/// Loop-bound. Holds its handler until the end or until it is cancelled; a cancelled exchange calls nobody any more.
package final class HTTPExchange {
    /// The loop everything happens on, the connection's too.
    package let eventLoop: any EventLoop

    private var handler: (any HTTPExchangeHandler)?
    private var cancelTask: (() -> Void)?

    private init(eventLoop: any EventLoop, handler: any HTTPExchangeHandler) {
        self.eventLoop = eventLoop
        self.handler = handler
    }

    /// Sends a request.
    ///
    /// - Parameters:
    ///   - request: The request; redirects and retries are the client's configuration.
    ///   - client: The process's client, whose group has the loop.
    ///   - eventLoop: The loop to be on; the caller is on it.
    ///   - handler: Told how it goes, never before this returns.
    /// - Returns: The exchange, to cancel it.
    package static func start(
        _ request: HTTPClient.Request,
        client: HTTPClient,
        on eventLoop: any EventLoop,
        handler: any HTTPExchangeHandler
    ) -> HTTPExchange {
        eventLoop.assertInEventLoop()
        let exchange = HTTPExchange(eventLoop: eventLoop, handler: handler)
        let task = client.execute(
            request: request,
            delegate: Delegate(exchange: NIOLoopBound(exchange, eventLoop: eventLoop)),
            eventLoop: .delegateAndChannel(on: eventLoop)
        )
        exchange.cancelTask = { task.cancel() }
        // Also tells of a client that is shut down, which its delegate is not told.
        let ended = task.futureResult.hop(to: eventLoop).assumeIsolated()
        eventLoop.assumeIsolated().execute {
            ended.whenComplete { result in
                switch result {
                case .success: exchange.end(nil)
                case .failure(let error): exchange.end(error)
                }
            }
        }
        return exchange
    }

    /// Closes the request for real: the stream is reset over HTTP/2, the connection is closed over HTTP/1.1.
    package func cancel() {
        handler = nil
        cancelTask?()
        cancelTask = nil
    }

    private func end(_ error: (any Error)?) {
        cancelTask = nil
        guard let handler else { return }
        self.handler = nil
        handler.exchange(self, endedWith: error)
    }

    /// What the client calls; it holds the exchange so that the exchange lives as long as the request.
    private final class Delegate: HTTPClientResponseDelegate {
        private let exchange: NIOLoopBound<HTTPExchange>

        init(exchange: NIOLoopBound<HTTPExchange>) {
            self.exchange = exchange
        }

        func didReceiveHead(task: HTTPClient.Task<Void>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
            let exchange = exchange.value
            exchange.handler?.exchange(exchange, received: head)
            return exchange.eventLoop.makeSucceededVoidFuture()
        }

        func didReceiveBodyPart(task: HTTPClient.Task<Void>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
            let exchange = exchange.value
            exchange.handler?.exchange(exchange, received: buffer)
            return exchange.eventLoop.makeSucceededVoidFuture()
        }

        func didFinishRequest(task: HTTPClient.Task<Void>) throws {}
    }
}
