internal import Glibc

/// Makes the listening Unix socket of a path.
enum UnixListener {
    /// A bound, listening, close-on-exec socket at `path` with `mode`.
    ///
    /// The socket file never has wider access than `mode`, not even for a moment. A socket file in its place is
    /// removed if nobody answers there.
    ///
    /// - Throws: `ListenError`; nothing is left open or behind.
    static func open(path: String, mode: UInt32, backlog: Int32) throws(ListenError) -> Int32 {
        var address = try self.address(path)
        try self.removeStale(path, &address)
        let descriptor = try self.makeSocket(path)
        do throws(ListenError) {
            // On Linux the file takes the mode of the socket at the time of bind, which umask may narrow.
            guard fchmod(descriptor, mode) == 0 else { throw self.failure("fchmod", path) }
            // bind only reads the address while it runs.
            guard unsafe self.withAddress(&address, { unsafe bind(descriptor, $0, $1) }) == 0 else {
                throw self.failure("bind", path)
            }
            // chmod only reads the string, which outlives the call.
            guard unsafe chmod(path, mode) == 0 else { throw self.failure("chmod", path) }
            guard listen(descriptor, backlog) == 0 else { throw self.failure("listen", path) }
            return descriptor
        } catch {
            close(descriptor)
            throw error
        }
    }

    private static func removeStale(_ path: String, _ address: inout sockaddr_un) throws(ListenError) {
        var status = stat()
        // lstat writes one stat structure, whose storage is given.
        guard unsafe lstat(path, &status) == 0 else {
            guard errno == ENOENT else { throw self.failure("lstat", path) }
            return
        }
        guard status.st_mode & S_IFMT == S_IFSOCK else { throw .notASocket(path) }
        let probe = try self.makeSocket(path)
        defer { close(probe) }
        // connect only reads the address while it runs.
        guard unsafe self.withAddress(&address, { unsafe connect(probe, $0, $1) }) != 0, errno == ECONNREFUSED else {
            throw .pathInUse(path)
        }
        // unlink only reads the string, which outlives the call.
        guard unsafe unlink(path) == 0 || errno == ENOENT else { throw self.failure("unlink", path) }
    }

    private static func makeSocket(_ path: String) throws(ListenError) -> Int32 {
        let type = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(AF_UNIX, type, 0)
        guard descriptor >= 0 else { throw self.failure("socket", path) }
        return descriptor
    }

    private static func address(_ path: String) throws(ListenError) -> sockaddr_un {
        var address = sockaddr_un()
        let bytes = Array(path.utf8)
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard !bytes.isEmpty, bytes.count < room, !bytes.contains(0) else { throw .pathMalformed(path) }
        address.sun_family = sa_family_t(AF_UNIX)
        // The path was checked to be shorter than the array, whose rest stays zero.
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        return address
    }

    private static func withAddress(
        _ address: inout sockaddr_un,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        // Every socket call takes the address by its generic head and its true size.
        unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    private static func failure(_ call: String, _ path: String) -> ListenError {
        .system(call: call, path: path, errno: errno)
    }
}
