import FoundationEssentials
import Subprocess
import Testing

@Suite("dialtone check")
struct CheckCommandTests {
    private let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")

    private func check(_ configuration: String) async throws -> (status: TerminationStatus, output: String) {
        // The executables are beside the tests' own.
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let folder = tests.split(separator: "/").dropLast().joined(separator: "/")
        let result = try await run(
            .name("env"),
            arguments: ["/\(folder)/dialtone", "check", "--config", configuration],
            output: .string(limit: 65_536)
        )
        return (result.terminationStatus, result.standardOutput)
    }

    @Test("the shipped example is good: one line, exit code 0")
    func good() async throws {
        let (status, output) = try await check(root + "/deploy/config")
        #expect(status == .exited(0))
        #expect(
            output == root + "/deploy/config is valid: 1 agent (receptionist), default receptionist, "
                + "listening on 127.0.0.1:8080, reached at https://voice.example.com\n"
        )
    }

    @Test("faults are told one a line, exit code 78")
    func bad() async throws {
        let (status, output) = try await check("/nonexistent/dialtone")
        #expect(status == .exited(78))
        let lines = output.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines.first == "/nonexistent/dialtone: cannot be read")
    }
}
