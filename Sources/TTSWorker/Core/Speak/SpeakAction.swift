internal import JSONText
package import WorkerProtocol

/// What the ``SpeakMachine`` wants done, in order.
package enum SpeakAction: Equatable {
    /// Open a connection to the provider.
    case connect
    /// Send a text message.
    case send(SpeakRequest)
    /// Send a ping.
    case ping
    /// End the connection politely, or stop trying for one.
    case closeSocket
    /// Cut the connection.
    case abortSocket
    /// Read on, in case reading was stopped: an answer is awaited and audio is dropped.
    case resumeReading
    /// Set a timer, replacing it if it is set.
    case setTimer(SpeakTimer, milliseconds: Int64)
    /// Cancel a timer.
    case cancelTimer(SpeakTimer)
    /// Cancel all timers.
    case cancelTimers
    /// Tell the gateway.
    case report(TextToSpeechEvent)
    /// Log and count.
    case note(SpeakNote)
    /// The session is over.
    case finish
}

/// The timers of a synthesis.
package enum SpeakTimer: Hashable, Sendable, CaseIterable {
    /// Words have waited long enough for the end of their sentence.
    case words
    /// The text may have paused, or audio not have begun.
    case stall
    /// Audio, or the acknowledgement of a Flush, is late.
    case audio
    /// The answer to a Clear is late.
    case clear
    /// A budget may allow more.
    case budget
    /// Text has waited long enough for a connection.
    case connect
    /// The provider's end is late.
    case close
    /// The connection is old.
    case age
    /// The time to ping.
    case ping
    /// The time to connect again.
    case retry
}

/// The text messages to the provider (Deepgram speak v1, client to server).
package enum SpeakRequest: Equatable, Sendable {
    /// Adds text to what is to be spoken; at most 2000 characters.
    case speak(String)
    /// Speaks everything added so far.
    case flush
    /// Drops everything that was not yet spoken.
    case clear
    /// Ends the connection.
    case close

    /// The message as it is sent.
    package var text: String {
        switch self {
        case .speak(let text): JSONValue.object(["type": "Speak", "text": .string(text)]).serialized()
        case .flush: #"{"type":"Flush"}"#
        case .clear: #"{"type":"Clear"}"#
        case .close: #"{"type":"Close"}"#
        }
    }
}

/// What is worth a log line or a count.
package enum SpeakNote: Equatable {
    /// A connection is open.
    case opened(requestID: String?)
    /// The connection, or an attempt at one, is lost and will be tried again.
    case lost(WorkerFailure, retryMilliseconds: Int64)
    /// An old or used-up connection is replaced.
    case rotated
    /// The first audio of a reply came, this long after its first text was sent.
    case firstAudio(milliseconds: Int64)
    /// Text is sent again on a new connection.
    case resent(generation: UInt32)
    /// The answer to a Clear did not come in time.
    case clearTimedOut
    /// Audio of a cancelled reply was dropped, in bytes.
    case discarded(bytes: Int)
    /// The provider complained.
    case complaint(code: String, text: String)
    /// A message of unknown type.
    case unknownMessage(type: String)
    /// A message that cannot be read.
    case malformedMessage
}
