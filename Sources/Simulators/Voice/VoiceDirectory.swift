import FoundationEssentials

/// A folder of rendered utterances that several processes share.
///
/// One file an utterance, `<16 hex digits>.utterance`: the text's length in bytes (u32, big-endian), the text in UTF-8,
/// then mu-law at 8 kHz. Files are written whole under another name and renamed, so a reader never sees half of one.
struct VoiceDirectory: Sendable {
    /// The largest file read: 10 minutes of speech and its text.
    static let maximumFileBytes = 5_000_000
    private static let suffix = ".utterance"

    let path: String

    /// The file name of `text` spoken by `engine`.
    func name(of text: String, engine: VoiceEngine) -> String {
        let digits = String(SeededGenerator.hash(engine.name + "\n" + text), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits + Self.suffix
    }

    /// Stores `utterance`; a folder that cannot be written is no error, it only shares nothing.
    func write(_ utterance: RenderedUtterance, engine: VoiceEngine) {
        let text = Array(utterance.text.utf8)
        let length = (0..<4).map { UInt8(truncatingIfNeeded: text.count >> (24 - 8 * $0)) }
        let file = self.path + "/" + self.name(of: utterance.text, engine: engine)
        try? FileManager.default.createDirectory(atPath: self.path, withIntermediateDirectories: true)
        try? Data(length + text + utterance.audio).write(to: URL(filePath: file), options: .atomic)
    }

    /// The stored speech of `text`; nil when there is none.
    func read(_ text: String, engine: VoiceEngine) -> RenderedUtterance? {
        guard let found = self.read(name: self.name(of: text, engine: engine)), found.text == text else { return nil }
        return found
    }

    /// Every stored utterance whose file is not in `known`.
    func read(except known: Set<String>) -> [(name: String, utterance: RenderedUtterance)] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: self.path)) ?? []
        return names.filter { $0.hasSuffix(Self.suffix) && !known.contains($0) }.sorted()
            .compactMap { name in self.read(name: name).map { (name, $0) } }
    }

    private func read(name: String) -> RenderedUtterance? {
        guard let data = try? Data(contentsOf: URL(filePath: self.path + "/" + name)),
            (4...Self.maximumFileBytes).contains(data.count)
        else { return nil }
        let bytes = Array(data)
        let length = bytes[0..<4].reduce(0) { $0 << 8 | Int($1) }
        guard length <= bytes.count - 4, let text = String(validating: bytes[4..<4 + length], as: UTF8.self) else {
            return nil
        }
        return RenderedUtterance(text: text, audio: Array(bytes[(4 + length)...]))
    }
}
