import Glibc
import Observability
import Testing

@Suite struct CredentialsTests {
    /// A directory of its own with one file in it, removed afterwards.
    private func withCredential<Result>(_ name: String, _ text: String, _ body: (String) throws -> Result) throws
        -> Result
    {
        var template = Array("/tmp/dialtone-credentials-XXXXXX".utf8CString)
        // mkdtemp writes the name into the array, which is null-terminated.
        try #require(unsafe mkdtemp(&template) != nil)
        let directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let path = directory + "/" + name
        // The path is borrowed for the call.
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        try #require(descriptor >= 0)
        let bytes = Array(text.utf8)
        // The bytes are borrowed for the call.
        let written = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
        #expect(written == bytes.count)
        close(descriptor)
        defer {
            // The paths are borrowed for the calls.
            _ = unsafe unlink(path)
            _ = unsafe rmdir(directory)
        }
        return try body(directory)
    }

    @Test func `systemd's credential file wins over the environment and is trimmed`() throws {
        try withCredential("deepgram_api_key", " from-file\n") { directory in
            let environment: Environment = ["CREDENTIALS_DIRECTORY": directory, "DEEPGRAM_API_KEY": "from-environment"]
            #expect(Credentials.load(["DEEPGRAM_API_KEY"], environment: environment)?.reveal() == "from-file")
        }
    }

    @Test func `the environment is the fallback`() throws {
        try withCredential("other", "x") { directory in
            let environment: Environment = ["CREDENTIALS_DIRECTORY": directory, "DEEPGRAM_API_KEY": "env"]
            #expect(Credentials.load(["DEEPGRAM_API_KEY"], environment: environment)?.reveal() == "env")
        }
    }

    @Test func `names are tried in order and empty credentials count as missing`() throws {
        try withCredential("first_key", "\n") { directory in
            let environment: Environment = [
                "CREDENTIALS_DIRECTORY": directory, "FIRST_KEY": "", "SECOND_KEY": "second", "THIRD_KEY": "third",
            ]
            let secret = Credentials.load(["FIRST_KEY", "SECOND_KEY", "THIRD_KEY"], environment: environment)
            #expect(secret?.reveal() == "second")
        }
    }

    @Test func `nothing is found under a name that is no name`() {
        let environment: Environment = ["CREDENTIALS_DIRECTORY": "/etc", "../hostname": "x", "": "y"]
        #expect(Credentials.load(["../hostname", "", "a/b"], environment: environment) == nil)
    }

    @Test func `a credential of unreasonable size is not read`() throws {
        try withCredential("big", String(repeating: "k", count: Credentials.maximumBytes + 1)) { directory in
            #expect(Credentials.load(["BIG"], environment: ["CREDENTIALS_DIRECTORY": directory]) == nil)
        }
    }
}
