/// The `application/x-www-form-urlencoded` format (WHATWG URL standard, section 5).
package enum FormURLEncoding {
    /// How many fields are read; further ones are dropped, so that a signature over them cannot match.
    package static let maximumFields = 1_000

    /// The fields of a body or query, in their order, with names and values decoded.
    ///
    /// A percent sign without two hexadecimal digits stands for itself; bytes that are not UTF-8 become U+FFFD. Repeated
    /// names are kept. A field without an equals sign has an empty value.
    package static func decode(_ bytes: [UInt8]) -> [(String, String)] {
        var fields: [(String, String)] = []
        for field in bytes.split(separator: UInt8(ascii: "&")) where fields.count < maximumFields {
            let parts = field.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            fields.append((decodeText(parts[0]), parts.count > 1 ? decodeText(parts[1]) : ""))
        }
        return fields
    }

    /// The fields as a body: letters, digits and `*-._` as they are, a space as `+`, everything else as `%XX`.
    package static func encode(_ fields: [(String, String)]) -> String {
        var output: [UInt8] = []
        for (name, value) in fields {
            if !output.isEmpty { output.append(UInt8(ascii: "&")) }
            encode(name, into: &output)
            output.append(UInt8(ascii: "="))
            encode(value, into: &output)
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static func decodeText(_ bytes: ArraySlice<UInt8>) -> String {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "+"):
                output.append(UInt8(ascii: " "))
            case UInt8(ascii: "%") where index + 1 < bytes.endIndex:
                guard let high = digit(bytes[index]), let low = digit(bytes[index + 1]) else {
                    output.append(byte)
                    continue
                }
                output.append(high << 4 | low)
                index += 2
            default:
                output.append(byte)
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static func encode(_ text: String, into output: inout [UInt8]) {
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: " "): output.append(UInt8(ascii: "+"))
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2A, 0x2D, 0x2E, 0x5F: output.append(byte)
            default: output.append(contentsOf: [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]])
            }
        }
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}
