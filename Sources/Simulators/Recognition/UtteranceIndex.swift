import TelephonyAudio

/// A hash of the last 256 mu-law bytes of a stream, updated byte by byte (Rabin and Karp).
struct RollingHash: Sendable {
    /// Bytes a window holds: 32 ms.
    static let window = 256
    private static let base: UInt64 = 0x9E37_79B9_7F4A_7C15
    /// `base` to the power of `window`.
    private static let leaving: UInt64 = (0..<window).reduce(1) { power, _ in power &* base }

    private(set) var value: UInt64 = 0
    private var ring = [UInt8](repeating: 0, count: RollingHash.window)
    private(set) var count = 0
    /// How many bytes of silence came last.
    private var silentRun = 0

    /// Takes one byte; the hash is of a full window once 256 have been taken.
    mutating func append(_ byte: UInt8) {
        let slot = self.count % Self.window
        let old = self.ring[slot]
        self.ring[slot] = byte
        self.count += 1
        self.silentRun = byte == MuLaw.silence ? self.silentRun + 1 : 0
        self.value = self.value &* Self.base &+ UInt64(byte) &+ 1
        if self.count > Self.window { self.value = self.value &- Self.leaving &* (UInt64(old) &+ 1) }
    }

    /// Takes `count` bytes of digital silence at once, if the window holds nothing else; false: it does.
    mutating func skipSilence(_ count: Int) -> Bool {
        guard self.silentRun >= Self.window else { return false }
        self.count += count
        return true
    }

    /// The hash of a block of exactly 256 bytes.
    static func hash(_ block: ArraySlice<UInt8>) -> UInt64 {
        block.reduce(0) { $0 &* self.base &+ UInt64($1) &+ 1 }
    }
}

/// Where a window of a stream was found in a known utterance.
struct UtteranceHit: Equatable {
    /// Which utterance.
    let utterance: Int
    /// Which of its windows, counted in steps of 256 bytes.
    let window: Int
}

/// Finds which known utterances a stretch of audio comes from, by the exact bytes of 32 ms windows.
///
/// A stream may begin anywhere in an utterance and be shifted by any number of bytes. Mixed, resampled or noisy audio is
/// not found; that is the point: whatever is found came through unharmed.
struct UtteranceIndex {
    /// Most utterances kept; beyond it the oldest are forgotten.
    static let maximumUtterances = 4096
    /// Most places one window may lie at; more than that tells nothing.
    private static let maximumPlaces = 16

    /// A known utterance and which of its windows can be found.
    struct Entry {
        let utterance: RenderedUtterance
        let findable: Set<Int>
    }

    private(set) var entries: [Int: Entry] = [:]
    private var places: [UInt64: [UtteranceHit]] = [:]
    private var next = 0

    /// Makes `utterance` known.
    mutating func insert(_ utterance: RenderedUtterance) {
        let id = self.next
        self.next += 1
        let windows = Self.windows(of: utterance.audio)
        self.entries[id] = Entry(utterance: utterance, findable: Set(windows.map(\.window)))
        for (window, hash) in windows {
            let found = self.places[hash, default: []]
            if found.count < Self.maximumPlaces {
                self.places[hash] = found + [UtteranceHit(utterance: id, window: window)]
            }
        }
        if self.entries.count > Self.maximumUtterances { self.remove(id - Self.maximumUtterances) }
    }

    /// Every place the window with this hash lies at.
    func places(of hash: UInt64) -> [UtteranceHit] {
        self.places[hash] ?? []
    }

    /// The windows of `audio` that tell something: those that are not silence or a plain tone.
    static func windows(of audio: [UInt8]) -> [(window: Int, hash: UInt64)] {
        (0..<(audio.count / RollingHash.window)).compactMap { window in
            let start = window * RollingHash.window
            let block = audio[start..<start + RollingHash.window]
            return self.isTelling(block) ? (window, RollingHash.hash(block)) : nil
        }
    }

    /// Whether a block has at least 12 different bytes.
    private static func isTelling(_ block: ArraySlice<UInt8>) -> Bool {
        var seen = [Bool](repeating: false, count: 256)
        var different = 0
        for byte in block where !seen[Int(byte)] {
            seen[Int(byte)] = true
            different += 1
        }
        return different >= 12
    }

    private mutating func remove(_ id: Int) {
        guard let entry = self.entries.removeValue(forKey: id) else { return }
        for (_, hash) in Self.windows(of: entry.utterance.audio) {
            self.places[hash]?.removeAll { $0.utterance == id }
            if self.places[hash]?.isEmpty == true { self.places[hash] = nil }
        }
    }
}
