import JSONText
import WorkerProtocol

/// Turns the body of one provider's answer, cut anywhere, into what the reply says.
package struct ReplyStream: Sendable {
    private var events = ServerSentEventDecoder()
    private var reply: any ReplyDecoder
    private var pending: [ServerSentEvent] = []
    private let provider: String
    private var isBroken = false

    /// Begins at the first byte of a body.
    package init(_ reply: any ReplyDecoder, provider: String) {
        self.reply = reply
        self.provider = provider
    }

    /// What the reply cost so far.
    package var usage: TokenUsage { reply.usage }

    /// Reads the next bytes and appends what they complete.
    package mutating func receive(_ bytes: Span<UInt8>, into output: inout [ReplyEvent]) {
        guard !isBroken else { return }
        do throws(ServerSentEventError) {
            try events.decode(bytes, into: &pending)
            deliver(into: &output)
        } catch {
            deliver(into: &output)
            fail(error, into: &output)
        }
    }

    /// The body has ended; appends a failure if the reply was not complete.
    package mutating func endOfStream(into output: inout [ReplyEvent]) {
        guard !isBroken else { return }
        if type(of: reply).acceptsUnterminatedEvent {
            do throws(ServerSentEventError) {
                try events.endOfStream(into: &pending)
                // What was cut within its last event is cut, not wrong.
                pending.removeAll { !Self.isWhole($0) }
                deliver(into: &output)
            } catch {
                return fail(error, into: &output)
            }
        }
        reply.endOfStream(into: &output)
    }

    private static func isWhole(_ event: ServerSentEvent) -> Bool {
        event.data.elementsEqual("[DONE]".utf8) || (try? JSONValue.parse(event.data)) != nil
    }

    private mutating func deliver(into output: inout [ReplyEvent]) {
        for event in pending { reply.receive(event, into: &output) }
        pending.removeAll(keepingCapacity: true)
    }

    private mutating func fail(_ error: ServerSentEventError, into output: inout [ReplyEvent]) {
        isBroken = true
        switch error {
        case .tooLong(let maximum):
            let detail = "\(provider) sent an event longer than \(maximum) bytes"
            output.append(
                .failed(ProviderFailure(WorkerFailure(.protocolViolation, detail: detail, provider: provider)))
            )
        }
    }
}
