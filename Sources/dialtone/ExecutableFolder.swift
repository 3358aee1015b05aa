import ArgumentParser
import Glibc
import SystemPackage

/// Where the other executables are: beside this one.
enum ExecutableFolder {
    /// The folder of the running executable.
    ///
    /// - Throws: `ValidationError` when `/proc` does not tell, or the gateway is not there.
    static func find() throws -> String {
        var bytes = [UInt8](repeating: 0, count: 4096)
        // readlink writes at most the count given and does not end the text with a zero.
        let count = unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe buffer.baseAddress.map { unsafe readlink("/proc/self/exe", $0, buffer.count) } ?? -1
        }
        guard count > 0 else { throw ValidationError("cannot read /proc/self/exe") }
        let path = FilePath(String(decoding: bytes[..<count], as: UTF8.self)).removingLastComponent().string
        guard unsafe access(path + "/dialtone-gateway", X_OK) == 0 else {
            throw ValidationError("dialtone-gateway is not beside dialtone in \(path)")
        }
        return path
    }
}
