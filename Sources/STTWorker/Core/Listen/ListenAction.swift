package import NIOCore
package import WorkerProtocol

/// What the ``ListenMachine`` wants done, in order.
package enum ListenAction: Equatable {
    /// Open a connection to the provider.
    case connect
    /// Send caller audio, or silence in its place; never empty.
    case sendAudio(ByteBuffer)
    /// Send a text message.
    case sendText(ListenRequest)
    /// Send a ping.
    case ping
    /// End the connection politely, or stop trying for one.
    case closeSocket
    /// Cut the connection.
    case abortSocket
    /// Set a timer, replacing it if it is set.
    case setTimer(ListenTimer, milliseconds: Int64)
    /// Cancel a timer.
    case cancelTimer(ListenTimer)
    /// Cancel all timers.
    case cancelTimers
    /// Tell the gateway.
    case report(SpeechToTextEvent)
    /// Log and count.
    case note(ListenNote)
    /// The session is over.
    case finish
}

/// The timers of a live transcription.
package enum ListenTimer: Hashable, Sendable, CaseIterable {
    /// Less than a whole message has waited long enough.
    case partial
    /// A backlog may go on being sent.
    case pacing
    /// Nothing may have been sent for some seconds.
    case keepAlive
    /// The caller's first audio is late.
    case firstAudio
    /// The answer to Finalize is late.
    case finalize
    /// The last results are late.
    case drain
    /// The time to ping.
    case ping
    /// The time to connect again.
    case retry
}

/// The text messages to the provider (Deepgram listen v1, client to server).
package enum ListenRequest: String, Equatable, Sendable {
    /// Keeps a quiet connection open; must be text.
    case keepAlive = #"{"type":"KeepAlive"}"#
    /// Asks to settle what was heard.
    case finalize = #"{"type":"Finalize"}"#
    /// Asks for the last results and the end.
    case closeStream = #"{"type":"CloseStream"}"#
}

/// What is worth a log line or a count.
package enum ListenNote: Equatable {
    /// A connection is open.
    case opened(requestID: String?, isReplay: Bool)
    /// The connection, or an attempt at one, is lost and will be tried again.
    case lost(WorkerFailure, retryMilliseconds: Int64)
    /// Audio was dropped before it could be sent, in bytes.
    case dropped(bytes: Int64)
    /// The provider complained.
    case complaint(String)
    /// A message of unknown type.
    case unknownMessage(type: String)
    /// A message that cannot be read.
    case malformedMessage
    /// An answer to Finalize did not come in time.
    case finalizeTimedOut
}
