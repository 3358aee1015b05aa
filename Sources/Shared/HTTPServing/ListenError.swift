internal import Glibc

/// Why no server could be started at an address.
package enum ListenError: Error, Equatable, CustomStringConvertible {
    /// A live process answers at the Unix path.
    case pathInUse(String)
    /// What stands at the Unix path, or the descriptor, is not a stream socket.
    case notASocket(String)
    /// The Unix path is empty or longer than the system allows (107 bytes).
    case pathMalformed(String)
    /// A system call failed.
    case system(call: String, path: String, errno: Int32)

    package var description: String {
        switch self {
        case .pathInUse(let path): return "\(path): another process listens there"
        case .notASocket(let path): return "\(path): is not a stream socket"
        case .pathMalformed(let path): return "\(path): not a usable socket path"
        case .system(let call, let path, let number):
            // strerror's text is copied before anything else can call it on this thread.
            let text = unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
            return "\(path): \(call): \(text)"
        }
    }
}
