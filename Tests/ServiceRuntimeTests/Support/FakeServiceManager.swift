import Glibc
import NIOCore
import NIOPosix

/// The service manager's end of the notify socket: a Unix datagram socket in a directory of its own.
final class FakeServiceManager: Sendable {
    struct Failed: Error {
        let what: String
    }

    let directory: TemporaryDirectory
    let path: String
    private let descriptor: CInt

    /// Binds the socket; with `isAbstract` in the abstract namespace.
    init(isAbstract: Bool = false) throws {
        directory = try TemporaryDirectory()
        path = (isAbstract ? "@" : "") + directory.path + "/notify"
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(path.utf8)
        if isAbstract { bytes[0] = 0 }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count + (isAbstract ? 0 : 1))
        // The path is far shorter than `sun_path`; the address is borrowed for the call.
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let result = unsafe withUnsafePointer(to: address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe bind(descriptor, $0, length) }
        }
        guard result == 0 else { throw Failed(what: "bind") }
    }

    deinit {
        close(descriptor)
    }

    /// The lines of the next datagram, waited for off the test's thread.
    func next() async throws -> [String] {
        let descriptor = descriptor
        return try await NIOThreadPool.singleton.runIfActive {
            var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            // One structure, which outlives the call.
            guard unsafe poll(&request, 1, 20_000) == 1 else { throw Failed(what: "nothing came") }
            var bytes = [UInt8](repeating: 0, count: 4_096)
            // At most `bytes.count` bytes are written into storage that lives for the call.
            let count = unsafe bytes.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
            return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split(separator: "\n").map(String.init)
        }
    }

    /// Datagrams up to the first that has this line.
    func next(with line: String) async throws -> [String] {
        while true {
            let lines = try await next()
            if lines.contains(line) { return lines }
        }
    }
}
