import Glibc
import HTTPServing
import ServiceRuntime
import Testing

@testable import WorkerRuntime

@Suite struct LinkListenerTests {
    private func withPath(_ body: (String) throws -> Void) throws {
        var template = Array("/tmp/dialtone-XXXXXX".utf8CString)
        // mkdtemp writes the name into the array, which is null-terminated.
        try #require(unsafe mkdtemp(&template) != nil)
        let directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer {
            // The paths are borrowed for the calls.
            _ = unsafe unlink(directory + "/s")
            _ = unsafe rmdir(directory)
        }
        try body(directory + "/s")
    }

    @Test func `a socket is made for owner and group, whatever the mask`() throws {
        try withPath { path in
            let listener = try LinkListener.open(path)
            defer { close(listener.descriptor) }
            var status = stat()
            // The kernel fills the structure that is passed; the path is borrowed for the call.
            #expect(unsafe stat(path, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o660)
        }
    }

    @Test func `a path left by a dead process is replaced, a live one is not`() throws {
        try withPath { path in
            close(try LinkListener.open(path).descriptor)
            let listener = try LinkListener.open(path)
            defer { close(listener.descriptor) }
            #expect(throws: StartupFailure(.unavailable, "another process listens on \(path)")) {
                try LinkListener.open(path)
            }
        }
    }

    @Test func `a path that is no socket is left alone`() throws {
        try withPath { path in
            // The path is borrowed for the call.
            close(unsafe open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600))
            #expect(throws: StartupFailure(.configuration, "\(path) exists and is not a socket")) {
                try LinkListener.open(path)
            }
        }
    }

    @Test func `only the file that was made here is removed`() throws {
        try withPath { path in
            // While the socket is open its file's number is not given to another.
            let own = try LinkListener.open(path)
            defer { close(own.descriptor) }
            // The path is borrowed for the call.
            #expect(unsafe unlink(path) == 0)
            let other = try LinkListener.open(path)
            defer { close(other.descriptor) }
            own.removeFile()
            // The path is borrowed for the calls.
            #expect(unsafe access(path, F_OK) == 0)
            other.removeFile()
            #expect(unsafe access(path, F_OK) != 0)
        }
    }

    @Test func `a path too long for a socket is refused`() throws {
        try withPath { path in
            let long = path + String(repeating: "x", count: 108)
            #expect(throws: StartupFailure(.configuration, "\(long) is too long for a socket's path")) {
                try LinkListener.open(long)
            }
        }
    }
}
