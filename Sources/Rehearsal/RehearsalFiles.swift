import FoundationEssentials
import Glibc
import SystemPackage

/// The few files a rehearsal writes, below a folder of its own.
enum RehearsalFiles {
    static func makeFolder(_ path: String) throws {
        // mkdir reads the path's bytes, which live through the call.
        guard unsafe mkdir(path, 0o755) != 0 else { return }
        throw Errno(rawValue: errno)
    }

    static func write(_ text: String, to path: String) throws {
        let file = try FileDescriptor.open(
            FilePath(path),
            .writeOnly,
            options: [.create, .truncate],
            permissions: [.ownerReadWrite]
        )
        try file.closeAfter { _ = try file.writeAll(text.utf8) }
    }

    /// Removes the folder and what a rehearsal put into it; what is left is in `/tmp`.
    static func remove(_ folder: String) { try? FileManager.default.removeItem(atPath: folder) }
}
