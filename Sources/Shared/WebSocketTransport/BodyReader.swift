internal import NIOCore

/// Takes the beginning of a response's body off a buffer: by its length, in chunks, or until the connection ends.
struct BodyReader {
    private enum Framing {
        case bytes(left: Int)
        case untilEnd
        case chunkSize
        case chunk(left: Int)
        case chunkEnd
    }

    /// A chunk-size line longer than this is not one.
    private static let maximumChunkLineBytes = 256

    private var framing: Framing

    init(_ response: UpgradeResponse) {
        if HTTPFieldSyntax.contains("chunked", in: response.values(of: "transfer-encoding")) {
            self.framing = .chunkSize
        } else if let length = response.values(of: "content-length").first {
            self.framing = .bytes(left: max(0, Int(length) ?? 0))
        } else if response.status == 204 || response.status == 304 {
            self.framing = .bytes(left: 0)
        } else {
            self.framing = .untilEnd
        }
    }

    /// Moves body bytes to `body`; true when there are no more to come or the limit is reached.
    ///
    /// Malformed chunks end the body: it is only shown to people.
    mutating func read(from buffer: inout ByteBuffer, into body: inout [UInt8]) -> Bool {
        while body.count < UpgradeResponseParser.maximumBodyBytes {
            switch self.framing {
            case .bytes(let left):
                let taken = self.take(left, from: &buffer, into: &body)
                self.framing = .bytes(left: left - taken)
                if left == taken { return true }
                if buffer.readableBytes == 0 { return false }
            case .untilEnd:
                if self.take(Int.max, from: &buffer, into: &body) == 0 { return false }
            case .chunkSize:
                guard let line = Self.readLine(from: &buffer) else {
                    return buffer.readableBytes > Self.maximumChunkLineBytes
                }
                let digits = line.prefix { $0 != ";" && $0 != " " }
                guard let size = Int(digits, radix: 16), size > 0 else { return true }
                self.framing = .chunk(left: size)
            case .chunk(let left):
                let taken = self.take(left, from: &buffer, into: &body)
                self.framing = left == taken ? .chunkEnd : .chunk(left: left - taken)
                if left != taken, buffer.readableBytes == 0 { return false }
            case .chunkEnd:
                guard let line = Self.readLine(from: &buffer) else {
                    return buffer.readableBytes > Self.maximumChunkLineBytes
                }
                guard line.isEmpty else { return true }
                self.framing = .chunkSize
            }
        }
        return true
    }

    private func take(_ wanted: Int, from buffer: inout ByteBuffer, into body: inout [UInt8]) -> Int {
        let room = UpgradeResponseParser.maximumBodyBytes - body.count
        let count = min(wanted, buffer.readableBytes, room)
        body.append(contentsOf: buffer.readBytes(length: count) ?? [])
        return count
    }

    private static func readLine(from buffer: inout ByteBuffer) -> String? {
        let bytes = buffer.readableBytesView
        guard let newline = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        var line = buffer.readString(length: newline - bytes.startIndex) ?? ""
        buffer.moveReaderIndex(forwardBy: 1)
        if line.hasSuffix("\r") { line.removeLast() }
        return line
    }
}
