import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// One run of an HTTP tool: sends the request, reads a bounded answer, and gives up at the deadline.
///
/// Loop-bound; lives until it has called its completion, once.
final class HTTPToolRun: HTTPExchangeHandler {
    private var head: HTTPResponseHead?
    private var body: [UInt8] = []
    private var deadline: Scheduled<Void>?
    private var completion: ((ToolOutcome) -> Void)?

    private init(completion: @escaping (ToolOutcome) -> Void) {
        self.completion = completion
    }

    /// Sends the request; `completion` is called on the loop, later.
    static func start(
        _ request: HTTPToolRequest,
        timeoutMilliseconds: Int,
        client: HTTPClient,
        on eventLoop: any EventLoop,
        completion: @escaping (ToolOutcome) -> Void
    ) throws {
        let run = HTTPToolRun(completion: completion)
        let exchange = HTTPExchange.start(
            try HTTPClient.Request(
                url: request.url,
                method: request.method,
                headers: request.headers,
                body: request.body.map { .byteBuffer(ByteBuffer(bytes: $0)) }
            ),
            client: client,
            on: eventLoop,
            handler: run
        )
        let limit = Int64(max(1, timeoutMilliseconds))
        run.deadline = eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(limit)) {
            exchange.cancel()
            run.complete(.error("The tool did not answer within \(limit) ms."))
        }
    }

    func exchange(_ exchange: HTTPExchange, received head: HTTPResponseHead) {
        self.head = head
    }

    func exchange(_ exchange: HTTPExchange, received body: ByteBuffer) {
        self.body += body.readableBytesView.prefix(ToolOutcome.maximumBytes + 1 - self.body.count)
        guard self.body.count > ToolOutcome.maximumBytes else { return }
        exchange.cancel()
        answered()
    }

    func exchange(_ exchange: HTTPExchange, endedWith error: (any Error)?) {
        if let error {
            complete(.error("The tool cannot be reached: \(TransportFailure.describe(error))"))
        } else {
            answered()
        }
    }

    private func answered() {
        guard let head else { return complete(.error("The tool gave no answer.")) }
        complete(HTTPToolResponse.outcome(status: Int(head.status.code), headers: head.headers, body: body))
    }

    private func complete(_ outcome: ToolOutcome) {
        deadline?.cancel()
        deadline = nil
        let completion = completion
        self.completion = nil
        completion?(outcome)
    }
}
