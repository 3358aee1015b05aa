/// The legal order of one media stream: at most one `start` in time, then everything else, then one end.
///
/// ```
/// awaitingStart ─start→ streaming ─stop, close, end of file→ ended
///       └─ deadline, close, too much rubbish ─────────────→ ended
/// ```
///
/// Faults of the peer are answered with a close code; what is merely odd is counted and passed over.
package struct MediaStreamStateMachine: Sendable, Equatable {
    /// Messages that cannot be read, after which the stream is closed.
    package static let maximumMalformedMessages = 32

    /// What the owner of the stream must do about an event.
    package enum Action: Sendable, Equatable {
        /// Nothing.
        case none

        /// Ask the gateway whether this stream may be connected to its call; end it when not.
        case admit(StreamStart)

        /// Take the decoder's payload as the caller's audio.
        case hear(timestamp: Int64?)

        /// Tell the call that a key was pressed.
        case press(Character)

        /// Tell the call that a mark came back.
        case echo(name: String)

        /// Tell the call that its stream is over, and close the socket.
        case end(StreamEnd)

        /// Close the socket; there is no call to tell.
        case refuse(code: UInt16, reason: String)
    }

    /// Counts of what was passed over.
    package struct Oddities: Sendable, Equatable {
        /// Text messages that are not a message of Twilio's.
        package var malformed = 0

        /// Well-formed messages nothing is done with, or that came out of order.
        package var ignored = 0

        /// Binary messages; Twilio sends none.
        package var binary = 0
    }

    private enum State: Sendable, Equatable {
        case awaitingStart
        case streaming
        case ended
    }

    /// What was passed over so far.
    package private(set) var oddities = Oddities()

    private var state = State.awaitingStart

    /// A stream whose WebSocket has just opened.
    package init() {}

    /// Whether the stream has been started and has not ended.
    package var isStreaming: Bool { state == .streaming }

    /// A message of Twilio's arrived.
    package mutating func messageReceived(_ message: TwilioMessage) -> Action {
        switch (state, message) {
        case (.ended, _): return .none
        case (_, .connected): return .none
        case (.awaitingStart, .start(let start)):
            guard start.isTelephoneAudio else {
                state = .ended
                return .refuse(code: 1003, reason: "audio must be 8 kHz mono mu-law")
            }
            state = .streaming
            return .admit(start)
        case (.awaitingStart, .stop):
            state = .ended
            return .refuse(code: 1000, reason: "")
        case (.awaitingStart, _):
            oddities.ignored += 1
            return .none
        case (.streaming, .media(let timestamp)): return .hear(timestamp: timestamp)
        case (.streaming, .mark(let name)): return .echo(name: name)
        case (.streaming, .digit(let digit)): return .press(digit)
        case (.streaming, .stop):
            state = .ended
            return .end(.stopMessage)
        case (.streaming, .start), (.streaming, .ignored):
            oddities.ignored += 1
            return .none
        }
    }

    /// A text message arrived that could not be read.
    package mutating func malformedMessageReceived() -> Action {
        guard state != .ended else { return .none }
        oddities.malformed += 1
        guard oddities.malformed > Self.maximumMalformedMessages else { return .none }
        let wasStreaming = isStreaming
        state = .ended
        return wasStreaming
            ? .end(.malformedMessages)
            : .refuse(code: StreamEnd.malformedMessages.closeCode, reason: "malformed messages")
    }

    /// A binary message arrived.
    package mutating func binaryReceived() {
        oddities.binary += 1
    }

    /// The time in which `start` must come is over.
    package mutating func startDeadlinePassed() -> Action {
        guard state == .awaitingStart else { return .none }
        state = .ended
        return .refuse(code: 1008, reason: "no start in time")
    }

    /// The call this stream wanted was not to be had.
    package mutating func refused() {
        state = .ended
    }

    /// This side ends the stream: another one took its place, or the call is over.
    ///
    /// - Returns: whether there was something to end.
    package mutating func released() -> Bool {
        let wasOpen = state != .ended
        state = .ended
        return wasOpen
    }

    /// The WebSocket is gone, with a close frame or without.
    package mutating func socketClosed(hadCloseFrame: Bool) -> Action {
        let wasStreaming = isStreaming
        state = .ended
        return wasStreaming ? .end(hadCloseFrame ? .closeFrame : .endOfFile) : .none
    }
}

/// How a stream that had started came to its end.
package enum StreamEnd: Sendable, Equatable {
    /// Twilio's `stop`: the call ended, or was redirected.
    case stopMessage

    /// A close frame without `stop`.
    case closeFrame

    /// The connection ended without a word.
    case endOfFile

    /// Too many messages could not be read.
    case malformedMessages

    /// The code this side closes the WebSocket with.
    package var closeCode: UInt16 { self == .malformedMessages ? 1007 : 1000 }

    /// Whether the call itself may still be up: nothing said that it is over.
    package var mayResume: Bool { self != .stopMessage }
}
