package import WorkerProtocol

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// One worker instance's socket as found in the run directory.
package struct WorkerSocket: Sendable, Hashable {
    /// The role, from the directory's name.
    package var role: WorkerRole

    /// The instance, from the file's name without `.sock`.
    package var instance: String

    /// The socket's path.
    package var path: String

    /// The file's inode number: another one means a fresh worker.
    package var inode: UInt64

    /// Describes a socket.
    package init(role: WorkerRole, instance: String, path: String, inode: UInt64) {
        self.role = role
        self.instance = instance
        self.path = path
        self.inode = inode
    }
}

/// Finds the workers of a host: every `<run-dir>/{stt,llm,tts}/<instance>.sock`.
package struct WorkerSocketDirectory: Sendable {
    /// Instances of one role that are looked at; more are passed over.
    package static let maximumInstancesPerRole = 64

    /// The run directory.
    package let path: String

    /// Names the run directory; it need not exist yet.
    package init(path: String) {
        self.path = path
    }

    /// Lists the sockets there are now, sorted; blocking, so not for an event loop.
    package func scan() -> [WorkerSocket] {
        WorkerRole.allCases.flatMap(sockets)
    }

    private func sockets(of role: WorkerRole) -> [WorkerSocket] {
        let directory = path + "/" + role.rawValue
        let names = Self.names(in: directory).filter { $0.hasSuffix(".sock") && $0.utf8.count > 5 }.sorted()
        return names.prefix(Self.maximumInstancesPerRole).compactMap { name -> WorkerSocket? in
            let path = directory + "/" + name
            guard let inode = Self.socketInode(path) else { return nil }
            return WorkerSocket(role: role, instance: String(name.dropLast(5)), path: path, inode: inode)
        }
    }

    private static func names(in directory: String) -> [String] {
        // The stream is ours alone until it is closed, and each entry is copied before the next is read.
        guard let stream = unsafe opendir(directory) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe names.append(String(decoding: bytes.prefix(while: { $0 != 0 }), as: UTF8.self))
            }
        }
        return names
    }

    private static func socketInode(_ path: String) -> UInt64? {
        var status = stat()
        // `stat` fills the struct it is given and keeps no pointer to it.
        guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return nil }
        return UInt64(status.st_ino)
    }
}
