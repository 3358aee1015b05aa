package import NIOCore

/// What a link frame carries.
package enum LinkFrameKind: UInt8, Sendable, Hashable, CaseIterable {
    /// Raw 8 kHz mu-law bytes.
    case audio = 1

    /// A piece of UTF-8 text: model output on its way to the gateway, or reply text on its way to speech.
    case text = 2

    /// One JSON object whose `type` names the message.
    case control = 3
}

/// The layout and limits of one frame of the link between gateway and worker.
///
/// ```
///  0        4      5          9
///  | length | kind | session  | body …    integers are big-endian
/// ```
///
/// `length` counts the bytes after itself: 5 (kind and session, empty body) to 65,536. `session` names one call on
/// this link; 0 is the link itself.
package enum LinkFrame {
    /// Bytes of the length field.
    package static let lengthBytes = 4

    /// Bytes of kind and session, the smallest legal `length`.
    package static let headerBytes = 5

    /// The largest legal `length`, bytes.
    package static let maximumLength = 65_536

    /// The largest body, bytes.
    package static let maximumBody = maximumLength - headerBytes

    /// The session number of the link itself.
    package static let linkSession: UInt32 = 0

    /// Appends one frame to a batch buffer.
    ///
    /// - Parameters:
    ///   - kind: what the body is.
    ///   - session: the call on this link, or 0.
    ///   - body: at most ``maximumBody`` bytes; its reader index is not moved.
    ///   - buffer: the link's batch buffer.
    /// - Throws: ``LinkError/bodyTooLong(length:maximum:)``; nothing is appended then.
    package static func append(
        _ kind: LinkFrameKind,
        session: UInt32,
        body: ByteBuffer,
        to buffer: inout ByteBuffer
    ) throws(LinkError) {
        try appendHeader(kind, session: session, bodyBytes: body.readableBytes, to: &buffer)
        buffer.writeImmutableBuffer(body)
    }

    /// Appends one frame whose body is given as bytes.
    ///
    /// - Parameters:
    ///   - kind: what the body is.
    ///   - session: the call on this link, or 0.
    ///   - bytes: at most ``maximumBody`` bytes.
    ///   - buffer: the link's batch buffer.
    /// - Throws: ``LinkError/bodyTooLong(length:maximum:)``; nothing is appended then.
    package static func append(
        _ kind: LinkFrameKind,
        session: UInt32,
        bytes: [UInt8],
        to buffer: inout ByteBuffer
    ) throws(LinkError) {
        try appendHeader(kind, session: session, bodyBytes: bytes.count, to: &buffer)
        buffer.writeBytes(bytes)
    }

    /// Appends one text frame.
    ///
    /// - Parameters:
    ///   - text: at most ``maximumBody`` UTF-8 bytes.
    ///   - session: the call on this link.
    ///   - buffer: the link's batch buffer.
    /// - Throws: ``LinkError/bodyTooLong(length:maximum:)``; nothing is appended then.
    package static func append(text: String, session: UInt32, to buffer: inout ByteBuffer) throws(LinkError) {
        try appendHeader(.text, session: session, bodyBytes: text.utf8.count, to: &buffer)
        buffer.writeString(text)
    }

    private static func appendHeader(
        _ kind: LinkFrameKind,
        session: UInt32,
        bodyBytes: Int,
        to buffer: inout ByteBuffer
    ) throws(LinkError) {
        guard bodyBytes <= maximumBody else {
            throw .bodyTooLong(length: bodyBytes, maximum: maximumBody)
        }
        buffer.reserveCapacity(minimumWritableBytes: lengthBytes + headerBytes + bodyBytes)
        buffer.writeMultipleIntegers(UInt32(headerBytes + bodyBytes), kind.rawValue, session)
    }
}

/// What is wrong with the bytes of a link; each ends the link, never the process.
package enum LinkError: Error, Equatable, CustomStringConvertible {
    /// The length field is below 5 or above 65,536.
    case badLength(UInt32)

    /// The kind byte is none of ``LinkFrameKind``.
    case unknownKind(UInt8)

    /// A frame to be sent has a body over the limit; bytes.
    case bodyTooLong(length: Int, maximum: Int)

    /// The peer speaks no version of ours.
    case noCommonVersion(ours: [Int], theirs: [Int])

    /// The first message was not a hello, or hello lacks something.
    case badHello(String)

    package var description: String {
        switch self {
        case .badLength(let length):
            "frame length \(length) is outside 5…\(LinkFrame.maximumLength)"
        case .unknownKind(let kind):
            "frame kind \(kind) is none of 1 (audio), 2 (text), 3 (control)"
        case .bodyTooLong(let length, let maximum):
            "frame body of \(length) bytes is over the limit of \(maximum)"
        case .noCommonVersion(let ours, let theirs):
            "no common link version: ours \(ours), the peer's \(theirs); run gateway and workers of neighbouring releases"
        case .badHello(let why):
            "bad hello: \(why)"
        }
    }
}
