package import NIOCore
internal import NIOSSL

/// Closing a channel whose other end cannot be relied on.
package enum TransportCloser {
    /// Closes the socket at once, without TLS's closing exchange, which would wait for the other end.
    package static func closeAtOnce(_ context: ChannelHandlerContext) {
        // Closing from the TLS handler's context starts below it.
        let below = try? context.pipeline.syncOperations.context(handlerType: NIOSSLClientHandler.self)
        (below ?? context).close(promise: nil)
    }

    /// Whether an error only says that the connection ended without TLS's closing exchange.
    static func isPlainEnd(_ error: any Error) -> Bool {
        (error as? NIOSSLError) == .uncleanShutdown
    }
}
