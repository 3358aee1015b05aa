import Logging
import Testing
import WorkerRuntime

@Suite struct WorkerOptionsTests {
    @Test func `what is not given has its default`() throws {
        let options = try WorkerOptions.parse(socket: "/run/dialtone/stt/1.sock")
        #expect(options.socketPath == "/run/dialtone/stt/1.sock")
        #expect(options.instance == "1")
        #expect(options.capacity == 200)
        #expect(options.adminPath == nil)
        #expect(options.logLevel == .info)
        #expect(options.drainSeconds == 20)
    }

    @Test func `what is given is taken`() throws {
        let options = try WorkerOptions.parse(
            socket: "/s",
            instance: "blue-2",
            capacity: 1,
            admin: "/a",
            logLevel: "debug",
            drainSeconds: 0
        )
        #expect(options.instance == "blue-2")
        #expect(options.capacity == 1)
        #expect(options.adminPath == "/a")
        #expect(options.logLevel == .debug)
        #expect(options.drainSeconds == 0)
    }

    @Test func `a path fits a Unix socket, to the byte`() throws {
        let longest = "/" + String(repeating: "x", count: WorkerOptions.maximumPathBytes - 1)
        #expect(try WorkerOptions.parse(socket: longest).socketPath == longest)
        #expect(throws: WorkerOptionsError.badPath(option: "--socket", maximumBytes: 103)) {
            try WorkerOptions.parse(socket: longest + "x")
        }
        #expect(throws: WorkerOptionsError.badPath(option: "--admin", maximumBytes: 103)) {
            try WorkerOptions.parse(socket: "/s", admin: "")
        }
    }

    @Test func `nonsense is refused with what is allowed`() {
        #expect(throws: WorkerOptionsError.badInstance("a/b")) {
            try WorkerOptions.parse(socket: "/s", instance: "a/b")
        }
        #expect(throws: WorkerOptionsError.badInstance("")) { try WorkerOptions.parse(socket: "/s", instance: "") }
        #expect(throws: WorkerOptionsError.badLogLevel("loud")) {
            try WorkerOptions.parse(socket: "/s", logLevel: "loud")
        }
        for capacity in [0, WorkerOptions.maximumCapacity + 1] {
            #expect(throws: WorkerOptionsError.self) { try WorkerOptions.parse(socket: "/s", capacity: capacity) }
        }
        #expect(
            WorkerOptionsError.badLogLevel("loud").description
                == "--log-level: \"loud\" is unknown; allowed: trace, debug, info, notice, warning, error, critical"
        )
    }
}
