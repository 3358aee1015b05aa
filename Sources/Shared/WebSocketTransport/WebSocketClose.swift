/// How a WebSocket ended, told to its delegate once.
package struct WebSocketClose: Equatable, Sendable {
    /// Who or what ended the connection.
    package enum Kind: Equatable, Sendable {
        /// The other end sent the first close frame.
        case peerClosed
        /// We closed or aborted the connection.
        case weClosed
        /// The transport ended without a close frame (what other libraries report as 1006).
        case endOfFile
        /// The other end broke RFC 6455 or a limit; says which rule.
        case protocolError(String)
        /// The transport failed, or the other end stopped reading; says how.
        case transportError(String)
    }

    /// The code of the other end's close frame; nil if none came or it carried no code.
    package let code: UInt16?
    /// The reason of the other end's close frame; empty if there was none.
    package let reason: String
    /// Who or what ended the connection.
    package let kind: Kind

    /// Makes the account of an end.
    package init(code: UInt16?, reason: String = "", kind: Kind) {
        self.code = code
        self.reason = reason
        self.kind = kind
    }
}
