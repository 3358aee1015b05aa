package import AsyncHTTPClient
package import JSONText
import Logging
package import NIOCore
package import Observability
package import WorkerProtocol
package import WorkerRuntime

/// One call's session: takes the gateway's commands, has one reply at a time made, and has tools run.
///
/// Loop-bound. A new generation ends the one before it; after a generation's end nothing of it is sent any more.
package final class LanguageModelSession: WorkerSession, ReplyListener {
    /// What a session is given by its process.
    package struct Context {
        /// Whom to ask.
        package var provider: any LanguageModelProvider

        /// Their key.
        package var key: Secret

        /// The process's client.
        package var client: HTTPClient

        /// Runs the tools.
        package var tools: ToolRunner

        /// How long replies may take.
        package var timing: ReplyTiming

        /// Where to count.
        package var metrics: ReplyMetrics

        /// Seconds since 1970.
        package var wallClock: @Sendable () -> Int64
    }

    /// The most tools one session may have running.
    package static let maximumRunningTools = 32

    private let settings: LanguageModelSettings
    private let context: Context
    private let outbox: SessionOutbox
    private var history = PendingHistory()
    private var naming = ToolCallNaming(history: WellFormedHistory([]))
    private var reply: Reply?
    private var runningTools = 0

    /// Makes a session; ``open()`` makes it usable.
    ///
    /// - Parameters:
    ///   - settings: The session's.
    ///   - context: What the process gives.
    ///   - outbox: The way to the gateway.
    package init(settings: LanguageModelSettings, context: Context, outbox: SessionOutbox) {
        self.settings = settings
        self.context = context
        self.outbox = outbox
    }

    /// Tells the gateway that the session can be used.
    package func open() {
        outbox.send(SessionMessage.opened)
    }

    /// Does what the gateway asks; what is not a command of the role fails the session.
    package func receive(control: JSONValue) {
        guard !outbox.isFinished else { return }
        do throws(ControlMessageError) {
            switch try LanguageModelCommand(json: control) {
            case .open: fail("the session is open already")
            case .history(let generation, let messages): history.received(messages, generation: generation)
            case .generate(let generation): generate(generation)
            case .cancel(let generation): cancel(generation)
            case .runTool(let id, let name, let input, let key): runTool(id: id, name: name, input: input, key: key)
            case .close: close()
            }
        } catch {
            fail(error.description)
        }
    }

    /// Nothing is said in audio here.
    ///
    /// Harmless, so it is passed over.
    package func receive(audio: ByteBuffer) {}

    /// Nothing is said in text frames here; histories come in control messages.
    ///
    /// Harmless, so it is passed over.
    package func receive(text: ByteBuffer) {}

    /// Closes the provider's request.
    ///
    /// Tools go on: what they do cannot be taken back, and the gateway can ask for their outcome again.
    package func linkClosed() {
        abandonReply()
    }

    /// Sends words on at once.
    package func reply(_ reply: Reply, said text: String) {
        outbox.send(text: text)
    }

    /// Sends a tool call on, under an id that no other call has.
    package func reply(_ reply: Reply, called tool: ModelToolCall) {
        var generator = SystemRandomNumberGenerator()
        if !tool.input.isValid {
            outbox.logger.warning("model wrote invalid tool input", metadata: ["tool": "\(tool.name)"])
        }
        outbox.send(
            LanguageModelEvent.toolCall(
                generation: reply.generation,
                id: naming.uniqueID(for: tool.id, using: &generator),
                name: tool.name,
                input: tool.input.json
            )
        )
    }

    /// Sends the end of a generation, and logs a failure.
    package func reply(_ reply: Reply, ended end: Result<LanguageModelEvent.StopReason, WorkerFailure>) {
        if self.reply === reply { self.reply = nil }
        switch end {
        case .success(let reason):
            outbox.send(LanguageModelEvent.end(generation: reply.generation, reason))
        case .failure(let failure):
            outbox.logger.log(
                level: failure.isPermanent ? .error : .warning,
                "reply failed",
                metadata: [
                    "turn": "\(reply.generation)", "error.kind": "\(failure.kind)", "error.detail": "\(failure.detail)",
                    "provider.request_id": "\(failure.requestID ?? "")",
                ]
            )
            outbox.send(LanguageModelEvent.failed(generation: reply.generation, failure))
        }
    }

    private func generate(_ generation: UInt32) {
        guard reply?.generation != generation else { return fail("generation \(generation) is asked for twice") }
        reply?.cancel()
        outbox.send(LanguageModelEvent.begin(generation: generation))
        guard let messages = history.take(generation: generation) else {
            let failure = WorkerFailure(.rejected, isPermanent: true, detail: "the history is too large")
            return outbox.send(LanguageModelEvent.failed(generation: generation, failure))
        }
        let wellFormed = WellFormedHistory(messages)
        naming = ToolCallNaming(history: wellFormed)
        let call = ProviderCall(
            provider: context.provider,
            key: context.key,
            request: context.provider.request(settings: settings, history: wellFormed),
            mayThink: context.provider.mayThink(settings),
            timing: context.timing,
            client: context.client,
            metrics: context.metrics,
            wallClock: context.wallClock
        )
        let reply = Reply(generation: generation, call: call, on: outbox.eventLoop, listener: self)
        self.reply = reply
        reply.start()
    }

    private func cancel(_ generation: UInt32) {
        history.forget(generation: generation)
        if reply?.generation == generation { reply?.cancel() }
    }

    private func runTool(id: String, name: String, input: JSONValue, key: String) {
        guard runningTools < Self.maximumRunningTools else {
            let outcome = ToolOutcome.error("Too many tools are running.")
            return outbox.send(LanguageModelEvent.toolResult(id: id, content: outcome.content, isError: true))
        }
        runningTools += 1
        context.tools.run(
            name,
            input: input,
            key: key,
            settings: settings,
            on: outbox.eventLoop,
            logger: outbox.logger
        ).assumeIsolated().whenSuccess { outcome in
            self.runningTools -= 1
            self.outbox.send(
                LanguageModelEvent.toolResult(id: id, content: outcome.content, isError: outcome.isError)
            )
        }
    }

    private func close() {
        abandonReply()
        outbox.send(SessionMessage.closed)
        outbox.finish()
    }

    private func fail(_ violation: String) {
        abandonReply()
        outbox.fail(WorkerFailure(.protocolViolation, detail: violation))
    }

    private func abandonReply() {
        reply?.abandon()
        reply = nil
    }
}
