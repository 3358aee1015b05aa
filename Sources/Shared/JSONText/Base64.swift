/// Base64 with the standard alphabet and padding (RFC 4648 section 4).
package enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let padding: UInt8 = 0x3D
    private static let invalid: UInt8 = 0xFF

    private static let values: [UInt8] = {
        var values = [UInt8](repeating: invalid, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()

    /// How many characters encode `count` bytes, padding included.
    package static func encodedCount(_ count: Int) -> Int {
        (count + 2) / 3 * 4
    }

    /// Appends the encoding of `bytes`.
    package static func encode(_ bytes: Span<UInt8>, into output: inout [UInt8]) {
        var position = output.count
        output.append(contentsOf: repeatElement(padding, count: encodedCount(bytes.count)))
        let characters = alphabet.span
        var target = output.mutableSpan
        var index = 0
        while index + 2 < bytes.count {
            let group = UInt32(bytes[index]) << 16 | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2])
            target[position] = characters[Int(group >> 18)]
            target[position + 1] = characters[Int(group >> 12 & 63)]
            target[position + 2] = characters[Int(group >> 6 & 63)]
            target[position + 3] = characters[Int(group & 63)]
            index += 3
            position += 4
        }
        guard index < bytes.count else { return }
        let second = index + 1 < bytes.count ? bytes[index + 1] : 0
        let group = UInt32(bytes[index]) << 16 | UInt32(second) << 8
        target[position] = characters[Int(group >> 18)]
        target[position + 1] = characters[Int(group >> 12 & 63)]
        if index + 1 < bytes.count { target[position + 2] = characters[Int(group >> 6 & 63)] }
    }

    /// The encoding of `bytes`.
    package static func encode(_ bytes: [UInt8]) -> String {
        var output: [UInt8] = []
        encode(bytes.span, into: &output)
        return String(decoding: output, as: UTF8.self)
    }

    /// How many bytes `text` stands for, looking at its length and padding only; nil when those are wrong.
    package static func decodedCount(_ text: Span<UInt8>) -> Int? {
        let count = text.count
        guard count % 4 == 0 else { return nil }
        guard count > 0, text[count - 1] == padding else { return count / 4 * 3 }
        return count / 4 * 3 - (text[count - 2] == padding ? 2 : 1)
    }

    /// Appends what `text` stands for; false, with `output` as it was, when the text is not valid.
    ///
    /// Padding is required, whitespace is refused, and so are unused bits that are not zero.
    package static func decode(_ text: Span<UInt8>, into output: inout [UInt8]) -> Bool {
        guard let count = decodedCount(text) else { return false }
        let start = output.count
        output.append(contentsOf: repeatElement(0, count: count))
        var target = output.mutableSpan
        guard decode(text, count: count, into: &target, at: start) else {
            output.removeLast(count)
            return false
        }
        return true
    }

    /// Writes what `text` stands for to the beginning of `output`; the count of bytes, or nil when it is not valid.
    ///
    /// Also nil, with nothing written, when `output` is shorter than `decodedCount`.
    package static func decode(_ text: Span<UInt8>, into output: inout MutableSpan<UInt8>) -> Int? {
        guard let count = decodedCount(text), count <= output.count else { return nil }
        return decode(text, count: count, into: &output, at: 0) ? count : nil
    }

    /// What `text` stands for; nil when it is not valid.
    package static func decode(_ text: String) -> [UInt8]? {
        var output: [UInt8] = []
        return decode(text.utf8Span.span, into: &output) ? output : nil
    }

    private static func decode(
        _ text: Span<UInt8>,
        count: Int,
        into target: inout MutableSpan<UInt8>,
        at start: Int
    ) -> Bool {
        let table = values.span
        var position = start
        var index = 0
        let end = start + count
        while position + 3 <= end {
            let first = table[Int(text[index])]
            let second = table[Int(text[index + 1])]
            let third = table[Int(text[index + 2])]
            let fourth = table[Int(text[index + 3])]
            guard first | second | third | fourth < 64 else { return false }
            target[position] = first << 2 | second >> 4
            target[position + 1] = second << 4 | third >> 2
            target[position + 2] = third << 6 | fourth
            index += 4
            position += 3
        }
        guard position < end else { return true }
        let first = table[Int(text[index])]
        let second = table[Int(text[index + 1])]
        let third = end - position == 2 ? table[Int(text[index + 2])] : 0
        guard first | second | third < 64 else { return false }
        guard (end - position == 2 ? third & 3 : second & 15) == 0 else { return false }
        target[position] = first << 2 | second >> 4
        if end - position == 2 { target[position + 1] = second << 4 | third >> 2 }
        return true
    }
}
