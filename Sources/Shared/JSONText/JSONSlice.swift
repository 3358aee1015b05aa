/// Reads the slices that a `JSONCursor` hands out.
///
/// The ranges must come from tokens of the same text; everything here is safe, but wrong, for others.
package enum JSONSlice {
    /// The text of a key or string token, with its escapes undone.
    package static func string(_ range: Range<Int>, escaped: Bool, in text: Span<UInt8>) -> String {
        if escaped {
            var bytes: [UInt8] = []
            JSONEscape.unescape(range, in: text, into: &bytes)
            return String(decoding: bytes, as: UTF8.self)
        }
        guard let slice = try? UTF8Span(validating: text.extracting(range)) else { return "" }
        return String(copying: slice)
    }

    /// Whether a key or string token without escapes is exactly `word`; allocates nothing.
    ///
    /// An escaped spelling of the same word does not match; peers do not escape letters.
    package static func matches(_ range: Range<Int>, _ word: String, in text: Span<UInt8>) -> Bool {
        let bytes = word.utf8
        guard range.count == bytes.count else { return false }
        var index = range.lowerBound
        for byte in bytes {
            guard text[index] == byte else { return false }
            index += 1
        }
        return true
    }

    /// The value of an optional minus sign and decimal digits, as in a number token or a string of digits.
    ///
    /// Nil for anything else: a fraction, an exponent, a plus sign, an empty range, or a value that does not fit.
    package static func integer(_ range: Range<Int>, in text: Span<UInt8>) -> Int64? {
        guard !range.isEmpty else { return nil }
        let negative = text[range.lowerBound] == 0x2D
        let digits = negative ? (range.lowerBound + 1)..<range.upperBound : range
        guard !digits.isEmpty else { return nil }
        var value: Int64 = 0
        for index in digits {
            let digit = text[index] &- 0x30
            guard digit < 10 else { return nil }
            let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = scaled.subtractingReportingOverflow(Int64(digit))  // downwards: Int64.min fits
            guard !overflow, !carry else { return nil }
            value = sum
        }
        guard !negative else { return value }
        return value == .min ? nil : -value
    }

    /// The value of a number token; nil when it is too large for a double.
    package static func double(_ range: Range<Int>, in text: Span<UInt8>) -> Double? {
        guard let value = Double(string(range, escaped: false, in: text)), value.isFinite else { return nil }
        return value
    }
}
