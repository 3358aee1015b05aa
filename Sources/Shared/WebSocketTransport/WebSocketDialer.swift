internal import NIOCore
internal import NIOPosix
internal import NIOSSL

/// One attempt at a connection: TCP, TLS if asked for, upgrade; completes once, at the deadline at the latest.
final class WebSocketDialer {
    private let url: WebSocketURL
    private let headers: [(String, String)]
    private let eventLoop: any EventLoop
    private let limits: WebSocketLimits
    private let trustRootsFile: String?
    private var maskingKeys: any RandomNumberGenerator
    private let key: String
    private var delegate: (any WebSocketDelegate)?
    /// Nil once the outcome is known.
    private var completion: ((Result<WebSocket, WebSocketConnectError>) -> Void)?
    private var deadline: Scheduled<Void>?
    private var channel: (any Channel)?
    private var upgradeHandler: WebSocketUpgradeHandler?

    init(
        url: WebSocketURL,
        headers: [(String, String)],
        eventLoop: any EventLoop,
        limits: WebSocketLimits,
        trustRootsFile: String?,
        maskingKeys: any RandomNumberGenerator,
        delegate: any WebSocketDelegate,
        completion: @escaping (Result<WebSocket, WebSocketConnectError>) -> Void
    ) {
        self.url = url
        self.headers = headers
        self.eventLoop = eventLoop
        self.limits = limits
        self.trustRootsFile = trustRootsFile
        self.maskingKeys = maskingKeys
        self.key = WebSocketHandshake.key(from: &self.maskingKeys)
        self.delegate = delegate
        self.completion = completion
    }

    func start(deadline: TimeAmount) {
        self.deadline = self.eventLoop.assumeIsolated().scheduleTask(in: deadline) { self.deadlinePassed() }
        ClientBootstrap(group: self.eventLoop)
            .connectTimeout(deadline)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(
                .recvAllocator,
                value: FixedSizeRecvByteBufferAllocator(capacity: self.limits.receiveBufferBytes)
            )
            .connect(host: self.url.host, port: self.url.port)
            .hop(to: self.eventLoop)
            .assumeIsolated()
            .whenComplete { result in
                switch result {
                case .success(let channel): self.connected(channel)
                case .failure(let error): self.connectFailed(error)
                }
            }
    }

    /// The server answered: with a 101, or with a refusal as far as it came.
    func answered(_ response: UpgradeResponse) {
        guard response.status == 101 else {
            let body = String(decoding: response.body, as: UTF8.self)
            self.finish(.failure(.refused(status: response.status, headers: response.headers, body: body)))
            return
        }
        if let fault = self.fault(in: response) {
            self.finish(.failure(.transport(fault)))
            return
        }
        guard let channel = self.channel, let delegate = self.delegate else { return }
        do {
            let socket = try WebSocket.adopt(
                channel,
                role: .client,
                limits: self.limits,
                delegate: delegate,
                responseHeaders: response.headers,
                maskingKeys: self.maskingKeys
            )
            self.finish(.success(socket))
        } catch {
            self.finish(.failure(.transport("\(error)")))
        }
    }

    /// Gives the outcome to the caller; later outcomes are ignored.
    func finish(_ result: Result<WebSocket, WebSocketConnectError>) {
        guard let completion = self.completion else { return }
        self.completion = nil
        self.deadline?.cancel()
        self.deadline = nil
        self.delegate = nil
        if case .failure = result { self.dropChannel() }
        self.channel = nil
        self.upgradeHandler = nil
        completion(result)
    }

    private func connected(_ channel: any Channel) {
        guard self.completion != nil else {
            channel.close(promise: nil)
            return
        }
        self.channel = channel
        CloseOnExec.set(on: channel)
        let handler = WebSocketUpgradeHandler(request: self.request(), dialer: self)
        self.upgradeHandler = handler
        do {
            if self.url.isSecure {
                let context = try ClientTLS.context(trustRootsFile: self.trustRootsFile)
                // A server name is sent for names only (RFC 6066 §3); an address is verified as such.
                let isAddress = (try? SocketAddress(ipAddress: self.url.host, port: 0)) != nil
                let tls = try NIOSSLClientHandler(
                    context: context,
                    serverHostname: isAddress ? nil : self.url.host
                )
                try channel.pipeline.syncOperations.addHandler(tls)
            }
            try channel.pipeline.syncOperations.addHandler(handler)
        } catch {
            self.finish(.failure(.transport("\(error)")))
        }
    }

    private func connectFailed(_ error: any Error) {
        if let error = error as? NIOConnectionError, let first = error.connectionErrors.first {
            if case .connectTimeout? = first.error as? ChannelError { return self.finish(.failure(.timedOut)) }
            self.finish(.failure(.transport("connect to \(self.url.authority): \(first.error)")))
        } else if case .connectTimeout? = error as? ChannelError {
            self.finish(.failure(.timedOut))
        } else {
            self.finish(.failure(.transport("connect to \(self.url.authority): \(error)")))
        }
    }

    private func deadlinePassed() {
        if let response = self.upgradeHandler?.partialResponse {
            self.answered(response)
        } else {
            self.finish(.failure(.timedOut))
        }
    }

    private func dropChannel() {
        guard let channel = self.channel else { return }
        if let handler = self.upgradeHandler,
            let context = try? channel.pipeline.syncOperations.context(handler: handler)
        {
            TransportCloser.closeAtOnce(context)
        } else {
            channel.close(promise: nil)
        }
    }

    private func request() -> ByteBuffer {
        var request = self.channel?.allocator.buffer(capacity: 512) ?? ByteBuffer()
        request.writeString("GET \(self.url.target) HTTP/1.1\r\nHost: \(self.url.authority)\r\n")
        request.writeString("Upgrade: websocket\r\nConnection: Upgrade\r\n")
        request.writeString("Sec-WebSocket-Key: \(self.key)\r\nSec-WebSocket-Version: 13\r\n")
        for (name, value) in self.headers { request.writeString("\(name): \(value)\r\n") }
        request.writeString("\r\n")
        return request
    }

    /// What is wrong with a 101 (RFC 6455 §4.1); nil if nothing is.
    private func fault(in response: UpgradeResponse) -> String? {
        guard HTTPFieldSyntax.contains("websocket", in: response.values(of: "upgrade")),
            HTTPFieldSyntax.contains("upgrade", in: response.values(of: "connection"))
        else {
            return "the server switched to another protocol than WebSocket"
        }
        guard response.values(of: "sec-websocket-accept") == [WebSocketHandshake.accept(forKey: self.key)] else {
            return "the server's Sec-WebSocket-Accept does not answer the key"
        }
        guard response.values(of: "sec-websocket-extensions").isEmpty else {
            return "the server uses an extension that was not offered"
        }
        let offered = self.headers.filter { $0.0.lowercased() == "sec-websocket-protocol" }.map(\.1)
        let chosen = response.values(of: "sec-websocket-protocol")
        guard chosen.count <= 1, chosen.allSatisfy({ HTTPFieldSyntax.contains($0.lowercased(), in: offered) }) else {
            return "the server uses a subprotocol that was not offered"
        }
        return nil
    }
}
