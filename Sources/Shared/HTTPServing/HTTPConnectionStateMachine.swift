internal import NIOCore
internal import NIOHTTP1

/// What a reply must know of its request.
struct HTTPExchange: Equatable {
    /// Whether the request was HEAD, so that no body may follow.
    var isHead = false
    /// Whether the other end understands chunks.
    var isHTTP11 = true
    /// Whether the connection may be used again after the reply.
    var keepsAlive = false
}

/// The order of requests and replies on one HTTP/1 connection; does no input or output.
///
/// ```
/// idle ── first bytes ──► receiving ── last byte ──► responding ── reply done ──► idle …
///   │                        │ fault                    │ last reply    │ upgrade
///   └──────── timeout ───────┴──────────► closing ◄─────┘               └──► upgraded
/// ```
struct HTTPConnectionStateMachine {
    /// What the shell must do about a part of a request.
    enum Reaction: Equatable {
        /// Nothing.
        case none
        /// Send a `100 Continue`: the body may come.
        case continueRequest
        /// Hand the request to the application.
        case dispatch(HTTPRequestHead, body: ByteBuffer)
        /// Keep the part until the reply under way is done.
        case enqueue
        /// Answer with this status and close.
        case refuse(status: Int)
    }

    private enum State {
        case idle
        case receivingHead
        case receiving(HTTPRequestHead, body: ByteBuffer)
        case responding(HTTPExchange)
        case closing
        case upgraded
    }

    private let maximumBodyBytes: Int
    private var state = State.idle

    init(maximumBodyBytes: Int) {
        self.maximumBodyBytes = maximumBodyBytes
    }

    /// Whether no request is under way.
    var isIdle: Bool { if case .idle = self.state { true } else { false } }

    /// Whether a request has begun and is not complete.
    var isReceiving: Bool {
        switch self.state {
        case .receivingHead, .receiving: true
        case .idle, .responding, .closing, .upgraded: false
        }
    }

    /// The request whose reply is under way, during which nothing more should be read; nil at other times.
    var exchange: HTTPExchange? { if case .responding(let exchange) = self.state { exchange } else { nil } }

    /// Whether everything that still comes is to be dropped.
    var isClosing: Bool { if case .closing = self.state { true } else { false } }

    /// Whether bytes belong to the next handler.
    var isUpgraded: Bool { if case .upgraded = self.state { true } else { false } }

    /// Bytes came that do not yet make a request's head; returns whether they are a request's first.
    mutating func bytesReceived() -> Bool {
        guard case .idle = self.state else { return false }
        self.state = .receivingHead
        return true
    }

    /// The parser read a part of a request.
    mutating func partReceived(_ part: HTTPServerRequestPart) -> Reaction {
        switch (self.state, part) {
        case (.responding, _):
            return .enqueue
        case (.idle, .head(let head)), (.receivingHead, .head(let head)):
            return self.headReceived(head)
        case (.receiving(let head, var body), .body(let bytes)):
            guard body.readableBytes + bytes.readableBytes <= self.maximumBodyBytes else { return self.refuse(413) }
            // The state lets go of the body, so that it grows in place.
            self.state = .receivingHead
            body.writeImmutableBuffer(bytes)
            self.state = .receiving(head, body: body)
            return .none
        case (.receiving(let head, let body), .end):
            // After a request that asks for another protocol the parser reads no further one.
            let stopsParser = head.headers.contains(name: "upgrade") || head.method == .CONNECT
            self.state = .responding(
                HTTPExchange(
                    isHead: head.method == .HEAD,
                    isHTTP11: head.version.minor > 0,
                    keepsAlive: head.isKeepAlive && !stopsParser
                )
            )
            return .dispatch(head, body: body)
        case (.closing, _), (.upgraded, _):
            return .none
        case (.idle, _), (.receivingHead, _), (.receiving, .head):
            return self.refuse(400)
        }
    }

    /// The parser cannot go on; returns the status to answer with, or nil if a reply under way comes first.
    mutating func parserFailed(_ error: HTTPParserError?) -> Int? {
        switch self.state {
        case .responding(var exchange):
            exchange.keepsAlive = false
            self.state = .responding(exchange)
            return nil
        case .closing, .upgraded:
            return nil
        case .idle, .receivingHead, .receiving:
            self.state = .closing
            switch error {
            case .headerOverflow: return 431
            case .invalidVersion: return 505
            default: return 400
            }
        }
    }

    /// The head of a reply announced the end of the connection.
    mutating func closeAnnounced() {
        guard case .responding(var exchange) = self.state else { return }
        exchange.keepsAlive = false
        self.state = .responding(exchange)
    }

    /// The reply is complete; returns whether the connection may be used again.
    mutating func replied() -> Bool {
        guard case .responding(let exchange) = self.state else { return false }
        self.state = exchange.keepsAlive ? .idle : .closing
        return exchange.keepsAlive
    }

    /// The request under way made the connection a WebSocket.
    mutating func upgraded() {
        self.state = .upgraded
    }

    /// Nothing more is to be read or answered.
    mutating func closed() {
        self.state = .closing
    }

    private mutating func headReceived(_ head: HTTPRequestHead) -> Reaction {
        guard head.version.minor == 0 || head.headers["host"].count == 1 else { return self.refuse(400) }
        if let length = head.headers.first(name: "content-length") {
            guard let count = Int(length), count >= 0 else { return self.refuse(400) }
            guard count <= self.maximumBodyBytes else { return self.refuse(413) }
        }
        self.state = .receiving(head, body: ByteBuffer())
        let expectations = head.headers[canonicalForm: "expect"]
        guard !expectations.isEmpty, head.version.minor > 0 else { return .none }
        guard expectations.allSatisfy({ $0.lowercased() == "100-continue" }) else { return self.refuse(417) }
        return .continueRequest
    }

    private mutating func refuse(_ status: Int) -> Reaction {
        self.state = .closing
        return .refuse(status: status)
    }
}
