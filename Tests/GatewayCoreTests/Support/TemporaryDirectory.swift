import FoundationEssentials

/// A directory of a test's own, with a path short enough for Unix sockets.
struct TemporaryDirectory {
    let path: String

    init() throws {
        path = "/tmp/dt-\(UInt32.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    func makeDirectory(_ name: String) throws {
        try FileManager.default.createDirectory(atPath: path + "/" + name, withIntermediateDirectories: true)
    }

    func write(_ text: String, to name: String) throws {
        if let slash = name.lastIndex(of: "/") { try makeDirectory(String(name[..<slash])) }
        guard FileManager.default.createFile(atPath: path + "/" + name, contents: Data(text.utf8)) else {
            throw CannotWrite(path: name)
        }
    }

    func remove() {
        try? FileManager.default.removeItem(atPath: path)
    }

    struct CannotWrite: Error {
        let path: String
    }
}
