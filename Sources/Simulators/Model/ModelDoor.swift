import HTTPServing
import NIOCore

/// What answers the requests to one simulated language model.
protocol ModelDoor: Sendable {
    /// Answers one HTTP request, now or later.
    func answer(_ request: HTTPRequest, _ responder: HTTPResponder)
}

extension ModelHub {
    /// Answers after a while, unless the client goes away before.
    ///
    /// - Parameters:
    ///   - number: the request's.
    ///   - responder: the right to answer it; the caller must be on its loop.
    ///   - milliseconds: how long to wait.
    ///   - answer: answers.
    func later(_ number: Int, _ responder: HTTPResponder, in milliseconds: Int, _ answer: @escaping () -> Void) {
        let timer = responder.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(Int64(milliseconds))) {
            answer()
        }
        responder.onDisconnect = {
            timer.cancel()
            self.events.record(.cancelled(request: number, deltas: 0))
        }
    }
}
