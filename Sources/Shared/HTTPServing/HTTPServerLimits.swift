package import NIOCore

/// The bounds of an HTTP server; each is enforced and each breach has a defined answer.
package struct HTTPServerLimits: Sendable {
    /// Most bytes of request target, header names and header values together; more is answered 431.
    ///
    /// Default 16 KiB.
    package var maximumHeaderBytes: Int

    /// Most header fields of a request; more is answered 431.
    ///
    /// Default 100.
    package var maximumHeaderFields: Int

    /// Most bytes of a request's body; more is answered 413.
    ///
    /// Default 1 MiB.
    package var maximumBodyBytes: Int

    /// Longest time from a request's first byte to its last; more is answered 408.
    ///
    /// Default 10 s.
    package var requestTimeout: TimeAmount

    /// Longest time a connection may stay without a request; then it is closed.
    ///
    /// Default 75 s.
    package var idleTimeout: TimeAmount

    /// Most connections at a time, upgraded ones included; a further one is answered 503 and closed.
    ///
    /// Default 4096.
    package var maximumConnections: Int

    /// Most bytes of a reply that may wait to be sent; a stream beyond it is cut.
    ///
    /// Default 8 MiB.
    package var maximumBufferedBytes: Int

    /// Makes the limits.
    package init(
        maximumHeaderBytes: Int = 16 * 1024,
        maximumHeaderFields: Int = 100,
        maximumBodyBytes: Int = 1 << 20,
        requestTimeout: TimeAmount = .seconds(10),
        idleTimeout: TimeAmount = .seconds(75),
        maximumConnections: Int = 4096,
        maximumBufferedBytes: Int = 8 << 20
    ) {
        self.maximumHeaderBytes = maximumHeaderBytes
        self.maximumHeaderFields = maximumHeaderFields
        self.maximumBodyBytes = maximumBodyBytes
        self.requestTimeout = requestTimeout
        self.idleTimeout = idleTimeout
        self.maximumConnections = maximumConnections
        self.maximumBufferedBytes = maximumBufferedBytes
    }
}
