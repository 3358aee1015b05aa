import Logging
import NIOCore
import NIOEmbedded
import Observability
import WorkerProtocol

@testable import WorkerRuntime

/// A link handler on an embedded channel: virtual time, no socket.
final class EmbeddedLink {
    let channel = EmbeddedChannel()
    let service = ScriptedService()
    let registry = MetricsRegistry()
    let admission: SessionAdmission
    private(set) var handler: LinkHandler
    private let environment: LinkEnvironment
    private var received = ByteBuffer()

    init(capacity: Int = 10, settings: LinkSettings = LinkSettings()) throws {
        let metrics = WorkerMetrics(registry)
        admission = SessionAdmission(capacity: capacity, metrics: metrics)
        environment = LinkEnvironment(
            service: service,
            instance: "1",
            release: "test",
            admission: admission,
            metrics: metrics,
            settings: settings,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        handler = LinkHandler(channel: channel, environment: environment, link: 1)
        try channel.pipeline.syncOperations.addHandler(handler)
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "/test")).wait()
        channel.embeddedEventLoop.run()
    }

    /// A link on which hello has been said both ways.
    static func opened(capacity: Int = 10, settings: LinkSettings = LinkSettings()) throws -> EmbeddedLink {
        let link = try EmbeddedLink(capacity: capacity, settings: settings)
        try link.send(.hello())
        _ = try link.take()
        return link
    }

    /// Brings frames in with one read, and runs the loop once.
    func send(_ frames: Frame...) throws {
        var buffer = ByteBuffer()
        for frame in frames { try frame.append(to: &buffer) }
        try send(bytes: buffer)
    }

    /// Brings bytes in with one read, and runs the loop once.
    func send(bytes: ByteBuffer) throws {
        try channel.writeInbound(bytes)
        channel.embeddedEventLoop.run()
    }

    /// The frames sent since the last call.
    func take() throws -> [Frame] {
        while let buffer = try channel.readOutbound(as: ByteBuffer.self) { received.writeImmutableBuffer(buffer) }
        var frames: [Frame] = []
        try LinkFrameDecoder().decode(&received) { kind, session, body in
            frames.append(Frame(kind: kind, session: session, body: body))
            return true
        }
        return frames
    }

    /// How many writes reached the channel since the last call.
    func takeWrites() throws -> [ByteBuffer] {
        var writes: [ByteBuffer] = []
        while let buffer = try channel.readOutbound(as: ByteBuffer.self) { writes.append(buffer) }
        return writes
    }

    func advance(_ time: TimeAmount) { channel.embeddedEventLoop.advanceTime(by: time) }

    func setWritable(_ isWritable: Bool) {
        channel.isWritable = isWritable
        channel.pipeline.fireChannelWritabilityChanged()
        channel.embeddedEventLoop.run()
    }

    var isOpen: Bool { channel.isActive }

    /// The value of a metric's line in the report.
    func metric(_ line: String) -> Int? {
        registry.prometheusText().split(separator: "\n").first { $0.hasPrefix(line + " ") }
            .flatMap { $0.split(separator: " ").last }.flatMap { Int($0) }
    }
}
