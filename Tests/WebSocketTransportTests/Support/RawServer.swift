import NIOCore
import NIOPosix
import NIOSSL

/// A TCP server that lets a test see and send bytes on each connection.
struct RawServer: Sendable {
    private let channel: any Channel

    var port: Int { self.channel.localAddress?.port ?? 0 }

    /// Starts on loopback; `script` runs on the connection's loop with all that has come so far, after every read.
    static func start(
        tls: NIOSSLContext? = nil,
        script: @escaping @Sendable (_ received: String, _ connection: any Channel) -> Void
    ) async throws -> RawServer {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    try channel.pipeline.syncOperations.addHandler(ScriptHandler(script))
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        return RawServer(channel: channel)
    }

    func stop() async throws {
        try await self.channel.close().get()
    }
}

private final class ScriptHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let script: (String, any Channel) -> Void
    private var received = ""

    init(_ script: @escaping (String, any Channel) -> Void) {
        self.script = script
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.received += String(buffer: self.unwrapInboundIn(data))
        self.script(self.received, context.channel)
    }
}

extension Channel {
    /// Sends text and, if asked to, ends the connection after it.
    func send(_ text: String, andClose: Bool = false) {
        self.writeAndFlush(ByteBuffer(string: text)).whenComplete { _ in
            if andClose { self.close(promise: nil) }
        }
    }
}
