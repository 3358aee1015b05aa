import AsyncHTTPClient
import Logging
package import NIOCore
package import NIOHTTP1
import Observability
package import WorkerProtocol

/// Hears what a reply says; every call comes on the reply's event loop.
package protocol ReplyListener: AnyObject {
    /// Words to speak.
    func reply(_ reply: Reply, said text: String)

    /// The model wants a tool run.
    func reply(_ reply: Reply, called tool: ModelToolCall)

    /// The reply is over. The last call.
    func reply(_ reply: Reply, ended end: Result<LanguageModelEvent.StopReason, WorkerFailure>)
}

/// One generation: asks the provider, hands on what it says, and ends exactly once.
///
/// Loop-bound. Decides nothing: ``ReplyStateMachine`` does.
package final class Reply: HTTPExchangeHandler {
    /// The gateway's number for it.
    package let generation: UInt32

    private let call: ProviderCall
    private let eventLoop: any EventLoop
    private var machine: ReplyStateMachine
    private var listener: (any ReplyListener)?
    private var exchange: HTTPExchange?
    private var stream: ReplyStream
    private var events: [ReplyEvent] = []
    private var errorHead: HTTPResponseHead?
    private var errorBody: [UInt8] = []
    private var pause: Scheduled<Void>?
    private var alarm: Scheduled<Void>?
    private var startedAt = NIODeadline.uptimeNanoseconds(0)
    private var usefulAt = NIODeadline.uptimeNanoseconds(0)
    private var hasRecordedFirstOutput = false

    /// A reply that has not been asked for.
    ///
    /// - Parameters:
    ///   - generation: The gateway's number for it.
    ///   - call: What to ask, and whom.
    ///   - eventLoop: The session's loop.
    ///   - listener: Told what it says; held until the end.
    package init(generation: UInt32, call: ProviderCall, on eventLoop: any EventLoop, listener: any ReplyListener) {
        self.generation = generation
        self.call = call
        self.eventLoop = eventLoop
        self.listener = listener
        machine = ReplyStateMachine(provider: call.provider.name)
        stream = ReplyStream(call.provider.makeDecoder(), provider: call.provider.name)
    }

    /// Asks the provider.
    package func start() {
        startedAt = eventLoop.now
        usefulAt = startedAt
        perform(machine.started())
        armAlarm()
    }

    /// Closes the request for real; the listener hears the end before this returns, and nothing afterwards.
    package func cancel() {
        perform(machine.cancelled())
    }

    /// Closes the request without telling anybody.
    package func abandon() {
        listener = nil
        perform(machine.cancelled())
    }

    /// Remembers the head of an error.
    package func exchange(_ exchange: HTTPExchange, received head: HTTPResponseHead) {
        if !(200..<300).contains(head.status.code) {
            errorHead = head
        }
    }

    /// Reads more of the reply, or of an error.
    package func exchange(_ exchange: HTTPExchange, received body: ByteBuffer) {
        guard errorHead == nil else {
            errorBody += body.readableBytesView.prefix(ProviderResponse.maximumBodyBytes - errorBody.count)
            if errorBody.count >= ProviderResponse.maximumBodyBytes { refused() }
            return
        }
        stream.receive(body.readableBytesUInt8Span, into: &events)
        performEvents()
    }

    /// Makes a failure of an answer that was no complete reply.
    package func exchange(_ exchange: HTTPExchange, endedWith error: (any Error)?) {
        self.exchange = nil
        if errorHead != nil {
            refused()
        } else if let error {
            let name = call.provider.name
            let detail = "the connection to \(name) failed: \(TransportFailure.describe(error))"
            perform(machine.requestFailed(.transport(detail, provider: name)))
        } else {
            stream.endOfStream(into: &events)
            performEvents()
        }
        if machine.isOver { recordUsage() }
    }

    private func refused() {
        guard let head = errorHead else { return }
        let response = ProviderResponse(status: Int(head.status.code), headers: head.headers, body: errorBody)
        perform(machine.requestFailed(call.provider.failure(response, now: call.wallClock())))
    }

    private func performEvents() {
        let batch = events
        events.removeAll(keepingCapacity: true)
        for event in batch {
            let action = machine.received(event)
            if machine.deadline == .nextOutput { noteOutput() }
            perform(action)
        }
    }

    private func noteOutput() {
        usefulAt = eventLoop.now
        guard !hasRecordedFirstOutput else { return }
        hasRecordedFirstOutput = true
        // The deadline for the next output may be sooner than that for the first was.
        alarm?.cancel()
        armAlarm()
        call.metrics.firstOutput.record(milliseconds: Self.milliseconds(usefulAt - startedAt))
    }

    private func perform(_ action: ReplyStateMachine.Action) {
        switch action {
        case .none:
            break
        case .ask:
            ask()
        case .pause:
            closeRequest()
            call.metrics.retries.increment()
            pause = eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(call.retryPauseMilliseconds())) {
                self.perform(self.machine.pauseEnded())
            }
        case .speak(let text):
            listener?.reply(self, said: text)
        case .callTool(let tool):
            listener?.reply(self, called: tool)
        case .end(let reason):
            // A reply that is complete leaves its request open, so that the connection can be used again.
            if reason == .cancelled { closeRequest() }
            end(.success(reason))
        case .fail(let failure):
            closeRequest()
            end(.failure(failure))
        }
    }

    private func ask() {
        stream = ReplyStream(call.provider.makeDecoder(), provider: call.provider.name)
        errorHead = nil
        errorBody = []
        do {
            let request = try call.makeRequest()
            exchange = HTTPExchange.start(request, client: call.client, on: eventLoop, handler: self)
        } catch {
            let detail = "the request to \(call.provider.name) cannot be made: \(TransportFailure.describe(error))"
            let failure = WorkerFailure(.rejected, isPermanent: true, detail: detail, provider: call.provider.name)
            perform(machine.requestFailed(ProviderFailure(failure)))
        }
    }

    private func closeRequest() {
        exchange?.cancel()
        exchange = nil
    }

    private func end(_ result: Result<LanguageModelEvent.StopReason, WorkerFailure>) {
        pause?.cancel()
        pause = nil
        call.metrics.ended(result)
        let listener = listener
        self.listener = nil
        listener?.reply(self, ended: result)
        // A reply that is complete gets a moment to close its stream, then the connection is given up.
        if exchange == nil {
            alarm?.cancel()
            alarm = nil
        }
    }

    /// Sets the timer that looks at the clock when it fires, rather than one for each token.
    private func armAlarm() {
        guard !machine.isOver else { return }
        let limit = call.timing.limit(machine.deadline, mayThink: call.mayThink)
        let next = min(usefulAt + limit, startedAt + call.timing.wholeReply)
        alarm = eventLoop.assumeIsolated().scheduleTask(deadline: next) { self.alarmFired() }
    }

    private func alarmFired() {
        alarm = nil
        guard !machine.isOver else { return closeRequest() }
        let now = eventLoop.now
        let limit = call.timing.limit(machine.deadline, mayThink: call.mayThink)
        if now >= usefulAt + limit {
            perform(machine.deadlinePassed(milliseconds: limit.nanoseconds / 1_000_000))
        } else if now >= startedAt + call.timing.wholeReply {
            perform(machine.limitPassed(milliseconds: call.timing.wholeReply.nanoseconds / 1_000_000))
        } else {
            armAlarm()
        }
    }

    private func recordUsage() {
        alarm?.cancel()
        alarm = nil
        call.metrics.used(stream.usage)
    }

    private static func milliseconds(_ amount: TimeAmount) -> Double { Double(amount.nanoseconds) / 1e6 }
}
