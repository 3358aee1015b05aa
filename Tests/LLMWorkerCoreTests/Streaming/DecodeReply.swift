import LLMWorkerCore
import SeededTesting

/// Reads a whole body, in one piece or byte by byte.
func decodeReply(_ body: String, _ decoder: any ReplyDecoder, dripFed: Bool = false, ends: Bool = true) -> [ReplyEvent]
{
    var stream = ReplyStream(decoder, provider: "test")
    var events: [ReplyEvent] = []
    if dripFed {
        for byte in body.utf8 { stream.receive([byte].span, into: &events) }
    } else {
        stream.receive(Array(body.utf8).span, into: &events)
    }
    if ends { stream.endOfStream(into: &events) }
    return events
}

/// Reads a whole body of which some bytes, drawn by the seed, were overwritten.
func decodeReply(damaging body: String, seed: Int, _ decoder: any ReplyDecoder) -> [ReplyEvent] {
    var generator = SeededGenerator(seed: UInt64(seed))
    var bytes = Array(body.utf8)
    for _ in 0..<8 {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
    }
    var stream = ReplyStream(decoder, provider: "test")
    var events: [ReplyEvent] = []
    stream.receive(bytes.span, into: &events)
    stream.endOfStream(into: &events)
    return events
}

extension [ReplyEvent] {
    /// All words.
    var text: String {
        reduce(into: "") { text, event in
            if case .text(let piece) = event { text += piece }
        }
    }

    /// All tool calls.
    var calls: [ModelToolCall] {
        compactMap { if case .toolCall(let call) = $0 { call } else { nil } }
    }

    /// How it ended, if it did.
    var last: ReplyEvent? { isEmpty ? nil : self[count - 1] }

    /// The failure at its end, if there was one.
    var failure: ProviderFailure? {
        if case .failed(let failure)? = last { failure } else { nil }
    }

    /// Everything but progress.
    var words: [ReplyEvent] { filter { $0 != .progress } }
}
