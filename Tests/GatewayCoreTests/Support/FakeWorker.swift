import JSONText
import NIOCore
import NIOPosix
import Synchronization
import WorkerProtocol

/// A worker instance on a Unix socket, doing what a test tells it.
final class FakeWorker: Sendable {
    /// What the gateway sent.
    enum Event: Sendable, Equatable {
        case linked
        case open(session: UInt32, JSONValue)
        case control(session: UInt32, JSONValue)
        case audio(session: UInt32, [UInt8])
        case text(session: UInt32, String)
        case unlinked
    }

    /// How it behaves by itself.
    struct Behaviour: Sendable {
        var saysHello = true
        var refuses = false
        var capacity = 10
        /// Speaks every text it is given as this many bytes a speech.
        var speaks: Int?
    }

    let role: WorkerRole
    let instance: String
    let log = EventLog<Event>()
    private let behaviour: Behaviour
    private let listener: any Channel
    private let links: Links

    private final class Links: Sendable {
        let channels = Mutex<[any Channel]>([])
    }

    static func start(
        _ role: WorkerRole,
        instance: String = "1",
        in directory: TemporaryDirectory,
        group: any EventLoopGroup,
        behaviour: Behaviour = Behaviour()
    ) async throws -> FakeWorker {
        try directory.makeDirectory(role.rawValue)
        let links = Links()
        let box = WorkerBox()
        let listener = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    links.channels.withLock { $0.append(channel) }
                    try channel.pipeline.syncOperations.addHandler(LinkHandler(box))
                }
            }
            .bind(
                unixDomainSocketPath: "\(directory.path)/\(role.rawValue)/\(instance).sock",
                cleanupExistingSocketFile: true
            )
            .get()
        let worker = FakeWorker(role: role, instance: instance, behaviour: behaviour, listener: listener, links: links)
        box.set(worker)
        return worker
    }

    private init(role: WorkerRole, instance: String, behaviour: Behaviour, listener: any Channel, links: Links) {
        self.role = role
        self.instance = instance
        self.behaviour = behaviour
        self.listener = listener
        self.links = links
    }

    /// Dies without a word.
    func kill() async {
        try? await listener.close().get()
        for channel in links.channels.withLock({ $0 }) { try? await channel.close().get() }
    }

    // MARK: - Speaking

    func send(_ control: JSONValue, session: UInt32) {
        write(.control, session: session, ByteBuffer(string: control.serialized()))
    }

    func send(audio: [UInt8], session: UInt32) {
        write(.audio, session: session, ByteBuffer(bytes: audio))
    }

    func send(text: String, session: UInt32) {
        write(.text, session: session, ByteBuffer(string: text))
    }

    /// Sends a control frame that is not what it should be.
    func send(garbage: String, session: UInt32) {
        write(.control, session: session, ByteBuffer(string: garbage))
    }

    /// Sends bytes that are no frame.
    func send(raw bytes: [UInt8]) {
        for channel in links.channels.withLock({ $0 }) where channel.isActive {
            channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
        }
    }

    private func write(_ kind: LinkFrameKind, session: UInt32, _ body: ByteBuffer) {
        var buffer = ByteBuffer()
        try? LinkFrame.append(kind, session: session, body: body, to: &buffer)
        for channel in links.channels.withLock({ $0 }) where channel.isActive {
            channel.writeAndFlush(buffer, promise: nil)
        }
    }

    // MARK: - Listening

    /// The number of the session a call opened here.
    func session(of call: String, after index: Int = 0) async throws -> UInt32 {
        let event = try await log.first(from: index) { event in
            if case .open(_, let message) = event { message["call"]?.stringValue == call } else { false }
        }
        guard case .open(let session, _) = event else { return 0 }
        return session
    }

    /// Waits for a control message of a session.
    @discardableResult
    func control(_ type: String, session: UInt32, after index: Int = 0) async throws -> JSONValue {
        let event = try await log.first(from: index) { event in
            if case .control(session, let message) = event { message["type"]?.stringValue == type } else { false }
        }
        guard case .control(_, let message) = event else { return .null }
        return message
    }

    fileprivate func linked(_ channel: any Channel) {
        log.append(.linked)
        guard behaviour.saysHello else { return }
        let hello = Hello(
            role: role.rawValue,
            instance: instance,
            release: "test",
            capacity: behaviour.capacity,
            sessions: 0
        )
        send(LinkMessage.hello(hello).json, session: 0)
    }

    fileprivate func received(_ kind: LinkFrameKind, session: UInt32, _ body: ByteBuffer) {
        switch kind {
        case .audio: log.append(.audio(session: session, Array(body.readableBytesView)))
        case .text: log.append(.text(session: session, String(buffer: body)))
        case .control:
            let message = (try? JSONValue.parse(Array(body.readableBytesView))) ?? .null
            guard session != 0 else { return }
            if message["type"]?.stringValue == "open" {
                let answer: SessionMessage =
                    behaviour.refuses ? .refused(WorkerFailure(.overloaded, detail: "full")) : .opened
                send(answer.json, session: session)
                log.append(.open(session: session, message))
            } else {
                speak(message, session: session)
                log.append(.control(session: session, message))
            }
        }
    }

    private func speak(_ message: JSONValue, session: UInt32) {
        guard let bytes = behaviour.speaks, message["type"]?.stringValue == "end" else { return }
        guard let generation = message["generation"]?.intValue.map(UInt32.init(clamping:)) else { return }
        send(TextToSpeechEvent.begin(generation: generation).json, session: session)
        var rest = bytes
        while rest > 0 {
            send(
                audio: [UInt8](repeating: UInt8(truncatingIfNeeded: generation), count: min(rest, 4000)),
                session: session
            )
            rest -= 4000
        }
        send(TextToSpeechEvent.end(generation: generation, cancelled: false).json, session: session)
    }

    fileprivate func unlinked() {
        log.append(.unlinked)
    }
}

/// Hands the worker to the handlers of links that may come before it is made.
private final class WorkerBox: Sendable {
    private let worker = Mutex<(FakeWorker?, [@Sendable (FakeWorker) -> Void])>((nil, []))

    func set(_ made: FakeWorker) {
        let waiting = worker.withLock { state -> [@Sendable (FakeWorker) -> Void] in
            state.0 = made
            defer { state.1 = [] }
            return state.1
        }
        for body in waiting { body(made) }
    }

    func with(_ body: @escaping @Sendable (FakeWorker) -> Void) {
        let made = worker.withLock { state -> FakeWorker? in
            if state.0 == nil { state.1.append(body) }
            return state.0
        }
        if let made { body(made) }
    }
}

private final class LinkHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let box: WorkerBox
    private var unread = ByteBuffer()

    init(_ box: WorkerBox) {
        self.box = box
    }

    func channelActive(context: ChannelHandlerContext) {
        let channel = context.channel
        box.with { $0.linked(channel) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        unread.writeBuffer(&buffer)
        try? LinkFrameDecoder().decode(&unread) { kind, session, body in
            box.with { $0.received(kind, session: session, body) }
            return true
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        box.with { $0.unlinked() }
    }
}
