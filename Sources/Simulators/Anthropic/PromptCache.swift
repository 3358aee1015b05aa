/// The prompt cache of one account (Anthropic, prompt caching): prefixes by hash, each with an end of life.
///
/// Pure; the time comes in as seconds of any one clock.
struct PromptCache {
    /// How many blocks before a marker are looked at for an older prefix.
    static let lookBack = 20
    /// Most prefixes kept.
    static let maximumPrefixes = 10_000

    /// How many tokens of a prompt were where.
    struct Usage: Equatable {
        var fresh = 0
        var written5m = 0
        var written1h = 0
        var read = 0
    }

    private struct Prefix {
        let hash: UInt64
        let tokens: Int
    }

    private var ends: [UInt64: (end: Int, keep: Int)] = [:]

    /// Counts the tokens of a prompt and keeps what its markers ask for.
    mutating func use(_ blocks: [AnthropicCacheBlock], floor: Int, now: Int) -> Usage {
        var prefixes: [Prefix] = []
        var text = ""
        var tokens = 0
        for block in blocks {
            text = String(SeededGenerator.hash(text + "\u{1}" + block.text), radix: 16)
            tokens += DeltaCutter.tokens(in: block.text)
            prefixes.append(Prefix(hash: SeededGenerator.hash(text), tokens: tokens))
        }
        let markers = blocks.indices.filter { blocks[$0].keepSeconds != nil && prefixes[$0].tokens >= floor }
        var usage = Usage()
        usage.read = self.hit(markers, prefixes, now: now)
        var counted = usage.read
        for marker in markers {
            let keep = blocks[marker].keepSeconds ?? 300
            let new = max(0, prefixes[marker].tokens - counted)
            if keep > 300 { usage.written1h += new } else { usage.written5m += new }
            counted += new
            self.keep(prefixes[marker].hash, until: now + keep, keep: keep)
        }
        usage.fresh = tokens - counted
        return usage
    }

    /// The tokens of the longest prefix still alive, looked for at and shortly before each marker.
    private mutating func hit(_ markers: [Int], _ prefixes: [Prefix], now: Int) -> Int {
        for marker in markers.reversed() {
            for position in (max(0, marker - Self.lookBack)...marker).reversed() {
                guard let kept = self.ends[prefixes[position].hash], kept.end > now else { continue }
                self.ends[prefixes[position].hash] = (now + kept.keep, kept.keep)
                return prefixes[position].tokens
            }
        }
        return 0
    }

    private mutating func keep(_ hash: UInt64, until end: Int, keep: Int) {
        if self.ends.count >= Self.maximumPrefixes { self.ends.removeAll() }
        self.ends[hash] = (end, keep)
    }
}
