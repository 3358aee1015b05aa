package import NIOCore

/// Cuts the byte stream of a link into frames, in place.
///
/// A value without I/O: it is given a buffer and calls back for every whole frame, with the body as a slice of that
/// buffer. What is left over stays in the buffer for the next read. The length is checked before any byte of the body
/// is waited for.
package struct LinkFrameDecoder: Sendable {
    /// Makes a decoder; it holds no state between calls.
    package init() {}

    /// Takes every whole frame off the front of `buffer`.
    ///
    /// - Parameters:
    ///   - buffer: the bytes received so far; its reader index moves past each frame taken.
    ///   - frame: called with kind, session and body of each frame, in order. Returning `false` stops the walk after
    ///     that frame (the receiver closed the link from inside).
    /// - Throws: ``LinkError/badLength(_:)`` or ``LinkError/unknownKind(_:)``; the reader index stays at the bad frame
    ///   and the link must be closed.
    package func decode(
        _ buffer: inout ByteBuffer,
        frame: (LinkFrameKind, UInt32, ByteBuffer) -> Bool
    ) throws(LinkError) {
        while let length = buffer.getInteger(at: buffer.readerIndex, as: UInt32.self) {
            guard length >= UInt32(LinkFrame.headerBytes), length <= UInt32(LinkFrame.maximumLength) else {
                throw .badLength(length)
            }
            let kindIndex = buffer.readerIndex + LinkFrame.lengthBytes
            guard let rawKind = buffer.getInteger(at: kindIndex, as: UInt8.self) else { return }
            guard let kind = LinkFrameKind(rawValue: rawKind) else { throw .unknownKind(rawKind) }
            let bodyBytes = Int(length) - LinkFrame.headerBytes
            guard
                let session = buffer.getInteger(at: kindIndex + 1, as: UInt32.self),
                let body = buffer.getSlice(at: kindIndex + LinkFrame.headerBytes, length: bodyBytes)
            else { return }
            buffer.moveReaderIndex(forwardBy: LinkFrame.lengthBytes + Int(length))
            guard frame(kind, session, body) else { return }
        }
    }
}
