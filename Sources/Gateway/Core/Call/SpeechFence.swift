/// Lets only the audio of the speech that was asked for through.
///
/// A synthesis session is asked for one speech at a time; what still comes of an older or cancelled one is dropped here.
struct SpeechFence: Equatable {
    /// What is under way.
    struct Asked: Equatable {
        /// The speech's number.
        let generation: UInt32

        /// Whether it is a fixed sentence, whose failure is reported apart from the role's.
        let isPrepared: Bool
    }

    /// The speech that was asked for and has not ended.
    private(set) var asked: Asked?

    private var arriving: UInt32?

    /// A speech is asked for.
    mutating func ask(_ generation: UInt32, isPrepared: Bool) {
        asked = Asked(generation: generation, isPrepared: isPrepared)
    }

    /// A speech is not wanted any more.
    mutating func cancel(_ generation: UInt32) {
        if asked?.generation == generation { asked = nil }
    }

    /// The audio that follows belongs to this speech.
    ///
    /// - Returns: whether it is the one that was asked for.
    mutating func begin(_ generation: UInt32) -> Bool {
        arriving = generation
        return asked?.generation == generation
    }

    /// The speech audio belongs to that arrives now; nil when it is to be dropped.
    var current: UInt32? { asked?.generation == arriving ? arriving : nil }

    /// A speech has ended or failed.
    ///
    /// - Returns: whether it is the one that was asked for.
    mutating func end(_ generation: UInt32) -> Bool {
        if arriving == generation { arriving = nil }
        guard asked?.generation == generation else { return false }
        asked = nil
        return true
    }

    /// The session is gone.
    ///
    /// - Returns: the fixed sentence that was under way and has failed with it.
    mutating func sessionLost() -> UInt32? {
        let failed = asked
        asked = nil
        arriving = nil
        return failed?.isPrepared == true ? failed?.generation : nil
    }
}

/// Lets only the reply through that was asked for.
struct ReplyFence: Equatable {
    /// The reply that was asked for and has not ended.
    private(set) var asked: UInt32?

    private var arriving: UInt32?

    /// A reply is asked for.
    mutating func ask(_ generation: UInt32) {
        asked = generation
    }

    /// A reply is not wanted any more.
    mutating func cancel(_ generation: UInt32) {
        if asked == generation { asked = nil }
    }

    /// Whether something about this reply is still wanted.
    func isWanted(_ generation: UInt32) -> Bool { asked == generation }

    /// The text that follows belongs to this reply.
    mutating func begin(_ generation: UInt32) {
        arriving = generation
    }

    /// The reply text belongs to that arrives now; nil when it is to be dropped.
    var current: UInt32? { asked == arriving ? arriving : nil }

    /// A reply has ended or failed.
    mutating func end(_ generation: UInt32) {
        if arriving == generation { arriving = nil }
        if asked == generation { asked = nil }
    }

    /// The session is gone.
    mutating func sessionLost() {
        asked = nil
        arriving = nil
    }
}
