package import JSONText
package import NIOCore

/// One call's session in a worker.
///
/// Lives on one event loop, that of its link: every call comes on it, and nothing here may block. The session talks
/// back through the ``SessionOutbox`` it was opened with, and says there when it is over.
package protocol WorkerSession: AnyObject {
    /// Takes a control message that came after `open`.
    ///
    /// The body is valid JSON; whether it is a message of the role is for the session to decide. A message it does not
    /// understand is a protocol violation of this session alone: send `failed` and finish.
    func receive(control: JSONValue)

    /// Takes caller audio: 8 kHz mu-law bytes, any number of them.
    ///
    /// The buffer is a slice of the link's read buffer: keep a copy of its bytes rather than the slice if it is kept
    /// for long.
    func receive(audio: ByteBuffer)

    /// Takes a piece of text in UTF-8.
    ///
    /// A piece may end inside a character's encoding only if the gateway cut it so, which ours never does.
    func receive(text: ByteBuffer)

    /// The session is over because its link is: close provider connections now.
    ///
    /// The last call. Also comes when the runtime ends the session for a malformed message. What is sent to the outbox
    /// from here on is dropped.
    func linkClosed()

    /// The process is stopping politely: bring the session to a good end.
    ///
    /// The call goes on until the gateway moves it elsewhere or the drain time is over. Does nothing unless
    /// implemented.
    func drain()

    /// The link can take more after it could not.
    ///
    /// Whoever stopped reading from a provider because ``SessionOutbox/isWritable`` was false goes on here. Does
    /// nothing unless implemented.
    func linkBecameWritable()
}

extension WorkerSession {
    /// Goes on as before.
    ///
    /// The gateway hears from the runtime that the worker is draining.
    package func drain() {}

    /// Does nothing: most sessions send so little that they never look.
    ///
    /// Audio beyond the link's bound is dropped by the runtime.
    package func linkBecameWritable() {}
}
