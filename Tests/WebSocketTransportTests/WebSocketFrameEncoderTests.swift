import NIOCore
import SeededTesting
import Testing
import WebSocketTransport

struct WebSocketFrameEncoderTests {
    private static func encoded(
        as role: WebSocketRole,
        _ body: (inout WebSocketFrameEncoder, inout ByteBuffer) -> Void
    ) -> [UInt8] {
        var encoder = WebSocketFrameEncoder(role: role, maskingKeys: ExampleMaskingKey())
        var buffer = ByteBuffer()
        body(&encoder, &buffer)
        return Array(buffer.readableBytesView)
    }

    @Test func theExamplesOfTheSpecificationAreWritten() {
        let plain = Self.encoded(as: .server) { $0.append(.text, "Hello", to: &$1) }
        #expect(plain == [0x81, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F])
        let masked = Self.encoded(as: .client) { $0.append(.text, "Hello", to: &$1) }
        #expect(masked == [0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58])
        let fragments = Self.encoded(as: .server) {
            $0.append(.text, "Hel", isFinal: false, to: &$1)
            $0.append(.continuation, "lo", to: &$1)
        }
        #expect(fragments == [0x01, 0x03, 0x48, 0x65, 0x6C, 0x80, 0x02, 0x6C, 0x6F])
        let ping = Self.encoded(as: .server) { $0.append(.ping, Array("Hello".utf8), to: &$1) }
        #expect(ping == [0x89, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F])
        let pong = Self.encoded(as: .client) { $0.append(.pong, ByteBuffer(string: "Hello"), to: &$1) }
        #expect(pong == [0x8A, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58])
    }

    @Test(
        arguments: [
            (0, [0x82, 0x00]), (125, [0x82, 0x7D]), (126, [0x82, 0x7E, 0x00, 0x7E]), (256, [0x82, 0x7E, 0x01, 0x00]),
            (65535, [0x82, 0x7E, 0xFF, 0xFF]), (65536, [0x82, 0x7F, 0, 0, 0, 0, 0, 1, 0, 0]),
        ] as [(Int, [UInt8])]
    )
    func theShortestLengthIsUsed(count: Int, header: [UInt8]) {
        let payload = [UInt8](repeating: 3, count: count)
        #expect(Self.encoded(as: .server) { $0.append(.binary, payload, to: &$1) } == header + payload)
    }

    @Test func closeFramesCarryCodeAndReason() {
        let close = WebSocketCloseFrame(code: 1000, reason: "bye")
        #expect(
            Self.encoded(as: .server) { $0.append(close, to: &$1) } == [0x88, 0x05, 0x03, 0xE8, 0x62, 0x79, 0x65]
        )
        #expect(Self.encoded(as: .server) { $0.append(WebSocketCloseFrame(code: nil), to: &$1) } == [0x88, 0x00])
        #expect(
            Self.encoded(as: .client) { $0.append(WebSocketCloseFrame(code: nil), to: &$1) }
                == [0x88, 0x80, 0x37, 0xFA, 0x21, 0x3D]
        )
    }

    @Test func everyFrameOfAClientHasAFreshKey() throws {
        var encoder = WebSocketFrameEncoder(role: .client, maskingKeys: SystemMaskingKeys())
        var keys: Set<[UInt8]> = []
        for _ in 0..<200 {
            var buffer = ByteBuffer()
            encoder.append(.binary, [], to: &buffer)
            keys.insert(Array(buffer.readableBytesView.dropFirst(2)))
        }
        #expect(keys.count == 200)
    }

    @Test(arguments: 0..<32) func whatIsWrittenIsReadBack(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for role in [WebSocketRole.client, .server] {
            var encoder = WebSocketFrameEncoder(role: role, maskingKeys: SeededGenerator(seed: seed))
            var decoder = WebSocketFrameDecoder(
                role: role == .client ? .server : .client,
                maximumMessageBytes: 1 << 20
            )
            var buffer = ByteBuffer()
            let payloads = (0..<8).map { _ in generator.bytes(Int(generator.next() % 600)) }
            for payload in payloads { encoder.append(.binary, payload, to: &buffer) }
            for payload in payloads {
                #expect(try decoder.next(from: &buffer) == .binary(ByteBuffer(bytes: payload)))
            }
            #expect(buffer.readableBytes == 0)
        }
    }
}
