package import WorkerProtocol

/// Fixed sentences held ready as mu-law audio.
///
/// Keyed by the words and everything that decides how they sound, so agents may share them. Bounded: what does not fit
/// is spoken by the call's own synthesis.
package struct PreparedSpeechCache: Sendable {
    /// What a sentence's sound depends on.
    package struct Key: Hashable, Sendable {
        private let provider: String
        private let model: String
        private let baseURL: String?

        /// The words.
        package let text: String

        /// Names the sound of a text in a voice.
        package init(text: String, voice: TextToSpeechSettings) {
            self.text = text
            provider = voice.provider
            model = voice.model
            baseURL = voice.baseURL
        }
    }

    /// Bytes of one sentence: a minute of audio.
    package static let maximumSpeechBytes = 480_000

    /// Bytes of all sentences.
    package static let maximumBytes = 64 * 1024 * 1024

    private var audio: [Key: [UInt8]] = [:]
    private var bytes = 0

    /// An empty cache.
    package init() {}

    /// Sentences held.
    package var count: Int { audio.count }

    /// The audio of a sentence, if it is held.
    package subscript(key: Key) -> [UInt8]? { audio[key] }

    /// Keeps a sentence.
    ///
    /// - Returns: `false` when it is empty or does not fit.
    @discardableResult
    package mutating func store(_ speech: [UInt8], for key: Key) -> Bool {
        let before = audio[key]?.count ?? 0
        guard !speech.isEmpty, speech.count <= Self.maximumSpeechBytes,
            bytes - before + speech.count <= Self.maximumBytes
        else { return false }
        audio[key] = speech
        bytes += speech.count - before
        return true
    }

    /// Forgets every sentence that is not among these.
    package mutating func keepOnly(_ keys: Set<Key>) {
        audio = audio.filter { keys.contains($0.key) }
        bytes = audio.values.reduce(0) { $0 + $1.count }
    }
}
