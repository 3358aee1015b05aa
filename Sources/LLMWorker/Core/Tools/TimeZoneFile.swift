/// What a time zone's clocks show in some span of time.
package struct ZoneOffset: Equatable, Sendable {
    /// Seconds east of UTC.
    package var seconds: Int

    /// Whether it is daylight saving time.
    package var isDaylight: Bool

    /// As `GMT` or `BST`.
    package var abbreviation: String

    /// Coordinated universal time.
    package static let utc = ZoneOffset(seconds: 0, isDaylight: false, abbreviation: "UTC")
}

/// A compiled time zone of the system's tz database (RFC 9636, TZif version 2 and later).
package struct TimeZoneFile: Equatable, Sendable {
    /// The largest file accepted, in bytes; real ones stay below 4 KiB.
    package static let maximumBytes = 64 * 1024

    private static let headerBytes = 44

    private var transitions: [Int64] = []
    private var types: [Int] = []
    private var offsets: [ZoneOffset] = []
    private var rule: PosixTimeZone?

    /// Reads a file; nil if it is not a time zone.
    package init?(_ bytes: [UInt8]) {
        guard let first = Header(bytes, at: 0), first.version >= 2 else { return nil }
        let second = Self.headerBytes + first.dataBytes(timeBytes: 4)
        guard let header = Header(bytes, at: second), header.typeCount >= 1 else { return nil }
        let data = second + Self.headerBytes
        guard bytes.count >= data + header.dataBytes(timeBytes: 8) else { return nil }
        let typeIndices = data + header.timeCount * 8
        let typeRecords = typeIndices + header.timeCount
        let names = typeRecords + header.typeCount * 6
        for index in 0..<header.timeCount {
            let high = Int64(bytes.bigEndian32(data + index * 8))
            let low = Int64(UInt32(bitPattern: bytes.bigEndian32(data + index * 8 + 4)))
            transitions.append(high << 32 | low)
            let type = Int(bytes[typeIndices + index])
            guard type < header.typeCount else { return nil }
            types.append(type)
        }
        for index in 0..<header.typeCount {
            let record = typeRecords + index * 6
            let nameStart = Int(bytes[record + 5])
            guard nameStart < header.characterCount else { return nil }
            let name = bytes[(names + nameStart)..<(names + header.characterCount)].prefix { $0 != 0 }
            offsets.append(
                ZoneOffset(
                    seconds: Int(bytes.bigEndian32(record)),
                    isDaylight: bytes[record + 4] != 0,
                    abbreviation: String(decoding: name, as: UTF8.self)
                )
            )
        }
        let footer = bytes[(data + header.dataBytes(timeBytes: 8))...].dropFirst().prefix { $0 != 0x0A }
        rule = PosixTimeZone(String(decoding: footer, as: UTF8.self))
    }

    /// What is in force at a moment, in seconds since 1970 UTC.
    package func offset(at moment: Int64) -> ZoneOffset {
        if let rule, moment >= transitions.last ?? .min { return rule.offset(at: moment) }
        let next = transitions.firstIndex { $0 > moment } ?? transitions.endIndex
        return offsets[next == 0 ? 0 : types[next - 1]]
    }

    /// The counts at the beginning of each half of a file.
    private struct Header {
        var version: Int
        var timeCount: Int
        var typeCount: Int
        var characterCount: Int
        private var leapCount: Int
        private var flagCount: Int

        init?(_ bytes: [UInt8], at start: Int) {
            guard bytes.count >= start + TimeZoneFile.headerBytes, bytes.count <= TimeZoneFile.maximumBytes,
                bytes[start..<(start + 4)].elementsEqual("TZif".utf8)
            else { return nil }
            version = Int(bytes[start + 4]) - 0x30
            let counts = (0..<6).map { Int(bytes.bigEndian32(start + 20 + $0 * 4)) }
            guard counts.allSatisfy({ (0...TimeZoneFile.maximumBytes).contains($0) }) else { return nil }
            flagCount = counts[0] + counts[1]
            leapCount = counts[2]
            timeCount = counts[3]
            typeCount = counts[4]
            characterCount = counts[5]
        }

        func dataBytes(timeBytes: Int) -> Int {
            timeCount * (timeBytes + 1) + typeCount * 6 + characterCount + leapCount * (timeBytes + 4) + flagCount
        }
    }
}

extension [UInt8] {
    /// Four bytes as a signed integer; the caller has checked that they are there.
    fileprivate func bigEndian32(_ offset: Int) -> Int32 {
        var value: UInt32 = 0
        for index in offset..<(offset + 4) { value = value << 8 | UInt32(self[index]) }
        return Int32(bitPattern: value)
    }
}
