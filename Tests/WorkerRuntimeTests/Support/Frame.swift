import JSONText
import NIOCore
import WorkerProtocol

/// One frame of a link, as the gateway's end sees it.
struct Frame: Equatable, Sendable {
    var kind: LinkFrameKind
    var session: UInt32
    var body: ByteBuffer

    /// A control frame.
    static func control(_ session: UInt32, _ value: JSONValue) -> Frame {
        Frame(kind: .control, session: session, body: ByteBuffer(string: value.serialized()))
    }

    /// A frame of raw bytes.
    static func bytes(_ kind: LinkFrameKind, _ session: UInt32, _ bytes: [UInt8]) -> Frame {
        Frame(kind: kind, session: session, body: ByteBuffer(bytes: bytes))
    }

    /// A gateway's hello.
    static func hello(versions: [Int] = [1]) -> Frame {
        .control(
            0,
            LinkMessage.hello(
                Hello(versions: versions, role: "gateway", instance: "1", release: "test", capacity: 0, sessions: 0)
            ).json
        )
    }

    /// Opens a session of call `CA<session>`.
    static func open(_ session: UInt32, _ members: JSONObject = [:]) -> Frame {
        var message: JSONObject = ["type": "open", "call": .string("CA\(session)")]
        for (key, value) in members { message[key] = value }
        return .control(session, .object(message))
    }

    /// The body of a control frame; `null` if it is none.
    var json: JSONValue {
        kind == .control ? (try? JSONValue.parse(Array(body.readableBytesView))) ?? .null : .null
    }

    /// The control message's `type`.
    var type: String? { json["type"]?.stringValue }

    /// Appends the frame's bytes.
    func append(to buffer: inout ByteBuffer) throws {
        try LinkFrame.append(kind, session: session, body: body, to: &buffer)
    }
}
