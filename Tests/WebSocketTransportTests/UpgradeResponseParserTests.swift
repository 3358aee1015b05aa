import NIOCore
import SeededTesting
import Testing
import WebSocketTransport

struct UpgradeResponseParserTests {
    /// The response in `text`, which comes in pieces of `step` bytes, and what was left of it.
    private static func parse(_ text: String, step: Int = .max) throws -> (UpgradeResponse?, String) {
        var parser = UpgradeResponseParser()
        var buffer = ByteBuffer()
        let bytes = Array(text.utf8)
        var position = 0
        var response: UpgradeResponse?
        while position < bytes.count {
            let count = min(step, bytes.count - position)
            buffer.writeBytes(bytes[position..<(position + count)])
            position += count
            if response == nil { response = try parser.read(from: &buffer) }
        }
        return (response ?? parser.partialResponse, String(buffer: buffer))
    }

    @Test(arguments: [Int.max, 1, 2, 3]) func bytesAfterA101AreLeft(step: Int) throws {
        let text = "HTTP/1.1 101 Switching Protocols\r\nUpgrade:websocket\r\nA:  b \r\n\r\nFRAME"
        let (response, rest) = try Self.parse(text, step: step)
        let found = try #require(response)
        #expect(found.status == 101)
        #expect(found.headers.map(\.0) == ["Upgrade", "A"])
        #expect(found.headers.map(\.1) == ["websocket", "b"])
        #expect(rest == "FRAME")
    }

    @Test(arguments: [Int.max, 1, 5]) func bodiesAreReadInEveryFraming(step: Int) throws {
        let length = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 5\r\n\r\nhello, more"
        #expect(try Self.parse(length, step: step).0?.body == Array("hello".utf8))
        let chunks = "HTTP/1.1 429 No\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"
        #expect(try Self.parse(chunks, step: step).0?.body == Array("hello".utf8))
        let end = "HTTP/1.0 500 No\r\n\r\nhello"
        #expect(try Self.parse(end, step: step).0?.body == Array("hello".utf8))
        #expect(try Self.parse("HTTP/1.1 204 No Content\r\n\r\n", step: step).0?.body == [])
    }

    @Test func interimResponsesAreSkipped() throws {
        let text =
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nA: b\r\n\r\nHTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"
        #expect(try Self.parse(text).0?.status == 403)
    }

    @Test func aBodyIsCutAt4KiB() throws {
        let body = String(repeating: "x", count: 5000)
        let (response, _) = try Self.parse("HTTP/1.1 500 No\r\nContent-Length: 5000\r\n\r\n" + body)
        #expect(response?.body.count == UpgradeResponseParser.maximumBodyBytes)
        let (chunked, _) = try Self.parse("HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n1388\r\n" + body)
        #expect(chunked?.body.count == UpgradeResponseParser.maximumBodyBytes)
    }

    @Test func bareLineFeedsAreUnderstood() throws {
        #expect(try Self.parse("HTTP/1.1 403 No\nContent-Length: 1\n\nx").0?.body == [0x78])
    }

    @Test func aHeadMayHave16KiBAndNoMore() throws {
        let start = "HTTP/1.1 101 OK\r\nA: "
        let room = UpgradeResponseParser.maximumHeadBytes - start.utf8.count - 4
        let fitting = start + String(repeating: "x", count: room) + "\r\n\r\n"
        #expect(try Self.parse(fitting).0?.status == 101)
        #expect(try Self.parse(fitting, step: 1000).0?.status == 101)
        #expect(throws: UpgradeResponseError.headTooLong) {
            try Self.parse(start + String(repeating: "x", count: room + 1) + "\r\n\r\n")
        }
    }

    @Test(
        arguments: [
            ("SMTP hello\r\n\r\n", .statusLineMalformed), ("HTTP/2 200\r\n\r\n", .statusLineMalformed),
            ("HTTP/1.1\r\n\r\n", .statusLineMalformed), ("HTTP/1.1 abc\r\n\r\n", .statusLineMalformed),
            ("HTTP/1.1 99 x\r\n\r\n", .statusLineMalformed), ("\r\n", .statusLineMalformed),
            ("HTTP/1.1 200 OK\r\nno colon\r\n\r\n", .headerMalformed),
            ("HTTP/1.1 200 OK\r\n: x\r\n\r\n", .headerMalformed),
            ("HTTP/1.1 200 OK\r\na b: x\r\n\r\n", .headerMalformed),
        ] as [(String, UpgradeResponseError)]
    )
    func otherAnswersAreRefused(text: String, error: UpgradeResponseError) {
        #expect(throws: error) { try Self.parse(text) }
    }

    @Test(arguments: 0..<32) func randomAnswersNeverTrap(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let start = "HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n"
        for _ in 0..<100 {
            var bytes = Array(start.utf8) + generator.bytes(60)
            for _ in 0..<(generator.next() % 3) {
                bytes[Int(generator.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: generator.next())
            }
            _ = try? Self.parse(String(decoding: bytes, as: UTF8.self), step: 7)
            var parser = UpgradeResponseParser()
            var buffer = ByteBuffer(bytes: bytes)
            _ = try? parser.read(from: &buffer)
        }
    }
}
