internal import NIOCore
internal import NIOHTTP1

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
        case dispatch(Request)
        /// Keep the part until the reply under way is done.
        case enqueue
        /// Answer with this status and close.
        case refuse(status: Int)
    }

    /// A request that has been received whole.
    struct Request: Equatable {
        var head: HTTPRequestHead
        var body: ByteBuffer
        /// Whether the connection may be used again after the reply.
        var keepsAlive: Bool
    }

    private enum State {
        case idle
        case receivingHead
        case receiving(Request)
        case responding(keepsAlive: Bool)
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

    /// Whether a request waits for its reply's end, so that nothing more should be read.
    var isResponding: Bool { if case .responding = self.state { true } else { false } }

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

    mutating func partReceived(_ part: HTTPServerRequestPart) -> Reaction {
        switch (self.state, part) {
        case (.responding, _):
            return .enqueue
        case (.idle, .head(let head)), (.receivingHead, .head(let head)):
            return self.headReceived(head)
        case (.receiving(var request), .body(let bytes)):
            guard request.body.readableBytes + bytes.readableBytes <= self.maximumBodyBytes else {
                return self.refuse(413)
            }
            request.body.writeImmutableBuffer(bytes)
            self.state = .receiving(request)
            return .none
        case (.receiving(let request), .end):
            self.state = .responding(keepsAlive: request.keepsAlive)
            return .dispatch(request)
        case (.closing, _), (.upgraded, _):
            return .none
        case (.idle, _), (.receivingHead, _), (.receiving, .head):
            return self.refuse(400)
        }
    }

    /// The reply is complete; returns whether the connection may be used again.
    mutating func replied(closes: Bool) -> Bool {
        guard case .responding(let keepsAlive) = self.state else { return false }
        self.state = keepsAlive && !closes ? .idle : .closing
        return keepsAlive && !closes
    }

    /// Whether the reply under way may leave the connection open.
    var keepsAlive: Bool {
        if case .responding(let keepsAlive) = self.state { keepsAlive } else { false }
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
        // After a request that asks for another protocol the parser reads no further one.
        let stopsParser = head.headers.contains(name: "upgrade") || head.method == .CONNECT
        let request = Request(head: head, body: ByteBuffer(), keepsAlive: head.isKeepAlive && !stopsParser)
        let expectations = head.headers[canonicalForm: "expect"]
        guard expectations.isEmpty || head.version.minor == 0 else {
            guard expectations.allSatisfy({ $0.lowercased() == "100-continue" }) else { return self.refuse(417) }
            self.state = .receiving(request)
            return .continueRequest
        }
        self.state = .receiving(request)
        return .none
    }

    private mutating func refuse(_ status: Int) -> Reaction {
        self.state = .closing
        return .refuse(status: status)
    }
}
