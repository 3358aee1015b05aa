package import JSONText
package import NIOCore

/// What a simulated language model saw or did.
package enum ModelEvent: Sendable, Equatable {
    /// A request was refused; the error's type and message.
    case refused(request: Int, status: Int, type: String, message: String)
    /// A request was taken.
    case accepted(request: Int)
    /// A fault asked for takes its course.
    case faulted(request: Int, ModelFault)
    /// The first delta was sent.
    case firstDelta(request: Int)
    /// The answer was sent whole; the number of deltas.
    case finished(request: Int, deltas: Int)
    /// The client went away before the end; the number of deltas sent until then.
    case cancelled(request: Int, deltas: Int)

    /// The number of the request this is about.
    package var request: Int {
        switch self {
        case .refused(let request, _, _, _), .accepted(let request), .faulted(let request, _),
            .firstDelta(let request), .finished(let request, _), .cancelled(let request, _):
            request
        }
    }
}

/// One request to a simulated language model.
package struct ModelRequest: Sendable {
    /// Counted from 1.
    package let number: Int
    /// When it had arrived whole, on the monotonic clock.
    package let arrival: NIODeadline
    /// Method and path.
    package let target: String
    /// Headers with lowercase names, without the credentials.
    package let headers: [String: String]
    /// The body; null when it was empty or not JSON.
    package let body: JSONValue
    /// What the brain answered; nil: it was not asked.
    package var reply: BrainReply?
}
