import TelephonyAudio

/// Finds speech in 20 ms mu-law frames by loudness alone, with a fixed threshold.
///
/// Deliberately simpler than a product's detector: a simulator has to decide the same in every run.
struct SpeechDetector {
    /// What a frame changed.
    enum Transition: Equatable {
        /// Speech began with the sample given, 60 ms ago.
        case began(at: Int)
        /// Speech has been absent for the silence asked for; the sample given is the first one of that silence.
        case ended(at: Int)
    }

    /// The level at and above which a frame counts as speech, in decibels relative to full scale.
    static let thresholdDecibels = -42.0
    /// Loud frames in a row that make an onset: 60 ms.
    static let onsetFrames = 3

    /// How many samples of silence end speech; nil: it never ends.
    var endSilence: Int?
    /// Whether speech is going on.
    private(set) var isSpeaking = false
    /// First sample after the latest loud frame.
    private(set) var lastLoud = 0
    private var loudRun = 0

    init(endSilence: Int?) {
        self.endSilence = endSilence
    }

    /// Takes the frame that ends before sample `end`; `loud` overrules its own level when given.
    mutating func process(_ frame: ArraySlice<UInt8>, endingAt end: Int, loud: Bool? = nil) -> Transition? {
        if loud ?? Self.isLoud(frame) {
            self.loudRun += 1
            self.lastLoud = end
            guard !self.isSpeaking, self.loudRun >= Self.onsetFrames else { return nil }
            self.isSpeaking = true
            return .began(at: end - self.loudRun * frame.count)
        }
        self.loudRun = 0
        guard self.isSpeaking, let endSilence, end - self.lastLoud >= endSilence else { return nil }
        self.isSpeaking = false
        return .ended(at: self.lastLoud)
    }

    /// Whether a block of mu-law is at least as loud as speech.
    static func isLoud(_ block: ArraySlice<UInt8>) -> Bool {
        guard !block.isEmpty else { return false }
        var energy = 0.0
        for byte in block {
            let sample = Double(MuLaw.decode(byte))
            energy += sample * sample
        }
        return energy / Double(block.count) >= self.thresholdEnergy
    }

    /// The mean square of a block at the threshold: (32768 · 10^(-42/20))².
    private static let thresholdEnergy = 67_750.0
}
