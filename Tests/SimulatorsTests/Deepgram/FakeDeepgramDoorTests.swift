import JSONText
import NIOCore
import NIOPosix
import Simulators
import Testing
import WebSocketTransport

@Suite struct FakeDeepgramDoorTests {
    private static let listen = "/v1/listen?model=nova-3&encoding=mulaw&sample_rate=8000"
    private static let speak = "/v1/speak?model=aura-2-thalia-en&encoding=mulaw&sample_rate=8000"
    private let group = MultiThreadedEventLoopGroup.singleton

    private func start(_ change: (inout DeepgramSettings) -> Void = { _ in }) async throws -> FakeDeepgram {
        var settings = DeepgramSettings()
        change(&settings)
        return try await .start(group: self.group, settings: settings, voice: VoiceLibrary(engine: .tones))
    }

    /// The refusal of an upgrade; nil: it was let in.
    private func refusal(
        _ url: String,
        headers: [(String, String)] = [("Authorization", "Token secret"), ("User-Agent", "test")]
    ) async throws -> (status: Int, headers: [(String, String)], body: JSONValue)? {
        do {
            let socket = try await TestSocket.connect(url, headers: headers, on: self.group.next())
            socket.close()
            return nil
        } catch WebSocketConnectError.refused(let status, let headers, let body) {
            return (status, headers, (try? JSONValue.parse(body)) ?? .null)
        }
    }

    @Test(arguments: [
        ("Authorization", "Token secret"), ("Authorization", "token secret"), ("Authorization", "Bearer secret"),
        ("Sec-WebSocket-Protocol", "token, secret"),
    ])
    func `the credential is taken in each of its forms`(name: String, value: String) async throws {
        let fake = try await self.start { $0.apiKeys = ["secret"] }
        let headers = [(name, value), ("User-Agent", "test")]
        let socket = try await TestSocket.connect(fake.url + Self.listen, headers: headers, on: self.group.next())
        let echo = socket.headers.first { $0.0.lowercased() == "sec-websocket-protocol" }?.1
        #expect(echo == (name == "Authorization" ? nil : "token"))
        let id = socket.headers.first { $0.0.lowercased() == "dg-request-id" }?.1
        #expect(id?.count == 36)
        await fake.stop()
    }

    @Test(arguments: [
        [("User-Agent", "test")], [("Authorization", "secret"), ("User-Agent", "test")],
        [("Authorization", "Token wrong"), ("User-Agent", "test")],
        [("Authorization", "Basic secret"), ("User-Agent", "test")],
    ])
    func `any other credential is refused with 401`(headers: [(String, String)]) async throws {
        let fake = try await self.start { $0.apiKeys = ["secret"] }
        let refusal = try await self.refusal(fake.url + Self.listen, headers: headers)
        #expect(refusal?.status == 401)
        #expect(refusal?.body["err_code"] == "INVALID_AUTH")
        #expect(refusal?.body["err_msg"] == "Invalid credentials.")
        let names = refusal?.headers.map { $0.0.lowercased() } ?? []
        #expect(names.contains("dg-request-id") && names.contains("dg-error"))
        await fake.stop()
    }

    @Test func `an upgrade without User-Agent is refused`() async throws {
        let fake = try await self.start()
        let refusal = try await self.refusal(fake.url + Self.listen, headers: [("Authorization", "Token secret")])
        #expect(refusal?.status == 403)
        await fake.stop()
    }

    @Test func `a bad query says what is wrong in header and body`() async throws {
        let fake = try await self.start()
        let refusal = try await self.refusal(fake.url + Self.listen + "&interim_results=True")
        #expect(refusal?.status == 400)
        let text = refusal?.headers.first { $0.0.lowercased() == "dg-error" }?.1
        #expect(text?.hasPrefix("Failed to deserialize query parameters") == true)
        #expect(refusal?.body["err_msg"]?.stringValue == text)
        await fake.stop()
    }

    @Test func `the limit of each service is its own, and a closed connection frees its place`() async throws {
        let fake = try await self.start {
            $0.listenLimit = 1
            $0.speakLimit = 1
        }
        let first = try await TestSocket.connect(fake.url + Self.listen, on: self.group.next())
        #expect(try await self.refusal(fake.url + Self.listen)?.status == 429)
        #expect(try await self.refusal(fake.url + Self.speak) == nil)
        first.close()
        _ = try await fake.events.waitFor("closed") { if case .closed(1, _) = $0 { true } else { false } }
        #expect(try await self.refusal(fake.url + Self.listen) == nil)
        await fake.stop()
    }

    @Test(arguments: [401, 402, 403, 429, 500, 503])
    func `the next handshakes can be refused`(status: Int) async throws {
        let fake = try await self.start()
        fake.failHandshakes(of: .speak, with: .status(status))
        #expect(try await self.refusal(fake.url + Self.listen) == nil)
        #expect(try await self.refusal(fake.url + Self.speak)?.status == status)
        #expect(try await self.refusal(fake.url + Self.speak) == nil)
        await fake.stop()
    }

    @Test func `the next handshakes can hang or be cut`() async throws {
        let fake = try await self.start()
        let loop = self.group.next()
        fake.failHandshakes(of: .listen, with: .cut)
        await #expect(throws: WebSocketConnectError.self) {
            try await TestSocket.connect(fake.url + Self.listen, on: loop)
        }
        #expect(try await self.refusal(fake.url + Self.listen) == nil)
        fake.failHandshakes(of: .listen, with: .hang)
        let hanging = Task { try await TestSocket.connect(fake.url + Self.listen, on: loop) }
        _ = try await fake.events.waitFor("hang") { $0 == .ignored(.listen, .hang) }
        await fake.stop()
        await #expect(throws: WebSocketConnectError.self) { try await hanging.value }
    }

    @Test func `other paths do not exist`() async throws {
        let fake = try await self.start()
        #expect(try await self.refusal(fake.url + "/v3/listen")?.status == 404)
        await fake.stop()
    }
}
