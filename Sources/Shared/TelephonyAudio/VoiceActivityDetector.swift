/// Finds speech in mu-law audio by its energy above an adaptive noise floor.
///
/// Works on frames of 20 ms. The floor follows the least level of the last seconds: down at once, up slowly, so that the
/// pauses of speech hold it down while steady noise becomes the new floor.
package struct VoiceActivityDetector: Sendable {
    /// How the detector decides.
    package struct Settings: Sendable, Equatable {
        /// How long the level must be up before speech has started.
        package var onsetMilliseconds = 60
        /// How long the level must be down before speech has ended.
        package var hangoverMilliseconds = 400
        /// How far above the noise floor speech starts.
        package var marginDecibels = 10.0
        /// How far above the noise floor speech goes on; at most `marginDecibels`.
        package var releaseMarginDecibels = 6.0
        /// Nothing below this level, in dBFS, starts speech, however quiet the line is.
        package var minimumDecibels = -50.0
        /// The span whose least level is the noise floor.
        package var floorWindowMilliseconds = 2_400
        /// How fast the noise floor may rise.
        package var floorRiseDecibelsPerSecond = 12.0

        /// The settings for an ordinary telephone call.
        package init() {}
    }

    /// A change from silence to speech or back.
    package enum Transition: Equatable, Sendable {
        /// The caller began to speak, `onsetMilliseconds` ago.
        case speechStarted
        /// The caller stopped speaking, `hangoverMilliseconds` ago.
        case speechEnded
    }

    private static let frameMilliseconds = 20
    private static let windowParts = 8

    private let settings: Settings

    /// Whether the caller is speaking.
    package private(set) var isSpeaking = false

    /// A factor on the onset, 1 or more: raise it while the agent is audible, whose echo may come back.
    package var onsetScale = 1 {
        didSet { onsetScale = max(1, onsetScale) }
    }

    /// The noise floor in dBFS.
    package private(set) var floorDecibels: Double

    private var pendingSum: UInt64 = 0  // of a frame not complete yet
    private var pendingBytes = 0
    private var activeMilliseconds = 0  // towards the onset
    private var quietMilliseconds = 0  // towards the end
    private var partMinima: [Double] = []  // least levels of the latest parts of the window, the newest last
    private var partMilliseconds = 0  // how much of the newest part is over

    /// A detector for one call, at its beginning.
    package init(settings: Settings = .init()) {
        self.settings = settings
        floorDecibels = settings.minimumDecibels - settings.marginDecibels
    }

    /// Takes the next audio, of any length; an incomplete frame waits for the rest of it.
    ///
    /// Returns the transition between the state before and the state after it: for blocks shorter than the onset and the
    /// hang-over none is missed.
    package mutating func process(_ audio: Span<UInt8>) -> Transition? {
        let wasSpeaking = isSpeaking
        var index = 0
        while index < audio.count {
            let taken = min(audio.count - index, MuLaw.bytesPerFrame - pendingBytes)
            pendingSum += AudioLevel.sumOfSquares(audio, index..<(index + taken))
            pendingBytes += taken
            index += taken
            guard pendingBytes == MuLaw.bytesPerFrame else { break }
            frameCompleted(level: AudioLevel.decibels(sumOfSquares: pendingSum, count: pendingBytes))
            pendingSum = 0
            pendingBytes = 0
        }
        guard isSpeaking != wasSpeaking else { return nil }
        return isSpeaking ? .speechStarted : .speechEnded
    }

    private mutating func frameCompleted(level: Double) {
        followFloor(level)
        if isSpeaking {
            let release = min(settings.marginDecibels, settings.releaseMarginDecibels)
            let threshold = max(
                settings.minimumDecibels - settings.marginDecibels + release,
                floorDecibels + release
            )
            quietMilliseconds = level >= threshold ? 0 : quietMilliseconds + Self.frameMilliseconds
            guard quietMilliseconds >= settings.hangoverMilliseconds else { return }
            isSpeaking = false
            activeMilliseconds = 0
        } else {
            let threshold = max(settings.minimumDecibels, floorDecibels + settings.marginDecibels)
            activeMilliseconds =
                level >= threshold
                ? activeMilliseconds + Self.frameMilliseconds : max(0, activeMilliseconds - Self.frameMilliseconds)
            guard activeMilliseconds >= settings.onsetMilliseconds * onsetScale else { return }
            isSpeaking = true
            quietMilliseconds = 0
        }
    }

    private mutating func followFloor(_ level: Double) {
        if let newest = partMinima.indices.last, partMilliseconds < settings.floorWindowMilliseconds / Self.windowParts
        {
            partMinima[newest] = min(partMinima[newest], level)
        } else {
            if partMinima.count == Self.windowParts { partMinima.removeFirst() }
            partMinima.append(level)
            partMilliseconds = 0
        }
        partMilliseconds += Self.frameMilliseconds
        var least = level
        for minimum in partMinima { least = min(least, minimum) }
        if least < floorDecibels {
            floorDecibels = least
        } else if partMinima.count == Self.windowParts {
            let step = settings.floorRiseDecibelsPerSecond * Double(Self.frameMilliseconds) / 1_000
            floorDecibels = min(least, floorDecibels + step)
        }
    }
}
