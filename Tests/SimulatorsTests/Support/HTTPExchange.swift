import AsyncHTTPClient
import JSONText
import NIOCore
import NIOHTTP1

/// The answer to a test's HTTP request, with the server-sent events of its body.
struct HTTPExchange {
    let status: Int
    let headers: HTTPHeaders
    let text: String

    var json: JSONValue? { try? JSONValue.parse(self.text) }

    /// The events of the body: the name (empty when there is none) and the data.
    var events: [(name: String, data: JSONValue)] {
        self.text.split(separator: "\n\n").compactMap { block in
            var name = ""
            var data = ""
            for line in block.split(separator: "\n") {
                if line.hasPrefix("event: ") { name = String(line.dropFirst(7)) }
                if line.hasPrefix("data: ") { data = String(line.dropFirst(6)) }
            }
            guard !data.isEmpty else { return nil }
            return (name, (try? JSONValue.parse(data)) ?? .string(data))
        }
    }

    /// Posts JSON and reads the whole answer.
    static func post(_ url: String, _ body: JSONValue, headers: [(String, String)]) async throws -> HTTPExchange {
        try await self.send(.POST, url, body.serialized(), headers: headers)
    }

    /// Sends a request and reads the whole answer.
    static func send(
        _ method: HTTPMethod,
        _ url: String,
        _ body: String? = nil,
        headers: [(String, String)]
    ) async throws -> HTTPExchange {
        var request = HTTPClientRequest(url: url)
        request.method = method
        request.headers = HTTPHeaders(headers)
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
        let bytes = try await response.body.collect(upTo: 1 << 20)
        return HTTPExchange(
            status: Int(response.status.code),
            headers: response.headers,
            text: String(buffer: bytes)
        )
    }

    /// Sends a request and goes away after the first bytes of the answer.
    static func abandon(_ url: String, _ body: JSONValue, headers: [(String, String)]) async throws {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers = HTTPHeaders(headers)
        request.body = .bytes(ByteBuffer(string: body.serialized()))
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
        for try await _ in response.body { return }
    }
}
