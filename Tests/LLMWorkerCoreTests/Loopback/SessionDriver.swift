import JSONText
import LLMWorkerCore
import Logging
import NIOCore
import NIOPosix
import Observability
import WorkerProtocol
import WorkerRuntime

/// What the gateway would hear.
enum Heard: Equatable, Sendable {
    case event(LanguageModelEvent)
    case text(String)
    case finished
}

/// Plays the gateway for one session of a real service on a real event loop.
final class SessionDriver: Sendable {
    /// What the session sends, in order.
    let heard: AsyncStream<Heard>

    let service: LanguageModelService
    let metrics: MetricsRegistry

    private let group: MultiThreadedEventLoopGroup
    private let loop: any EventLoop
    private let session: NIOLoopBoundBox<(any WorkerSession)?>
    private let hearing: AsyncStream<Heard>.Continuation

    private init(options: LanguageModelOptions) {
        service = LanguageModelService(options: options)
        metrics = MetricsRegistry()
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        loop = group.next()
        session = .makeEmptyBox(valueType: (any WorkerSession).self, eventLoop: loop)
        (heard, hearing) = AsyncStream.makeStream()
    }

    /// Starts a service and opens a session in it.
    static func open(
        settings: LanguageModelSettings,
        options: LanguageModelOptions
    ) async throws -> SessionDriver {
        let driver = SessionDriver(options: options)
        do {
            try await driver.service.start(on: driver.group, metrics: driver.metrics, logger: quiet)
            try await driver.reopen(settings)
        } catch {
            await driver.stop()
            throw error
        }
        return driver
    }

    /// Runs a test with a session whose provider is `server`, and stops both after it.
    static func run(
        against server: ScriptedServer,
        settings: LanguageModelSettings,
        options: LanguageModelOptions,
        test: (SessionDriver, ScriptedServer, inout AsyncStream<Heard>.Iterator) async throws -> Void
    ) async throws {
        let driver = try await open(settings: settings, options: options)
        var heard = driver.heard.makeAsyncIterator()
        do {
            try await test(driver, server, &heard)
        } catch {
            await driver.stop()
            await server.stop()
            throw error
        }
        await driver.stop()
        await server.stop()
    }

    /// Opens another session of the same service; commands go to it from now on.
    func reopen(_ settings: LanguageModelSettings) async throws {
        try await loop.submit {
            let sink = RecordingLinkSink()
            sink.onSend = { self.hearing.yield(Self.heard($0)) }
            let outbox = SessionOutbox(session: 1, eventLoop: self.loop, logger: Self.quiet, sink: sink)
            let open = LanguageModelCommand.open(call: "CA1", settings: settings)
            self.session.value = try self.service.openSession(control: open.json, outbox: outbox)
        }.get()
    }

    func send(_ commands: LanguageModelCommand...) {
        loop.execute {
            for command in commands { self.session.value?.receive(control: command.json) }
        }
    }

    func send(control: JSONValue) {
        loop.execute { self.session.value?.receive(control: control) }
    }

    /// Asks for a generation over one line of the caller's.
    func ask(_ generation: UInt32, _ text: String = "Hello") {
        send(
            .history(generation: generation, messages: [LanguageModelMessage(role: .user, content: [.text(text)])]),
            .generate(generation: generation)
        )
    }

    func closeLink() {
        loop.execute {
            self.session.value?.linkClosed()
            self.session.value = nil
        }
    }

    func stop() async {
        closeLink()
        await service.stop()
        try? await group.shutdownGracefully()
    }

    static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private static func heard(_ sent: RecordingLinkSink.Sent) -> Heard {
        switch sent {
        case .control(let json):
            (try? LanguageModelEvent(json: json)).map { .event($0) } ?? .text("not an event: \(json)")
        case .text(let text): .text(text)
        case .audio: .text("audio")
        case .finish: .finished
        }
    }
}

extension AsyncStream<Heard>.Iterator {
    /// The next thing that is not the acknowledgement of the session.
    mutating func answer() async -> Heard? {
        while let next = await next(isolation: #isolation) {
            if next != .event(.session(.opened)) { return next }
        }
        return nil
    }

    /// Everything up to the end of a generation, of the session, or to a tool's result.
    mutating func untilEnd() async -> [Heard] {
        var all: [Heard] = []
        while let next = await answer() {
            all.append(next)
            switch next {
            case .event(.end), .event(.failed), .event(.toolResult), .finished: return all
            default: continue
            }
        }
        return all
    }
}

extension [Heard] {
    /// All words.
    var text: String {
        reduce(into: "") { text, item in
            if case .text(let piece) = item { text += piece }
        }
    }

    /// The failure at its end, if there was one.
    var failure: WorkerFailure? {
        if case .event(.failed(_, let failure))? = last { failure } else { nil }
    }
}
