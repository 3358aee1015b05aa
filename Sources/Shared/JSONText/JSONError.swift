/// Why a JSON text was refused, and where.
package struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong with the text.
    package enum Reason: Equatable, Sendable {
        /// The text ends inside a value, or holds no value at all.
        case unexpectedEnd
        /// A byte that may not stand here.
        case unexpectedByte(UInt8)
        /// A number that RFC 8259 does not allow, such as `01`, `1.` or `+1`.
        case invalidNumber
        /// A number too large for a double.
        case numberOutOfRange
        /// A backslash followed by anything but one of `"\/bfnrt` or `u` and four hexadecimal digits.
        case invalidEscape
        /// A `\u` escape of half a surrogate pair without its other half.
        case unpairedSurrogate
        /// A byte below 0x20 inside a string.
        case controlCharacter
        /// Bytes that are not UTF-8.
        case invalidUTF8
        /// More than `JSONCursor.maximumDepth` containers inside one another.
        case tooDeep
        /// Something other than whitespace after the value.
        case trailingBytes
    }

    /// The byte offset, from the beginning of the text, at which the fault was noticed.
    package let offset: Int

    /// What is wrong there.
    package let reason: Reason

    /// Makes an error for a fault noticed at byte `offset`.
    package init(offset: Int, reason: Reason) {
        self.offset = offset
        self.reason = reason
    }

    /// One line for a log: the reason and the offset, without any of the text.
    package var description: String {
        switch reason {
        case .unexpectedEnd: "JSON ends too early at byte \(offset)"
        case .unexpectedByte(let byte): "JSON has an unexpected byte 0x\(String(byte, radix: 16)) at byte \(offset)"
        case .invalidNumber: "JSON has a malformed number at byte \(offset)"
        case .numberOutOfRange: "JSON has a number out of range at byte \(offset)"
        case .invalidEscape: "JSON has an invalid escape at byte \(offset)"
        case .unpairedSurrogate: "JSON has an unpaired surrogate at byte \(offset)"
        case .controlCharacter: "JSON has a control character in a string at byte \(offset)"
        case .invalidUTF8: "JSON is not UTF-8 at byte \(offset)"
        case .tooDeep: "JSON is nested deeper than \(JSONCursor.maximumDepth) at byte \(offset)"
        case .trailingBytes: "JSON is followed by other bytes at byte \(offset)"
        }
    }
}
