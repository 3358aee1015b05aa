/// One way in which a request to a simulated language model goes wrong.
package enum ModelFault: Sendable, Equatable {
    /// Refused with this HTTP status; `retryAfter` is the header of that name in seconds.
    case status(Int, retryAfter: Int? = nil)
    /// Never answered.
    case hang
    /// Cut without an answer.
    case cut
    /// The head of the response comes this many milliseconds late.
    case slowHeaders(Int)
    /// After so many deltas an error event comes, then the end.
    case errorEvent(afterDeltas: Int)
    /// After so many deltas the body ends in good order, without the closing events.
    case endOfFile(afterDeltas: Int)
    /// After so many deltas the connection is cut.
    case cutStream(afterDeltas: Int)
    /// After so many deltas nothing more comes, and the connection stays open.
    case stall(afterDeltas: Int)
    /// Events, deltas and fields of unknown kinds and comments come in between; the answer is whole.
    case surprises
    /// The answer is empty.
    case emptyReply
    /// The model refuses after its first words.
    case refusal
    /// The limit of tokens is reached in the middle of a tool's arguments, or of the text.
    case maximumTokens
}
