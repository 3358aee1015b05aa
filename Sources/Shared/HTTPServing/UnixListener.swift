internal import Glibc

/// A listening Unix socket and the file that leads to it; every socket of ours that has a path is made here.
package struct UnixListener: Sendable {
    /// The listening socket; not closed by this value.
    package let descriptor: Int32
    private let path: String
    private let device: dev_t
    private let inode: ino_t

    /// Removes the socket's file, unless another has taken its place.
    ///
    /// To be called while the socket is open, since the number of a file that is gone can be given to a new one.
    package func removeFile() {
        guard let status = try? Self.status(of: self.path), status.st_dev == self.device,
            status.st_ino == self.inode
        else { return }
        // unlink only reads the string, which outlives the call.
        unsafe unlink(self.path)
    }

    /// Makes a bound, listening, close-on-exec socket at `path` with `mode`.
    ///
    /// The socket file never has wider access than `mode`, not even for a moment. A socket file in its place is
    /// removed if nobody answers there; one with a full backlog belongs to somebody, too.
    ///
    /// - Parameters:
    ///   - path: at most 107 bytes, in a directory that exists.
    ///   - mode: who may connect, whatever the process's mask.
    ///   - backlog: connections that may wait to be accepted.
    /// - Returns: the socket, non-blocking.
    /// - Throws: `ListenError`; nothing is left open or behind.
    package static func open(path: String, mode: UInt32, backlog: Int32) throws(ListenError) -> UnixListener {
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
            guard let status = try self.status(of: path) else { throw self.failure("lstat", path) }
            return UnixListener(descriptor: descriptor, path: path, device: status.st_dev, inode: status.st_ino)
        } catch {
            close(descriptor)
            throw error
        }
    }

    private static func removeStale(_ path: String, _ address: inout sockaddr_un) throws(ListenError) {
        guard let status = try self.status(of: path) else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else { throw .notASocket(path) }
        let probe = try self.makeSocket(path)
        defer { close(probe) }
        // connect only reads the address while it runs.
        guard unsafe self.withAddress(&address, { unsafe connect(probe, $0, $1) }) != 0, errno != EAGAIN else {
            throw .pathInUse(path)
        }
        guard errno == ECONNREFUSED else { throw self.failure("connect", path) }
        // unlink only reads the string, which outlives the call.
        guard unsafe unlink(path) == 0 || errno == ENOENT else { throw self.failure("unlink", path) }
    }

    /// What stands at the path; nil if nothing does.
    private static func status(of path: String) throws(ListenError) -> stat? {
        var status = stat()
        // lstat writes one stat structure, whose storage is given.
        if unsafe lstat(path, &status) == 0 { return status }
        guard errno == ENOENT else { throw self.failure("lstat", path) }
        return nil
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
