package import NIOCore

extension WebSocket {
    /// Makes a WebSocket of a connected channel on which the upgrade has already taken place.
    ///
    /// The handler is added at the end of the pipeline; whatever stands before it must let plain bytes pass. Sets the
    /// channel's receive buffers to `limits.receiveBufferBytes`. The delegate is called in later turns of the event
    /// loop only, and gets messages in `state` first. If the channel is closed already, it gets `didClose`.
    ///
    /// - Parameters:
    ///   - channel: The channel; this must be called on its event loop.
    ///   - role: Which end this is.
    ///   - limits: The bounds to keep.
    ///   - delegate: Who is told of messages and of the end.
    ///   - responseHeaders: The headers of the server's response, if this is the client.
    ///   - state: What the former owner had read but not used.
    ///   - maskingKeys: Unpredictable numbers to mask with, if this is the client.
    /// - Returns: The open connection.
    /// - Throws: What the channel says when it takes no handler.
    package static func adopt(
        _ channel: any Channel,
        role: WebSocketRole = .server,
        limits: WebSocketLimits,
        delegate: any WebSocketDelegate,
        responseHeaders: [(String, String)] = [],
        resuming state: WebSocketReadState = WebSocketReadState(),
        maskingKeys: any RandomNumberGenerator = SystemMaskingKeys()
    ) throws -> WebSocket {
        let socket = WebSocket(
            channel: channel,
            role: role,
            limits: limits,
            delegate: delegate,
            responseHeaders: responseHeaders,
            resuming: state,
            maskingKeys: maskingKeys
        )
        // A channel that knows no such option (in tests) reads as it pleases.
        try? channel.syncOptions?.setOption(
            .recvAllocator,
            value: FixedSizeRecvByteBufferAllocator(capacity: limits.receiveBufferBytes)
        )
        try channel.pipeline.syncOperations.addHandler(WebSocketHandler(socket))
        return socket
    }
}
