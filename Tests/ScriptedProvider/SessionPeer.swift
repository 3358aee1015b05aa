package import JSONText
internal import Logging
internal import NIOCore
internal import NIOPosix
package import WorkerProtocol
package import WorkerRuntime

/// The gateway's end of one session of a worker, which lives on an event loop of its own.
package final class SessionPeer: Sendable {
    /// What the session sent.
    package enum Output: Sendable, Equatable {
        /// A control message.
        case control(JSONValue)
        /// Audio.
        case audio([UInt8])
        /// Text.
        case text(String)
        /// The end.
        case finish
    }

    private let loop: any EventLoop
    private let session: NIOLoopBound<any WorkerSession>
    private let outputs: Inbox<Output>

    private init(loop: any EventLoop, session: NIOLoopBound<any WorkerSession>, outputs: Inbox<Output>) {
        self.loop = loop
        self.session = session
        self.outputs = outputs
    }

    /// Opens a session of a service that has been started.
    ///
    /// - Throws: the failure the session is refused with.
    package static func open(_ service: any WorkerService, _ open: some ControlMessage) async throws -> SessionPeer {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let outputs = Inbox<Output>()
        let message = open.json
        let session = try await loop.submit {
            let sink = RecordingLinkSink()
            sink.onSend = { sent in
                switch sent {
                case .control(let value): outputs.put(.control(value))
                case .audio(let audio): outputs.put(.audio(Array(audio.readableBytesView)))
                case .text(let text): outputs.put(.text(text))
                case .finish: outputs.put(.finish)
                }
            }
            let outbox = SessionOutbox(
                session: 1,
                eventLoop: loop,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
                sink: sink
            )
            return NIOLoopBound(try service.openSession(control: message, outbox: outbox), eventLoop: loop)
        }.get()
        return SessionPeer(loop: loop, session: session, outputs: outputs)
    }

    /// Waits for what the session sends next.
    package func next() async throws -> Output {
        try await outputs.next()
    }

    /// Waits for the next control message as an event of the role, passing over audio.
    package func nextEvent<Event: ControlMessage>(_ type: Event.Type = Event.self) async throws -> Event {
        while true {
            if case .control(let value) = try await next() { return try Event(json: value) }
        }
    }

    /// What has been sent so far and was not waited for.
    package func drain() -> [Output] {
        outputs.drain()
    }

    /// Sends a command.
    package func send(_ command: some ControlMessage) {
        let value = command.json
        run { $0.receive(control: value) }
    }

    /// Sends audio.
    package func send(audio: [UInt8]) {
        run { $0.receive(audio: ByteBuffer(bytes: audio)) }
    }

    /// Sends text.
    package func send(text: String) {
        run { $0.receive(text: ByteBuffer(string: text)) }
    }

    /// Ends the link.
    package func closeLink() {
        run { $0.linkClosed() }
    }

    private func run(_ body: @escaping @Sendable (any WorkerSession) -> Void) {
        loop.execute { body(self.session.value) }
    }
}
