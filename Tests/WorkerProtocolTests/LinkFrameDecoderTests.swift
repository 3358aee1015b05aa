import NIOCore
import SeededTesting
import Testing
import WorkerProtocol

@Suite struct LinkFrameDecoderTests {
    struct Frame: Equatable {
        var kind: LinkFrameKind
        var session: UInt32
        var body: [UInt8]
    }

    /// Feeds `bytes` in pieces of `step` and collects the frames.
    private func decode(_ bytes: [UInt8], step: Int) throws(LinkError) -> (frames: [Frame], left: Int) {
        var buffer = ByteBuffer()
        var frames: [Frame] = []
        var index = 0
        repeat {
            let next = min(index + step, bytes.count)
            buffer.writeBytes(bytes[index..<next])
            index = next
            try LinkFrameDecoder().decode(&buffer) { kind, session, body in
                frames.append(Frame(kind: kind, session: session, body: Array(body.readableBytesView)))
                return true
            }
        } while index < bytes.count
        return (frames, buffer.readableBytes)
    }

    /// The wire format, pinned: a change here is a new protocol version.
    static let golden: [UInt8] = [
        0, 0, 0, 8, 1, 0, 0, 0, 7, 0xFF, 0x7F, 0x00,  // audio, session 7
        0, 0, 0, 7, 2, 0, 0, 1, 0, 0x48, 0x69,  // text "Hi", session 256
        0, 0, 0, 24, 3, 0, 0, 0, 0,  // control, session 0
        0x7B, 0x22, 0x74, 0x79, 0x70, 0x65, 0x22, 0x3A, 0x22, 0x64, 0x72, 0x61, 0x69, 0x6E, 0x22, 0x7D, 0x20, 0x20,
        0x20,
        0, 0, 0, 5, 1, 0xFF, 0xFF, 0xFF, 0xFF,  // empty body, the highest session
    ]

    static let goldenFrames = [
        Frame(kind: .audio, session: 7, body: [0xFF, 0x7F, 0x00]),
        Frame(kind: .text, session: 256, body: [0x48, 0x69]),
        Frame(kind: .control, session: 0, body: Array("{\"type\":\"drain\"}   ".utf8)),
        Frame(kind: .audio, session: .max, body: []),
    ]

    @Test(arguments: [1, 2, 3, 7, 1000]) func `golden bytes decode however they are cut`(step: Int) throws {
        let (frames, left) = try decode(Self.golden, step: step)
        #expect(frames == Self.goldenFrames)
        #expect(left == 0)
    }

    @Test func `encoding gives the golden bytes`() throws {
        var buffer = ByteBuffer()
        try LinkFrame.append(.audio, session: 7, body: ByteBuffer(bytes: [0xFF, 0x7F, 0x00]), to: &buffer)
        try LinkFrame.append(text: "Hi", session: 256, to: &buffer)
        try LinkFrame.append(.control, session: 0, bytes: Array("{\"type\":\"drain\"}   ".utf8), to: &buffer)
        try LinkFrame.append(.audio, session: .max, bytes: [], to: &buffer)
        #expect(Array(buffer.readableBytesView) == Self.golden)
    }

    @Test func `a truncated stream yields only whole frames and keeps the rest`() throws {
        for cut in 0..<Self.golden.count {
            let (frames, left) = try decode(Array(Self.golden[..<cut]), step: 1000)
            let consumed = frames.reduce(0) { $0 + LinkFrame.lengthBytes + LinkFrame.headerBytes + $1.body.count }
            #expect(frames == Array(Self.goldenFrames.prefix(frames.count)))
            #expect(left == cut - consumed)
        }
    }

    @Test func `a length outside its range is refused before its body is waited for`() {
        #expect(throws: LinkError.badLength(4)) { _ = try decode([0, 0, 0, 4], step: 4) }
        #expect(throws: LinkError.badLength(0)) { _ = try decode([0, 0, 0, 0], step: 1) }
        #expect(throws: LinkError.badLength(65_537)) { _ = try decode([0, 1, 0, 1], step: 4) }
        #expect(throws: LinkError.badLength(.max)) { _ = try decode([255, 255, 255, 255], step: 4) }
    }

    @Test func `an unknown kind is refused`() {
        #expect(throws: LinkError.unknownKind(9)) { _ = try decode([0, 0, 0, 5, 9], step: 5) }
    }

    @Test func `bodies are taken up to the limit and refused above it`() throws {
        var buffer = ByteBuffer()
        try LinkFrame.append(.audio, session: 1, bytes: Array(repeating: 1, count: LinkFrame.maximumBody), to: &buffer)
        let (frames, _) = try decode(Array(buffer.readableBytesView), step: 100_000)
        #expect(frames.first?.body.count == LinkFrame.maximumBody)
        let over = LinkFrame.maximumBody + 1
        #expect(throws: LinkError.bodyTooLong(length: over, maximum: LinkFrame.maximumBody)) {
            try LinkFrame.append(.audio, session: 1, bytes: Array(repeating: 1, count: over), to: &buffer)
        }
    }

    @Test func `the receiver can stop the walk after any frame`() throws {
        var buffer = ByteBuffer(bytes: Self.golden)
        var seen = 0
        try LinkFrameDecoder().decode(&buffer) { _, _, _ in
            seen += 1
            return seen < 2
        }
        #expect(seen == 2)
        #expect(buffer.readableBytes == Self.golden.count - 12 - 11)
    }

    @Test(arguments: 1...50) func `random bytes never trap`(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        for _ in 0..<200 {
            let count = Int(generator.next() % 64)
            var bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
            if generator.next() % 2 == 0, bytes.count > 4 { bytes.replaceSubrange(0..<3, with: [0, 0, 0]) }
            var total = 0
            do throws(LinkError) {
                let (frames, left) = try decode(bytes, step: 1 + Int(generator.next() % 9))
                total = frames.reduce(left) { $0 + LinkFrame.lengthBytes + LinkFrame.headerBytes + $1.body.count }
                #expect(total == bytes.count)
            } catch {
                #expect(!error.description.isEmpty)
            }
        }
    }
}
