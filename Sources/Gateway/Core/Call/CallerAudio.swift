package import TelephonyAudio

/// The caller's audio on its way in: finds speech in it and fills its gaps with silence.
///
/// Twilio may send nothing while the far end is silent; a transcriber fed by arrivals only would never hear the caller
/// stop. Gaps are filled from the frames' timestamps, and from the clock while speech is open and nothing arrives. Times
/// are milliseconds of one steady clock.
package struct CallerAudio: Sendable {
    /// What a piece of audio brought.
    package struct Heard: Sendable, Equatable {
        /// Bytes of silence that belong before the piece.
        package var silenceBytes = 0

        /// Speech began or ended, in the silence first and then in the piece.
        package var transitions: [VoiceActivityDetector.Transition] = []
    }

    /// Nothing may arrive for this long before silence is put in its place, milliseconds.
    package static let watchdogMilliseconds: Int64 = 300

    /// Silence the watchdog puts in for one gap at most, milliseconds.
    package static let watchdogLimitMilliseconds: Int64 = 10_000

    /// How much longer speech must last to count while the agent is audible, whose echo comes back.
    package static let onsetScaleWhileAudible = 3

    /// One second of silence.
    package static let silence = [UInt8](repeating: MuLaw.silence, count: 8_000)

    private static let detectorBytes = 1_600

    /// How far above the noise floor a frame still counts as the caller's voice.
    private static let voiceMarginDecibels = 6.0

    /// When the caller's voice was last in a frame, milliseconds; nil before the first.
    ///
    /// Exact to a frame, while the detector says that speech has ended only after its hang-over.
    package private(set) var lastVoice: Int64?

    private var detector: VoiceActivityDetector
    private var gaps = AudioGapFiller()
    private var coveredUntil: Int64?
    private var insertedInGap: Int64 = 0

    /// The audio of a stream that begins.
    package init(settings: VoiceActivityDetector.Settings = .init()) {
        detector = VoiceActivityDetector(settings: settings)
    }

    /// Whether the caller is speaking.
    package var isSpeaking: Bool { detector.isSpeaking }

    /// A frame arrived.
    ///
    /// - Parameters:
    ///   - audio: its bytes.
    ///   - timestamp: Twilio's, milliseconds; nil when unreadable.
    ///   - now: milliseconds.
    ///   - isAgentAudible: whether the caller is hearing the agent just now.
    /// - Returns: the silence to put before it, and what was found.
    package mutating func received(
        _ audio: [UInt8],
        timestamp: Int64?,
        at now: Int64,
        isAgentAudible: Bool
    ) -> Heard {
        coveredUntil = now
        insertedInGap = 0
        detector.onsetScale = isAgentAudible ? Self.onsetScaleWhileAudible : 1
        var heard = Heard()
        heard.silenceBytes = gaps.silenceBytes(
            beforeFrameAt: timestamp.map { Int(clamping: $0) } ?? -1,
            frameBytes: audio.count
        )
        detect(silenceBytes: heard.silenceBytes, into: &heard)
        if let transition = detector.process(audio.span) { heard.transitions.append(transition) }
        let voice = detector.floorDecibels + Self.voiceMarginDecibels
        if detector.isSpeaking, AudioLevel.decibels(muLaw: audio.span) >= voice { lastVoice = now }
        return heard
    }

    /// Time passed while speech is open: by the detector, or because a transcript has not settled.
    ///
    /// - Parameters:
    ///   - now: milliseconds.
    ///   - isTranscriptOpen: whether the transcriber has words it has not settled.
    /// - Returns: the silence to put in place of what did not arrive, and what was found in it.
    package mutating func timePassed(at now: Int64, isTranscriptOpen: Bool) -> Heard {
        var heard = Heard()
        guard let covered = coveredUntil, detector.isSpeaking || isTranscriptOpen else { return heard }
        let missing = now - covered
        guard missing >= (insertedInGap == 0 ? Self.watchdogMilliseconds : 1) else { return heard }
        let inserted = min(missing, Self.watchdogLimitMilliseconds - insertedInGap)
        guard inserted > 0 else { return heard }
        coveredUntil = now
        insertedInGap += inserted
        heard.silenceBytes = Int(inserted) * MuLaw.bytesPerMillisecond
        gaps.silenceInserted(bytes: heard.silenceBytes)
        detect(silenceBytes: heard.silenceBytes, into: &heard)
        return heard
    }

    /// A new stream of the same call: its timestamps begin anew.
    package mutating func streamReplaced() {
        gaps = AudioGapFiller()
        coveredUntil = nil
        insertedInGap = 0
    }

    private mutating func detect(silenceBytes: Int, into heard: inout Heard) {
        var rest = silenceBytes
        while rest > 0 {
            // Shorter than the hang-over, so that no transition is missed.
            let count = min(rest, Self.detectorBytes)
            if let transition = detector.process(Self.silence.span.extracting(0..<count)) {
                heard.transitions.append(transition)
            }
            rest -= count
        }
    }
}
