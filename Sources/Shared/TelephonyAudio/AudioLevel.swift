/// How loud a block of telephone audio is.
package enum AudioLevel {
    /// The level of digital silence, and the least that is ever reported.
    package static let silenceDecibels = -96.0

    private static let squares: [UInt32] = (0...255).map { byte in
        let sample = Int32(MuLaw.decode(UInt8(byte)))
        return UInt32(sample * sample)
    }

    /// The level of `muLaw` in dBFS: 0 is a square wave at full scale, speech is some -35 to -15, a quiet line -60 or less.
    ///
    /// An empty block is silent.
    package static func decibels(muLaw: Span<UInt8>) -> Double {
        decibels(sumOfSquares: sumOfSquares(muLaw, 0..<muLaw.count), count: muLaw.count)
    }

    static func sumOfSquares(_ muLaw: Span<UInt8>, _ range: Range<Int>) -> UInt64 {
        let squares = squares.span
        var sum: UInt64 = 0
        for index in range { sum &+= UInt64(squares[Int(muLaw[index])]) }
        return sum
    }

    static func decibels(sumOfSquares: UInt64, count: Int) -> Double {
        guard sumOfSquares > 0, count > 0 else { return silenceDecibels }
        let power = Double(sumOfSquares) / Double(count) / (32_768.0 * 32_768.0)
        return max(silenceDecibels, 10 * ElementaryFunctions.log10(power))
    }
}
