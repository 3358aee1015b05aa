package import NIOCore

/// The head and body of the answer to an upgrade request.
package struct UpgradeResponse: Sendable {
    /// The status code, 100 to 999.
    package var status: Int
    /// The header fields in order of arrival.
    package var headers: [(String, String)]
    /// The beginning of the body, at most `UpgradeResponseParser.maximumBodyBytes`.
    package var body: [UInt8] = []

    /// The values of a field, its name in lower case.
    package func values(of name: String) -> [String] {
        self.headers.filter { $0.0.lowercased() == name }.map(\.1)
    }
}

/// Why bytes are not an HTTP/1.1 response.
package enum UpgradeResponseError: Error, Equatable, Sendable {
    /// The status line and headers are longer than `UpgradeResponseParser.maximumHeadBytes`.
    case headTooLong
    /// The first line is not an HTTP/1 status line.
    case statusLineMalformed
    /// A header line has no colon or a name that is not a token.
    case headerMalformed
}

/// Reads the answer to an upgrade request from a stream of bytes (RFC 9112): a 101, or a refusal with its body.
///
/// Interim responses (1xx but 101) are skipped. What follows a 101 stays in the buffer: it belongs to the WebSocket.
package struct UpgradeResponseParser {
    /// Most bytes of status line and headers.
    package static let maximumHeadBytes = 16 * 1024
    /// Most bytes of a refusal's body that are kept; the rest is not waited for.
    package static let maximumBodyBytes = 4 * 1024

    private enum State {
        case head
        case body(UpgradeResponse, BodyReader)
        case done
    }

    private var state = State.head

    /// Makes a parser at the beginning of a response.
    package init() {}

    /// Reads what `buffer` holds; returns the response when it is complete, which happens once.
    package mutating func read(
        from buffer: inout ByteBuffer
    ) throws(UpgradeResponseError) -> UpgradeResponse? {
        while true {
            switch self.state {
            case .head:
                guard let response = try Self.readHead(from: &buffer) else { return nil }
                if response.status == 101 {
                    self.state = .done
                    return response
                }
                if response.status < 200 { continue }
                self.state = .body(response, BodyReader(response))
            case .body(var response, var reader):
                let isComplete = reader.read(from: &buffer, into: &response.body)
                self.state = isComplete ? .done : .body(response, reader)
                return isComplete ? response : nil
            case .done:
                return nil
            }
        }
    }

    /// The response as far as it came, for when nothing more will: nil before its head is complete.
    package var partialResponse: UpgradeResponse? {
        if case .body(let response, _) = self.state { return response }
        return nil
    }

    private static func readHead(
        from buffer: inout ByteBuffer
    ) throws(UpgradeResponseError) -> UpgradeResponse? {
        guard let lines = try self.readLines(from: &buffer) else { return nil }
        guard let statusLine = lines.first, let status = self.status(of: statusLine) else {
            throw .statusLineMalformed
        }
        var headers: [(String, String)] = []
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { throw .headerMalformed }
            let name = String(line[..<colon])
            guard HTTPFieldSyntax.isValidName(name) else { throw .headerMalformed }
            headers.append((name, String(HTTPFieldSyntax.trim(line[line.index(after: colon)...]))))
        }
        return UpgradeResponse(status: status, headers: headers)
    }

    /// Takes the lines up to the first empty one off the buffer; nil if it is not there yet.
    private static func readLines(
        from buffer: inout ByteBuffer
    ) throws(UpgradeResponseError) -> [Substring]? {
        let bytes = buffer.readableBytesView.prefix(self.maximumHeadBytes)
        var lines: [Substring] = []
        var start = bytes.startIndex
        while let newline = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            var end = newline
            if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
            if end == start {
                buffer.moveReaderIndex(to: newline + 1)
                return lines
            }
            lines.append(Substring(decoding: bytes[start..<end], as: UTF8.self))
            start = newline + 1
        }
        guard buffer.readableBytes < self.maximumHeadBytes else { throw .headTooLong }
        return nil
    }

    private static func status(of line: Substring) -> Int? {
        guard line.hasPrefix("HTTP/1.") else { return nil }
        let parts = line.split(separator: " ", maxSplits: 2)
        guard parts.count >= 2, parts[1].utf8.count == 3, let status = Int(parts[1]), status >= 100 else { return nil }
        return status
    }
}
