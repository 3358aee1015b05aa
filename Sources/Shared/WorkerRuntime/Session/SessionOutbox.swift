package import JSONText
package import Logging
package import NIOCore
package import WorkerProtocol

/// A session's way to the gateway.
///
/// Loop-bound: every call must come on ``eventLoop``. What is sent keeps its order within the session and leaves with
/// the link's next write, once per turn of the loop.
package final class SessionOutbox {
    /// The loop of the session and its link.
    package let eventLoop: any EventLoop

    /// A logger that names the session and its call.
    package let logger: Logger

    /// The session's number on its link.
    package let session: UInt32

    /// Whether the session is over, by ``finish()`` or by the end of its link.
    package private(set) var isFinished = false

    private var sink: (any LinkSink)?

    /// Makes an outbox that puts everything into `sink`.
    ///
    /// The runtime makes one for each session; tests make their own over a ``RecordingLinkSink``.
    ///
    /// - Parameters:
    ///   - session: the session's number, not 0.
    ///   - eventLoop: the loop everything happens on.
    ///   - logger: the session's logger.
    ///   - sink: takes what is sent; let go of when the session is over.
    package init(session: UInt32, eventLoop: any EventLoop, logger: Logger, sink: any LinkSink) {
        self.session = session
        self.eventLoop = eventLoop
        self.logger = logger
        self.sink = sink
    }

    /// Whether the gateway keeps up with reading.
    ///
    /// While false, audio beyond 2 s is dropped, oldest first; a session that can stop its provider does.
    package var isWritable: Bool { sink?.isWritable ?? false }

    /// Sends a control message; one that is larger than a frame fails the session.
    ///
    /// Ignored after the session's end.
    package func send(control: JSONValue) {
        live?.append(control: control, session: session)
    }

    /// Sends a control message of the role.
    ///
    /// Short for sending its JSON.
    package func send(_ message: some ControlMessage) {
        send(control: message.json)
    }

    /// Sends mu-law audio; more than a frame holds goes in several frames.
    ///
    /// Ignored when empty, and after the session's end.
    package func send(audio: ByteBuffer) {
        guard audio.readableBytes > 0 else { return }
        live?.append(audio: audio, session: session)
    }

    /// Sends text; more than a frame holds goes in several frames, cut between characters.
    ///
    /// Ignored when empty, and after the session's end.
    package func send(text: String) {
        guard !text.isEmpty else { return }
        live?.append(text: text, session: session)
    }

    /// Ends the session: its slot is free, and nothing may be sent afterwards.
    ///
    /// The role's last message (`closed`, `failed`, `refused`) is sent before. A second call does nothing.
    package func finish() {
        guard let sink = live else { return }
        linkEnded()
        sink.finish(session: session)
    }

    /// Sends that the session has failed, and ends it.
    ///
    /// For faults after `opened`; before it, throw from ``WorkerService/openSession(control:outbox:)`` or send
    /// `refused` and finish.
    package func fail(_ failure: WorkerFailure) {
        send(SessionMessage.failed(failure))
        finish()
    }

    /// The link is gone, or the session was ended by the runtime: drops what is sent from now on.
    func linkEnded() {
        isFinished = true
        sink = nil
    }

    private var live: (any LinkSink)? {
        eventLoop.assertInEventLoop()
        return sink
    }
}
