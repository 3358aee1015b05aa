import Glibc
import HTTPServing
import NIOCore
import NIOPosix
import Testing

@Suite(.timeLimit(.minutes(2)))
struct ListenAddressTests {
    private static let ok: @Sendable (HTTPRequest, HTTPResponder) -> Void = { request, responder in
        responder.reply(status: 200, body: "<\(request.remoteAddress ?? "nobody")>")
    }

    private static func start(_ address: ListenAddress) async throws -> HTTPServer {
        try await HTTPServer.start(on: address, group: MultiThreadedEventLoopGroup.singleton, handler: self.ok)
    }

    /// Runs `body` with a fresh directory, which is removed with all in it.
    private static func withDirectory(_ body: (String) async throws -> Void) async throws {
        var template = Array("/tmp/dialtone-XXXXXX".utf8CString)
        // mkdtemp replaces the X's in place and keeps the terminating zero.
        try #require(unsafe mkdtemp(&template) != nil)
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer {
            for name in ["a.sock", "b.sock"] {
                // unlink only reads the path.
                unsafe unlink(path + "/" + name)
            }
            // rmdir only reads the path.
            unsafe rmdir(path)
        }
        try await body(path)
    }

    private static func status(of path: String) -> stat? {
        var status = stat()
        // lstat writes one stat structure, whose storage is given.
        return unsafe lstat(path, &status) == 0 ? status : nil
    }

    private static func answer(_ client: RawClient) async throws -> String {
        try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        return await client.read(until: ">")
    }

    @Test(arguments: [0o600, 0o660, 0o666] as [UInt32])
    func aUnixSocketHasItsModeAndGoesWithTheServer(mode: UInt32) async throws {
        try await Self.withDirectory { directory in
            let path = directory + "/a.sock"
            let server = try await Self.start(.unix(path: path, mode: mode))
            #expect(Self.status(of: path).map { $0.st_mode & 0o777 } == mode)
            let client = try await RawClient.connect(path: path)
            #expect(try await Self.answer(client).hasSuffix("<nobody>"))
            await server.close()
            #expect(Self.status(of: path) == nil)
        }
    }

    @Test func aSocketWhereNobodyAnswersIsReplaced() async throws {
        try await Self.withDirectory { directory in
            let path = directory + "/a.sock"
            let first = try await Self.start(.unix(path: path))
            // The file outlives its server under another name, as after a crash.
            // rename only reads the paths.
            try #require(unsafe rename(path, directory + "/b.sock") == 0)
            await first.close()
            // rename only reads the paths.
            try #require(unsafe rename(directory + "/b.sock", path) == 0)
            let second = try await Self.start(.unix(path: path))
            #expect(try await Self.answer(RawClient.connect(path: path)).hasSuffix("<nobody>"))
            await second.close()
        }
    }

    @Test func aSocketWhereSomebodyAnswersIsLeftAlone() async throws {
        try await Self.withDirectory { directory in
            let path = directory + "/a.sock"
            let first = try await Self.start(.unix(path: path))
            await #expect(throws: ListenError.pathInUse(path)) { try await Self.start(.unix(path: path)) }
            #expect(try await Self.answer(RawClient.connect(path: path)).hasSuffix("<nobody>"))
            await first.close()
        }
    }

    @Test func theSocketOfASuccessorIsLeftAlone() async throws {
        try await Self.withDirectory { directory in
            let path = directory + "/a.sock"
            let first = try await Self.start(.unix(path: path))
            // unlink only reads the path.
            try #require(unsafe unlink(path) == 0)
            let second = try await Self.start(.unix(path: path))
            await first.close()
            #expect(try await Self.answer(RawClient.connect(path: path)).hasSuffix("<nobody>"))
            await second.close()
        }
    }

    @Test func whatIsNoSocketIsLeftAlone() async throws {
        try await Self.withDirectory { directory in
            await #expect(throws: ListenError.notASocket(directory)) {
                try await Self.start(.unix(path: directory))
            }
            let long = directory + "/" + String(repeating: "a", count: 108 - directory.utf8.count)
            await #expect(throws: ListenError.pathMalformed(long)) { try await Self.start(.unix(path: long)) }
            await #expect(throws: ListenError.pathMalformed("")) { try await Self.start(.unix(path: "")) }
        }
    }

    @Test func anInheritedSocketIsServed() async throws {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        try #require(descriptor >= 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        // bind reads one sockaddr_in, whose storage is given.
        let status = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(status == 0)
        try #require(listen(descriptor, 1) == 0)
        let server = try await Self.start(.descriptor(descriptor))
        #expect(server.port > 0)
        #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0)
        #expect(try await Self.answer(RawClient.connect(port: server.port)).contains("<127.0.0.1:"))
        await server.close()
    }

    @Test func aDescriptorThatIsNoSocketFails() async throws {
        await #expect(throws: ListenError.notASocket("descriptor 1000000")) {
            try await Self.start(.descriptor(1_000_000))
        }
    }
}
