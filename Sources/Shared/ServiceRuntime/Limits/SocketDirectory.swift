internal import Glibc

/// The directories that hold our Unix sockets.
///
/// Under systemd tmpfiles.d makes them; without it each process makes its own.
package enum SocketDirectory {
    /// The mode of a directory made here: its group may look sockets up in it.
    static let mode: mode_t = 0o750

    /// Makes the directory of a socket's path, and those above it, if they are missing.
    ///
    /// - Throws: ``StartupFailure`` if it cannot be made.
    package static func make(forSocket path: String) throws(StartupFailure) {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
        let directory = String(path[..<slash])
        // The paths are borrowed for the calls.
        if unsafe access(directory, F_OK) == 0 { return }
        try make(forSocket: directory)
        guard unsafe mkdir(directory, mode) == 0 || errno == EEXIST else {
            throw StartupFailure(.unavailable, "cannot make directory \(directory): error \(errno)")
        }
    }
}
