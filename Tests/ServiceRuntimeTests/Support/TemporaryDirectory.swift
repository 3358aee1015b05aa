import Glibc

/// A directory of a test's own, short enough for socket paths; removed with what is in it, one level deep.
final class TemporaryDirectory: Sendable {
    struct CannotMake: Error {}

    let path: String

    init() throws {
        var template = Array("/tmp/dialtone-XXXXXX".utf8CString)
        // mkdtemp writes the name into the array, which is null-terminated.
        guard unsafe mkdtemp(&template) != nil else { throw CannotMake() }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        // The stream and its entries are used only while it is open; names are copied.
        if let stream = unsafe opendir(path) {
            while let entry = unsafe readdir(stream) {
                let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                    unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                }
                if name != ".", name != ".." { _ = unsafe unlink(path + "/" + name) }
            }
            _ = unsafe closedir(stream)
        }
        _ = unsafe rmdir(path)
    }
}
