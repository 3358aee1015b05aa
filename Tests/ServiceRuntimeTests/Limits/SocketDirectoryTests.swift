import Glibc
import ServiceRuntime
import Testing

@Suite struct SocketDirectoryTests {
    @Test func `directories above a socket are made for owner and group`() throws {
        let root = try TemporaryDirectory()
        try SocketDirectory.make(forSocket: root.path + "/run/stt/1.sock")
        try SocketDirectory.make(forSocket: root.path + "/run/stt/2.sock")
        var status = stat()
        // The kernel fills the structure that is passed; the paths are borrowed for the calls.
        #expect(unsafe stat(root.path + "/run/stt", &status) == 0)
        #expect(status.st_mode & 0o007 == 0)
        _ = unsafe rmdir(root.path + "/run/stt")
        _ = unsafe rmdir(root.path + "/run")
    }

    @Test func `what cannot be made is said with its path`() throws {
        let root = try TemporaryDirectory()
        let file = root.path + "/file"
        // The path is borrowed for the call.
        close(unsafe open(file, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600))
        #expect(throws: StartupFailure.self) { try SocketDirectory.make(forSocket: file + "/stt/1.sock") }
    }

    @Test func `the descriptor limit is raised to the hard one and stays there`() {
        let raised = FileDescriptorLimit.raise()
        #expect(raised > 0)
        #expect(FileDescriptorLimit.raise() == raised)
    }
}
