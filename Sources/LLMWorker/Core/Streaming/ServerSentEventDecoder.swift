/// One event of a server-sent event stream.
package struct ServerSentEvent: Equatable, Sendable {
    /// The `event:` field, `message` when the event had none.
    package var name: String
    /// The `data:` lines joined with a line feed; not checked to be UTF-8.
    package var data: [UInt8]

    /// Makes an event.
    package init(name: String = "message", data: [UInt8]) {
        self.name = name
        self.data = data
    }
}

/// Why a server-sent event stream cannot be read any further.
package enum ServerSentEventError: Error, Equatable {
    /// A line, or the data of one event, is longer than `maximum` bytes.
    case tooLong(maximum: Int)
}

/// Cuts a byte stream into server-sent events.
///
/// Follows the parsing rules of the HTML standard, section 9.2.6: lines end with LF, CRLF or CR, a leading byte order mark is
/// skipped, lines that begin with a colon are comments, several `data` lines are joined, `id` and `retry` are ignored
/// because no stream here is ever resumed. Bytes may be cut anywhere.
package struct ServerSentEventDecoder: Sendable {
    /// The longest line and the longest event data accepted by default, in bytes.
    package static let defaultMaximumBytes = 1 << 20

    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    private let maximumBytes: Int
    private var line: [UInt8] = []
    private var name: [UInt8] = []
    private var data: [UInt8] = []
    private var hasData = false
    private var isFirstLine = true
    private var skipsLineFeed = false

    /// Creates a decoder at the beginning of a stream.
    package init(maximumBytes: Int = Self.defaultMaximumBytes) {
        self.maximumBytes = maximumBytes
    }

    /// Reads the next bytes of the stream and appends the events that are now complete to `events`.
    ///
    /// - Parameters:
    ///   - bytes: The bytes that follow those of the last call.
    ///   - events: Receives the events, also those before an error.
    /// - Throws: `tooLong`; the decoder must not be used afterwards.
    package mutating func decode(
        _ bytes: Span<UInt8>,
        into events: inout [ServerSentEvent]
    ) throws(ServerSentEventError) {
        for index in bytes.indices {
            let byte = bytes[index]
            let followsCarriageReturn = skipsLineFeed
            skipsLineFeed = false
            switch byte {
            case 0x0A where followsCarriageReturn:
                break
            case 0x0A, 0x0D:
                skipsLineFeed = byte == 0x0D
                try endLine(into: &events)
            default:
                guard line.count < maximumBytes else {
                    throw .tooLong(maximum: maximumBytes)
                }
                line.append(byte)
            }
        }
    }

    /// Treats the end of the stream as the end of the event that was being received.
    ///
    /// The standard drops an event that is not followed by an empty line. Some compatible servers close the connection
    /// right after their last data line, so a tolerant client asks for it.
    ///
    /// - Parameter events: Receives the event, if there was one.
    /// - Throws: `tooLong`.
    package mutating func endOfStream(into events: inout [ServerSentEvent]) throws(ServerSentEventError) {
        if !line.isEmpty {
            try endLine(into: &events)
        }
        dispatch(into: &events)
    }

    private mutating func endLine(into events: inout [ServerSentEvent]) throws(ServerSentEventError) {
        defer { line.removeAll(keepingCapacity: true) }
        if isFirstLine {
            isFirstLine = false
            if line.starts(with: Self.byteOrderMark) {
                line.removeFirst(Self.byteOrderMark.count)
            }
        }
        guard !line.isEmpty else {
            dispatch(into: &events)
            return
        }
        let colon = line.firstIndex(of: UInt8(ascii: ":"))
        let field = line[..<(colon ?? line.endIndex)]
        var value = line[(colon.map { $0 + 1 } ?? line.endIndex)...]
        if value.first == UInt8(ascii: " ") {
            value.removeFirst()
        }
        if field.elementsEqual("data".utf8) {
            guard data.count + value.count < maximumBytes else {
                throw .tooLong(maximum: maximumBytes)
            }
            if hasData {
                data.append(0x0A)
            }
            data.append(contentsOf: value)
            hasData = true
        } else if field.elementsEqual("event".utf8) {
            name = Array(value)
        }
    }

    private mutating func dispatch(into events: inout [ServerSentEvent]) {
        if hasData {
            let eventName = name.isEmpty ? "message" : String(decoding: name, as: UTF8.self)
            events.append(ServerSentEvent(name: eventName, data: data))
        }
        name.removeAll(keepingCapacity: true)
        data.removeAll(keepingCapacity: true)
        hasData = false
    }
}
