internal import COpenSSL

/// Unpredictable numbers from libcrypto's generator, fetched 32 at a time so that most masking keys are cheap.
package struct SystemMaskingKeys: RandomNumberGenerator {
    private static let batch = 32

    private var numbers: [UInt64] = []

    /// Makes a generator; the first use fetches the first batch.
    package init() {}

    /// The next number, never given out before.
    package mutating func next() -> UInt64 {
        if let number = self.numbers.popLast() { return number }
        self.refill()
        if let number = self.numbers.popLast() { return number }
        var kernel = SystemRandomNumberGenerator()
        return kernel.next()
    }

    /// Fetches a batch; leaves none if the generator fails.
    private mutating func refill() {
        var fresh = [UInt64](repeating: 0, count: Self.batch)
        // RAND_bytes writes the given count of bytes, which is the size of the array's storage.
        let status = unsafe fresh.withUnsafeMutableBytes { bytes in
            unsafe RAND_bytes(bytes.bindMemory(to: UInt8.self).baseAddress, CInt(bytes.count))
        }
        if status == 1 { self.numbers = fresh }
    }
}
