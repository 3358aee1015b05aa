package import JSONText
package import NIOCore

/// Where an outbox puts what its session says: the link, or a recorder in tests.
///
/// Loop-bound like the outbox.
package protocol LinkSink: AnyObject {
    /// Whether what is appended goes out now rather than waiting for the peer to read.
    var isWritable: Bool { get }

    /// Takes a control message of a session.
    func append(control: JSONValue, session: UInt32)

    /// Takes mu-law audio of a session.
    func append(audio: ByteBuffer, session: UInt32)

    /// Takes text of a session.
    func append(text: String, session: UInt32)

    /// The session is over: its slot is free once what was appended has gone out.
    func finish(session: UInt32)
}
