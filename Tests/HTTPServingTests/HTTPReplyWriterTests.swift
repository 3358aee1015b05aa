import NIOCore
import Testing

@testable import HTTPServing

struct HTTPReplyWriterTests {
    private static let exchange = HTTPExchange(isHead: false, isHTTP11: true, keepsAlive: true)

    private static func written(_ body: (inout HTTPReplyWriter) -> Void) -> String {
        var writer = HTTPReplyWriter()
        body(&writer)
        return String(buffer: writer.take())
    }

    @Test func aWholeReplyHasItsLength() {
        let reply = HTTPReply(
            status: 200,
            headers: [("A", "b"), ("content-length", "99")],
            body: ByteBuffer(string: "xy")
        )
        #expect(
            Self.written { $0.write(reply, to: Self.exchange, closes: false) }
                == "HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nxy"
        )
        #expect(
            Self.written { $0.write(reply, to: HTTPExchange(isHead: true), closes: true) }
                == "HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 2\r\nConnection: close\r\n\r\n"
        )
    }

    @Test(arguments: [204, 304]) func someStatusesHaveNoBody(status: Int) {
        let reply = HTTPReply(status: status, body: ByteBuffer(string: "xy"))
        let text = Self.written { $0.write(reply, to: Self.exchange, closes: false) }
        #expect(text.hasSuffix("\r\nConnection: keep-alive\r\n\r\n"))
        #expect(!text.contains("Content-Length"))
        let streamed = Self.written {
            _ = $0.begin(reply, to: Self.exchange, closes: false)
            $0.writeBody(ByteBuffer(string: "x"))
            $0.finishBody()
        }
        #expect(streamed == text)
    }

    @Test func aStreamIsChunked() {
        let text = Self.written {
            let closes = $0.begin(HTTPReply(status: 200), to: Self.exchange, closes: false)
            #expect(!closes)
            $0.writeBody(ByteBuffer(string: "hello, world, hello"))
            $0.writeBody(ByteBuffer())
            $0.writeBody(ByteBuffer(string: "x"))
            $0.finishBody()
        }
        #expect(
            text == "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n"
                + "13\r\nhello, world, hello\r\n1\r\nx\r\n0\r\n\r\n"
        )
    }

    @Test func aStreamToHTTP10EndsWithTheConnection() {
        let text = Self.written {
            let exchange = HTTPExchange(isHead: false, isHTTP11: false, keepsAlive: true)
            let closes = $0.begin(HTTPReply(status: 200), to: exchange, closes: false)
            #expect(closes)
            $0.writeBody(ByteBuffer(string: "x"))
            $0.finishBody()
        }
        #expect(text == "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nx")
    }

    @Test func aStreamToHEADHasNoBody() {
        let text = Self.written {
            _ = $0.begin(HTTPReply(status: 200), to: HTTPExchange(isHead: true), closes: false)
            $0.writeBody(ByteBuffer(string: "x"))
            $0.finishBody()
        }
        #expect(text.hasSuffix("\r\n\r\n"))
    }

    @Test func repliesThatWouldSplitTheResponseAreInvalid() {
        #expect(!HTTPReply(status: 200, headers: [("A", "b\r\nC: d")]).isValid)
        #expect(!HTTPReply(status: 200, headers: [("A b", "c")]).isValid)
        #expect(!HTTPReply(status: 101).isValid)
        #expect(!HTTPReply(status: 1000).isValid)
        #expect(HTTPReply(status: 200, headers: [("A", "b")]).isValid)
    }
}
