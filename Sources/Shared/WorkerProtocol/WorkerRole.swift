/// The job a worker process does for a call.
///
/// The raw value is the name on the wire, of the socket's directory (`<run-dir>/stt/`) and of the unit.
package enum WorkerRole: String, Sendable, Hashable, CaseIterable {
    /// Speech to text.
    case stt

    /// Language model and tools.
    case llm

    /// Text to speech.
    case tts
}
