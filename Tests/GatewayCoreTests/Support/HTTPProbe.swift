import NIOCore
import NIOPosix

/// Makes one HTTP request and reads the whole answer.
enum HTTPProbe {
    struct Answer: Sendable {
        let status: Int
        let text: String
        let body: String
    }

    struct NoAnswer: Error {}

    static func request(
        _ method: String,
        _ target: String,
        headers: [(String, String)] = [],
        body: String = "",
        port: Int,
        group: any EventLoopGroup
    ) async throws -> Answer {
        let promise = group.next().makePromise(of: String.self)
        let channel = try await ClientBootstrap(group: promise.futureResult.eventLoop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Collector(promise))
                }
            }
            .connect(host: "127.0.0.1", port: port)
            .get()
        var lines = "\(method) \(target) HTTP/1.1\r\nConnection: close\r\nContent-Length: \(body.utf8.count)\r\n"
        for (name, value) in headers { lines += "\(name): \(value)\r\n" }
        if !headers.contains(where: { $0.0 == "Host" }) { lines += "Host: 127.0.0.1:\(port)\r\n" }
        try await channel.writeAndFlush(ByteBuffer(string: lines + "\r\n" + body)).get()
        let text = try await promise.futureResult.get()
        guard let end = text.firstRange(of: "\r\n\r\n"), let status = Int(text.dropFirst(9).prefix(3)) else {
            throw NoAnswer()
        }
        return Answer(status: status, text: text, body: String(text[end.upperBound...]))
    }

    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let promise: EventLoopPromise<String>
        private var received = ByteBuffer()

        init(_ promise: EventLoopPromise<String>) {
            self.promise = promise
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var buffer = unwrapInboundIn(data)
            received.writeBuffer(&buffer)
        }

        func channelInactive(context: ChannelHandlerContext) {
            promise.succeed(String(buffer: received))
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }
}
