internal import Glibc

/// Finds credentials: systemd's credential files first, then the environment.
///
/// `LoadCredential=deepgram_api_key:…` in a unit makes `$CREDENTIALS_DIRECTORY/deepgram_api_key`, readable by that
/// service alone (systemd.exec, "Credentials"); the environment is for development.
package enum Credentials {
    /// The longest credential file that is read, in bytes: far above any API key, far below what would hurt.
    package static let maximumBytes = 64 * 1024

    /// The first credential found under one of the names, or `nil` if there is none.
    ///
    /// For each name, which is written as its environment variable (`DEEPGRAM_API_KEY`), the file
    /// `$CREDENTIALS_DIRECTORY/deepgram_api_key` is tried before the variable. White space around the text is removed;
    /// an empty credential counts as missing, so does a file that cannot be read. A name that is not made of ASCII
    /// letters, digits and underscores finds nothing.
    package static func load(_ names: [String], environment: Environment = .process) -> Secret? {
        for name in names where isName(name) {
            if let directory = environment["CREDENTIALS_DIRECTORY"],
                let text = contents(of: directory + "/" + name.lowercased()).map(trimmed), !text.isEmpty
            {
                return Secret(text)
            }
            if let text = environment[name].map(trimmed), !text.isEmpty {
                return Secret(text)
            }
        }
        return nil
    }

    private static func isName(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                    true
                default:
                    false
                }
            }
    }

    private static func trimmed(_ text: String) -> String {
        let space: (Character) -> Bool = { $0.isWhitespace || $0.isNewline }
        return String(text.drop(while: space).reversed().drop(while: space).reversed())
    }

    private static func contents(of path: String) -> String? {
        // The path is borrowed for the call.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while bytes.count <= maximumBytes {
            // The kernel writes at most `buffer.count` bytes into storage that lives for the call.
            let count = unsafe chunk.withUnsafeMutableBytes { buffer in
                unsafe read(descriptor, buffer.baseAddress, buffer.count)
            }
            if count < 0 { return nil }
            if count == 0 { return String(validating: bytes, as: UTF8.self) }
            bytes.append(contentsOf: chunk[..<count])
        }
        return nil
    }
}
