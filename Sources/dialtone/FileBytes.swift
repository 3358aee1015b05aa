import Glibc
import SystemPackage

/// Files read and written whole.
enum FileBytes {
    /// The largest file taken, bytes.
    static let maximum = 64 << 20

    /// Reads a file.
    ///
    /// - Throws: `Errno`, or ``FileTooLarge``.
    static func read(_ path: String) throws -> [UInt8] {
        let file = try FileDescriptor.open(FilePath(path), .readOnly)
        defer { try? file.close() }
        var bytes: [UInt8] = []
        while bytes.count <= maximum {
            let chunk = unsafe try [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
                // The buffer has room for what is asked for.
                count = unsafe try file.read(into: UnsafeMutableRawBufferPointer(buffer))
            }
            if chunk.isEmpty { return bytes }
            bytes.append(contentsOf: chunk)
        }
        throw FileTooLarge(path: path)
    }

    /// Writes a file, replacing what was there.
    ///
    /// - Throws: `Errno`.
    static func write(_ bytes: [UInt8], to path: String) throws {
        let file = try FileDescriptor.open(
            FilePath(path),
            .writeOnly,
            options: [.create, .truncate],
            permissions: [.ownerReadWrite, .groupRead, .otherRead]
        )
        try file.closeAfter { _ = try file.writeAll(bytes) }
    }

    /// Makes a folder; its parent must be there.
    ///
    /// - Throws: `Errno`.
    static func makeFolder(_ path: String) throws {
        // mkdir reads the path's bytes, which live through the call.
        guard unsafe mkdir(path, 0o755) != 0, errno != EEXIST else { return }
        throw Errno(rawValue: errno)
    }
}

/// A file over the limit of 64 MiB.
struct FileTooLarge: Error, CustomStringConvertible {
    let path: String

    var description: String { "\(path) is larger than \(FileBytes.maximum >> 20) MiB" }
}

/// The variables this process was started with.
enum ProcessEnvironment {
    /// A variable's value; nil when it is not set or empty.
    static func value(_ name: String) -> String? {
        // getenv's text is copied at once; nothing in this process changes the environment.
        guard let found = unsafe getenv(name) else { return nil }
        let value = unsafe String(cString: found)
        return value.isEmpty ? nil : value
    }
}
