/// The end of the call, waiting for the last words to be heard.
struct Closing: Sendable, Equatable {
    /// Why the call ends.
    let reason: EndReason
    /// Whether the caller can keep the call up by speaking.
    let isInterruptible: Bool
}
