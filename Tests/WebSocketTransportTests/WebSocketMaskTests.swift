import NIOCore
import Testing
import WebSocketTransport

struct WebSocketMaskTests {
    @Test(arguments: 0..<40)
    func maskingEqualsTheDefinitionAtEveryLengthAndOffset(length: Int) {
        let key: UInt32 = 0x37FA_213D
        let keyBytes: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]
        for offset in 0..<9 {
            let bytes = (0..<(offset + length)).map { UInt8($0 &* 7 & 0xFF) }
            var buffer = ByteBuffer(bytes: bytes)
            WebSocketMask.apply(key, to: &buffer, from: offset)
            let expected = bytes.enumerated().map { index, byte in
                index < offset ? byte : byte ^ keyBytes[(index - offset) % 4]
            }
            #expect(Array(buffer.readableBytesView) == expected)
        }
    }
}
