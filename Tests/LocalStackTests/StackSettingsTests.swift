import LocalStack
import Testing

@Suite struct StackSettingsTests {
    @Test func `the gateway comes first and every worker has its own socket`() {
        var settings = StackSettings(binaries: "/bin", configuration: "/etc/d", runDirectory: "/run/d")
        settings.instances = ["stt": 2, "llm": 1, "tts": 0]
        settings.listen = "127.0.0.1:9"
        settings.insecureSkipSignature = true
        let children = settings.children
        #expect(children.map(\.name) == ["gateway", "stt-1", "stt-2", "llm-1"])
        #expect(children[0].arguments.contains("--insecure-skip-signature"))
        #expect(children[2].arguments.starts(with: ["--socket", "/run/d/stt/2.sock", "--instance", "2"]))
        #expect(children[2].executable == "/bin/dialtone-stt")
    }

    @Test func `a process that lived is restarted at once and one that dies young waits longer each time`() {
        var policy = RestartPolicy()
        let delays = [10_000, 100, 100, 100, 100, 100, 100, 100, 100, 10_000, 100].map { policy.delay(afterLiving: $0) }
        #expect(delays == [0, 0, 200, 400, 800, 1600, 3200, 5000, 5000, 0, 0])
    }

    @Test func `a run directory too long for a socket is refused`() {
        let path = "/" + String(repeating: "x", count: 90)
        let stack = LocalStack(settings: StackSettings(binaries: "", configuration: "", runDirectory: path)) { _ in }
        #expect(throws: StackError.pathTooLong(path)) { try stack.start() }
    }
}
