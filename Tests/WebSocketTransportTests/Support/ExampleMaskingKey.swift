/// Gives the masking key of the examples in RFC 6455 §5.7 every time.
struct ExampleMaskingKey: RandomNumberGenerator {
    mutating func next() -> UInt64 { 0x37FA_213D_0000_0000 }
}
