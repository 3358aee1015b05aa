internal import NIOCore
package import NIOSSL
internal import Synchronization

/// The TLS settings of outgoing connections: TLS 1.2 or later, full verification, one context shared by all.
package enum ClientTLS {
    /// The context for the system's trust roots under nil, else for the roots in a PEM file.
    private static let contexts = Mutex<[String?: NIOSSLContext]>([:])

    /// The shared context; the first call reads the trust roots from disk, which takes milliseconds.
    ///
    /// - Throws: `NIOSSLError` if the trust roots cannot be read.
    package static func context(trustRootsFile: String? = nil) throws -> NIOSSLContext {
        try self.contexts.withLock { contexts in
            if let context = contexts[trustRootsFile] { return context }
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.minimumTLSVersion = .tlsv12
            configuration.applicationProtocols = ["http/1.1"]
            configuration.shutdownTimeout = .milliseconds(500)
            if let trustRootsFile { configuration.trustRoots = .file(trustRootsFile) }
            let context = try NIOSSLContext(configuration: configuration)
            contexts[trustRootsFile] = context
            return context
        }
    }
}
