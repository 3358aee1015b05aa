import NIOCore
import SeededTesting
import Testing
import WebSocketTransport

struct WebSocketFrameDecoderTests {
    /// A frame as a server sends it, header written out by hand.
    private static func frame(_ first: UInt8, _ payload: [UInt8]) -> [UInt8] {
        switch payload.count {
        case ...125: [first, UInt8(payload.count)] + payload
        case ...0xFFFF: [first, 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)] + payload
        default:
            [first, 127] + (0..<8).map { UInt8(truncatingIfNeeded: payload.count >> (56 - 8 * $0)) } + payload
        }
    }

    /// All events of `bytes`, which come in pieces of `step` bytes; the error ends the list.
    private static func decode(
        _ bytes: [UInt8],
        as role: WebSocketRole = .client,
        maximum: Int = 1 << 20,
        step: Int = .max
    ) -> ([WebSocketFrameEvent], WebSocketProtocolError?) {
        var decoder = WebSocketFrameDecoder(role: role, maximumMessageBytes: maximum)
        var buffer = ByteBuffer()
        var events: [WebSocketFrameEvent] = []
        var position = 0
        repeat {
            let count = min(step, bytes.count - position)
            buffer.writeBytes(bytes[position..<(position + count)])
            position += count
            do {
                while let event = try decoder.next(from: &buffer) { events.append(event) }
            } catch {
                return (events, error)
            }
        } while position < bytes.count
        return (events, nil)
    }

    // MARK: - RFC 6455 §5.7

    @Test func theExamplesOfTheSpecificationAreRead() {
        let hello = ByteBuffer(string: "Hello")
        #expect(Self.decode([0x81, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F]) == ([.text(hello)], nil))
        let masked: [UInt8] = [0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58]
        #expect(Self.decode(masked, as: .server) == ([.text(hello)], nil))
        let fragments: [UInt8] = [0x01, 0x03, 0x48, 0x65, 0x6C, 0x80, 0x02, 0x6C, 0x6F]
        #expect(Self.decode(fragments) == ([.text(hello)], nil))
        #expect(Self.decode([0x89, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F]) == ([.ping(hello)], nil))
        let pong: [UInt8] = [0x8A, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58]
        #expect(Self.decode(pong, as: .server) == ([.pong(hello)], nil))
        let medium = [UInt8](repeating: 7, count: 256)
        #expect(Self.decode([0x82, 0x7E, 0x01, 0x00] + medium) == ([.binary(ByteBuffer(bytes: medium))], nil))
        let large = [UInt8](repeating: 9, count: 65536)
        let header: [UInt8] = [0x82, 0x7F, 0, 0, 0, 0, 0, 1, 0, 0]
        #expect(Self.decode(header + large) == ([.binary(ByteBuffer(bytes: large))], nil))
    }

    // MARK: - Fragments and control frames

    @Test func controlFramesMayStandBetweenFragments() {
        let bytes: [UInt8] =
            Self.frame(0x02, [1, 2]) + Self.frame(0x89, [9]) + Self.frame(0x00, [])
            + Self.frame(0x8A, []) + Self.frame(0x80, [3]) + Self.frame(0x82, [4])
        let expected: [WebSocketFrameEvent] = [
            .ping(ByteBuffer(bytes: [9])), .pong(ByteBuffer()), .binary(ByteBuffer(bytes: [1, 2, 3])),
            .binary(ByteBuffer(bytes: [4])),
        ]
        #expect(Self.decode(bytes) == (expected, nil))
    }

    @Test func aCharacterMayBeSplitBetweenFragments() {
        let bytes = Self.frame(0x01, [0xE2, 0x82]) + Self.frame(0x80, [0xAC])
        #expect(Self.decode(bytes) == ([.text(ByteBuffer(string: "€"))], nil))
    }

    @Test(arguments: [WebSocketRole.client, .server], [1, 2, 3, 7, 64])
    func theSameEventsComeHoweverTheBytesArrive(role: WebSocketRole, step: Int) {
        var encoder = WebSocketFrameEncoder(
            role: role == .server ? .client : .server,
            maskingKeys: SeededGenerator(seed: 4)
        )
        var bytes = ByteBuffer()
        encoder.append(.text, "Grüße, €", to: &bytes)
        encoder.append(.binary, [UInt8](repeating: 5, count: 300), isFinal: false, to: &bytes)
        encoder.append(.ping, [1, 2], to: &bytes)
        encoder.append(.continuation, [UInt8](repeating: 6, count: 126), isFinal: true, to: &bytes)
        encoder.append(.binary, [UInt8](repeating: 8, count: 70_000), to: &bytes)
        encoder.append(WebSocketCloseFrame(code: 1000, reason: "done"), to: &bytes)
        let whole = Self.decode(Array(bytes.readableBytesView), as: role)
        #expect(whole.0.count == 5)
        #expect(whole.1 == nil)
        #expect(Self.decode(Array(bytes.readableBytesView), as: role, step: step) == whole)
    }

    @Test func anotherDecoderGoesOnFromTheBytesAndFragmentsOfTheFirst() throws {
        let bytes =
            Self.frame(0x01, Array("Hel".utf8)) + Self.frame(0x00, Array("lo ".utf8))
            + Self.frame(0x80, Array("you".utf8))
        for cut in 0...bytes.count {
            var first = WebSocketFrameDecoder(role: .client, maximumMessageBytes: 100)
            var buffer = ByteBuffer(bytes: bytes[..<cut])
            let early = try first.next(from: &buffer)
            var second = WebSocketFrameDecoder(
                role: .client,
                maximumMessageBytes: 100,
                resuming: first.partialMessage
            )
            buffer.writeBytes(bytes[cut...])
            #expect(try early ?? second.next(from: &buffer) == .text(ByteBuffer(string: "Hello you")))
        }
    }

    // MARK: - Violations

    @Test(
        arguments: [
            ([0xC1, 0x00], .reservedBitsSet), ([0xA1, 0x00], .reservedBitsSet), ([0x91, 0x00], .reservedBitsSet),
            ([0x83, 0x00], .unknownOpcode(3)), ([0x87, 0x00], .unknownOpcode(7)), ([0x8B, 0x00], .unknownOpcode(11)),
            ([0x8F, 0x00], .unknownOpcode(15)), ([0x81, 0x80], .frameMasked), ([0x09, 0x00], .controlFrameFragmented),
            ([0x08, 0x02], .controlFrameFragmented), ([0x89, 0x7E], .controlFrameTooLong),
            ([0x8A, 0x7F], .controlFrameTooLong), ([0x82, 0x7E, 0x00, 0x7D], .lengthMalformed),
            ([0x82, 0x7F, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], .lengthMalformed),
            ([0x82, 0x7F, 0x80, 0, 0, 0, 0, 1, 0, 0], .lengthMalformed), ([0x80, 0x00], .continuationUnexpected),
            ([0x00, 0x01], .continuationUnexpected), ([0x01, 0x00, 0x81, 0x00], .messageInterleaved),
            ([0x02, 0x00, 0x02, 0x00], .messageInterleaved), ([0x88, 0x01], .closeFrameMalformed),
            ([0x88, 0x02, 0x03, 0xED], .closeFrameMalformed), ([0x88, 0x02, 0x03, 0xE7], .closeFrameMalformed),
            ([0x88, 0x03, 0x03, 0xE8, 0xFF], .textNotUTF8), ([0x81, 0x01, 0xFF], .textNotUTF8),
            ([0x01, 0x01, 0xC3, 0x80, 0x01, 0x28], .textNotUTF8), ([0x81, 0x02, 0xC3, 0x28], .textNotUTF8),
        ] as [([UInt8], WebSocketProtocolError)]
    )
    func violationsAreFoundAsSoonAsTheirBytesAreThere(bytes: [UInt8], error: WebSocketProtocolError) {
        #expect(Self.decode(bytes, as: .client) == ([], error))
        #expect(Self.decode(bytes, as: .client, step: 1) == ([], error))
        #expect(Self.decode(Array(bytes.dropLast()), as: .client, step: 1) == ([], nil))
    }

    @Test func aServerRefusesFramesWithoutAMask() {
        #expect(Self.decode([0x81, 0x00], as: .server) == ([], .frameNotMasked))
    }

    // MARK: - Limits

    @Test func aMessageMayBeAsLongAsTheLimitAndNotLonger() {
        for limit in [1, 125, 126, 65535, 65536] {
            let fitting = [UInt8](repeating: 1, count: limit)
            #expect(Self.decode(Self.frame(0x82, fitting), maximum: limit).1 == nil)
            let header = Self.frame(0x82, fitting + [1]).dropLast(limit + 1)
            #expect(Self.decode(Array(header), maximum: limit) == ([], .messageTooLong(maximum: limit)))
        }
    }

    @Test func theLimitHoldsOverAllFragments() {
        let start = Self.frame(0x02, [1, 2, 3]) + Self.frame(0x00, [4, 5])
        let fitting = Self.decode(start + Self.frame(0x80, [6]), maximum: 6)
        #expect(fitting == ([.binary(ByteBuffer(bytes: [1, 2, 3, 4, 5, 6]))], nil))
        #expect(Self.decode(start + [0x80, 0x02], maximum: 6) == ([], .messageTooLong(maximum: 6)))
    }

    @Test func aControlFrameMayHold125BytesWhateverTheMessageLimit() {
        let payload = [UInt8](repeating: 1, count: 125)
        #expect(Self.decode(Self.frame(0x89, payload), maximum: 1) == ([.ping(ByteBuffer(bytes: payload))], nil))
        #expect(Self.decode([0x89, 0x7E, 0x00, 0x7E], maximum: 1000) == ([], .controlFrameTooLong))
    }

    // MARK: - Random bytes

    @Test(arguments: 0..<64) func randomBytesNeverTrap(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let role: WebSocketRole = generator.next() & 1 == 0 ? .client : .server
            var bytes = generator.bytes(Int(generator.next() % 64))
            // A likely first frame gets the random bytes past the first checks.
            if !bytes.isEmpty { bytes[0] = [0x81, 0x82, 0x01, 0x00, 0x80, 0x88, 0x89][Int(generator.next() % 7)] }
            if bytes.count > 1 { bytes[1] = (role == .server ? 0x80 : 0) | UInt8(generator.next() % 128) }
            let whole = Self.decode(bytes, as: role, maximum: 40)
            let dripped = Self.decode(bytes, as: role, maximum: 40, step: 1)
            #expect(whole == dripped)
        }
    }
}
