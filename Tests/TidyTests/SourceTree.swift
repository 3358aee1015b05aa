import Foundation

/// The project's Swift files as text.
struct SourceTree {
    /// One file.
    struct File {
        /// The path below the project's root.
        let path: String

        /// The lines.
        let lines: [Substring]

        /// The modules the file imports.
        var imports: [String] {
            lines.compactMap { line in
                let words = line.split(separator: " ").drop {
                    ["package", "private", "public", "internal"].contains($0)
                }
                guard words.first == "import", line.first?.isWhitespace == false else { return nil }
                return words.last.map(String.init)
            }
        }
    }

    /// The folder that holds `Package.swift`.
    static let root: URL = {
        var folder = URL(fileURLWithPath: #filePath)
        while !FileManager.default.fileExists(atPath: folder.appendingPathComponent("Package.swift").path) {
            guard folder.path != "/" else { break }
            folder.deleteLastPathComponent()
        }
        return folder
    }()

    /// The Swift files below a folder of the project.
    static func files(below folder: String) throws -> [File] {
        let base = root.appendingPathComponent(folder)
        return try FileManager.default.subpathsOfDirectory(atPath: base.path)
            .filter { $0.hasSuffix(".swift") }
            .sorted()
            .map { path in
                let text = try String(contentsOf: base.appendingPathComponent(path), encoding: .utf8)
                return File(
                    path: folder + "/" + path,
                    lines: text.split(separator: "\n", omittingEmptySubsequences: false)
                )
            }
    }
}
