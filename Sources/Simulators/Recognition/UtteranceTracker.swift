import TelephonyAudio

/// One word heard, on a stream's own sample clock.
struct HeardWord: Sendable, Equatable {
    /// The word as written, with capitals and punctuation.
    let text: String
    /// First sample of the word.
    let start: Int
    /// First sample after the word.
    let end: Int
}

/// Follows one stream of audio and says which words of known utterances have been heard in it.
struct UtteranceTracker {
    /// A hit this long after the one before it belongs to a new playing of the utterance: 3 s.
    private static let longestGap = 24_000
    /// Playings that ended this long ago are forgotten: 60 s.
    private static let memory = 480_000

    /// One playing of an utterance into the stream.
    private struct Playing {
        let utterance: RenderedUtterance
        let id: Int
        /// Windows of the utterance that can be found at all.
        let findable: Set<Int>
        /// For each window found, the stream's sample it began at.
        var found: [Int: Int] = [:]
        var lastWindow = -1
        var lastSample = 0

        /// The word's place in the stream if enough of it was heard.
        func heard(_ word: WordTiming, share: Double) -> HeardWord? {
            let windows = self.windows(of: word)
            let wanted = windows.filter { self.findable.contains($0) }
            let seen = wanted.filter { self.found[$0] != nil }
            guard let anchor = seen.first ?? self.nearest(to: windows.first ?? 0) else { return nil }
            if wanted.isEmpty {
                // Too quiet a word to be found by itself: it was heard if the utterance went on after it.
                guard (windows.last ?? 0) <= self.lastWindow else { return nil }
            } else {
                guard Double(seen.count) >= max(1, share * Double(wanted.count)) else { return nil }
            }
            let shift = (self.found[anchor] ?? 0) - anchor * RollingHash.window
            return HeardWord(text: word.text, start: max(0, word.start + shift), end: max(0, word.end + shift))
        }

        /// A window was found, beginning at the stream's sample given.
        mutating func note(_ window: Int, at sample: Int) {
            self.found[window] = sample
            self.lastWindow = window
            self.lastSample = sample
        }

        private func windows(of word: WordTiming) -> Range<Int> {
            let first = word.start / RollingHash.window
            return first..<max(first + 1, word.end / RollingHash.window)
        }

        private func nearest(to window: Int) -> Int? {
            self.found.keys.min { abs($0 - window) < abs($1 - window) }
        }
    }

    private var hash = RollingHash()
    private var playings: [Playing] = []

    /// How many samples the stream has had.
    var position: Int { self.hash.count }

    /// Takes the next bytes of the stream, mu-law at 8 kHz.
    mutating func hear(_ audio: ArraySlice<UInt8>, in index: borrowing UtteranceIndex) {
        if audio.allSatisfy({ $0 == MuLaw.silence }), self.hash.skipSilence(audio.count) { return }
        for byte in audio {
            self.hash.append(byte)
            guard self.hash.count >= RollingHash.window else { continue }
            for hit in index.places(of: self.hash.value) {
                self.take(hit, at: self.hash.count - RollingHash.window, in: index)
            }
        }
        let oldest = self.position - Self.memory
        self.playings.removeAll { $0.lastSample < oldest }
    }

    /// The words heard whose middle lies in the samples `range`, in order.
    ///
    /// `settled` asks for words heard to at least half; otherwise a word just begun counts too.
    func words(in range: Range<Int>, settled: Bool) -> [HeardWord] {
        var taken: [Range<Int>] = []
        var words: [HeardWord] = []
        for playing in self.playings.sorted(by: { $0.found.count > $1.found.count }) {
            let heard = playing.utterance.words.compactMap { playing.heard($0, share: settled ? 0.5 : 0) }
            for word in heard where range.contains((word.start + word.end) / 2) || self.isBegun(word, range, settled) {
                // Two utterances that share bytes: the one found best has the word.
                guard !taken.contains(where: { $0.overlaps(word.start..<max(word.start + 1, word.end)) }) else {
                    continue
                }
                words.append(word)
            }
            taken.append(contentsOf: heard.map { $0.start..<max($0.start + 1, $0.end) })
        }
        return words.sorted { $0.start < $1.start }
    }

    private func isBegun(_ word: HeardWord, _ range: Range<Int>, _ settled: Bool) -> Bool {
        !settled && range.contains(word.start) && word.end >= range.upperBound
    }

    private mutating func take(_ hit: UtteranceHit, at sample: Int, in index: borrowing UtteranceIndex) {
        let current = self.playings.lastIndex { $0.id == hit.utterance }
        if let current, hit.window > self.playings[current].lastWindow,
            sample - self.playings[current].lastSample <= Self.longestGap
        {
            self.playings[current].note(hit.window, at: sample)
        } else if let entry = index.entries[hit.utterance] {
            var playing = Playing(utterance: entry.utterance, id: hit.utterance, findable: entry.findable)
            playing.note(hit.window, at: sample)
            self.playings.append(playing)
        }
    }
}
