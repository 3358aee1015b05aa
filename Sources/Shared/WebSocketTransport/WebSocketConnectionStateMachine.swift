/// The life of one WebSocket connection: open, closing, lingering, closed (RFC 6455 §7); does no input or output.
///
/// ```
/// open ── we close ──► closing ── peer's close frame, deadline ──► lingering ── transport ends ──► closed
///  ├── peer's close frame, violation ─────────────────────────────►│
///  ├── abort ──► aborting ── transport ends ──────────────────────────────────────────────────────►│
///  └── transport ends ────────────────────────────────────────────────────────────────────────────►│
/// ```
///
/// The end is reported exactly once, as soon as it is certain; only the transport may outlive it, for the closing
/// deadline at most.
package struct WebSocketConnectionStateMachine {
    /// What the shell must do, in this order: write, treat the transport, report.
    package struct Reaction: Equatable {
        /// What becomes of the transport.
        package enum Transport: Equatable {
            /// Nothing.
            case keep
            /// Wait for the other end to close it, until the closing deadline.
            case awaitEnd
            /// Close it when everything has been written, or at the closing deadline.
            case closeAfterFlush
            /// Close it at once, dropping what has not been written.
            case closeNow
        }

        /// A close frame to write.
        package var frame: WebSocketCloseFrame?
        /// What becomes of the transport.
        package var transport: Transport
        /// The end to tell the delegate; never given twice.
        package var report: WebSocketClose?

        /// Nothing to do.
        package static let none = Reaction()

        /// Makes a reaction; what is not given is left undone.
        package init(
            frame: WebSocketCloseFrame? = nil,
            transport: Transport = .keep,
            report: WebSocketClose? = nil
        ) {
            self.frame = frame
            self.transport = transport
            self.report = report
        }
    }

    private enum State {
        case open
        case closing
        case aborting(WebSocketClose)
        case lingering
        case closed
    }

    private let role: WebSocketRole
    private var state = State.open

    /// Makes the machine of a connection that has just been opened.
    package init(role: WebSocketRole) {
        self.role = role
    }

    /// Whether messages may be sent and received.
    package var isOpen: Bool { if case .open = self.state { true } else { false } }

    /// Whether received bytes still matter: while open, and while the other end's close frame is awaited.
    package var isReading: Bool {
        switch self.state {
        case .open, .closing: true
        case .aborting, .lingering, .closed: false
        }
    }

    /// The application asked for the closing handshake.
    package mutating func closeRequested(code: UInt16, reason: String) -> Reaction {
        guard self.isOpen else { return .none }
        self.state = .closing
        return Reaction(frame: WebSocketCloseFrame(code: code, reason: reason), transport: .awaitEnd)
    }

    /// A valid close frame came.
    package mutating func closeReceived(_ frame: WebSocketCloseFrame) -> Reaction {
        let leave: Reaction.Transport = self.role == .server ? .closeAfterFlush : .awaitEnd
        switch self.state {
        case .open:
            self.state = .lingering
            return Reaction(
                frame: WebSocketCloseFrame(code: frame.code),
                transport: leave,
                report: WebSocketClose(code: frame.code, reason: frame.reason, kind: .peerClosed)
            )
        case .closing:
            self.state = .lingering
            return Reaction(
                transport: leave,
                report: WebSocketClose(code: frame.code, reason: frame.reason, kind: .weClosed)
            )
        case .aborting, .lingering, .closed:
            return .none
        }
    }

    /// The other end broke a rule.
    package mutating func violated(_ error: WebSocketProtocolError) -> Reaction {
        switch self.state {
        case .open:
            self.state = .lingering
            return Reaction(
                frame: WebSocketCloseFrame(code: error.closeCode, reason: error.description),
                transport: .awaitEnd,
                report: WebSocketClose(code: nil, kind: .protocolError(error.description))
            )
        case .closing:
            self.state = .lingering
            return Reaction(transport: .closeNow, report: WebSocketClose(code: nil, kind: .weClosed))
        case .aborting, .lingering, .closed:
            return .none
        }
    }

    /// The application wants the transport gone; the report follows when it is.
    package mutating func abortRequested() -> Reaction {
        self.abort(reporting: .weClosed)
    }

    /// More waits to be sent than the limit allows.
    package mutating func sendBufferOverflowed() -> Reaction {
        self.abort(reporting: .transportError("too many bytes wait to be sent"))
    }

    /// The closing deadline passed.
    package mutating func deadlinePassed() -> Reaction {
        switch self.state {
        case .closing:
            self.state = .lingering
            return Reaction(transport: .closeNow, report: WebSocketClose(code: nil, kind: .weClosed))
        case .lingering:
            return Reaction(transport: .closeNow)
        case .open, .aborting, .closed:
            return .none
        }
    }

    /// The transport is gone, after `failure` if it did not just end.
    package mutating func transportClosed(failure: String? = nil) -> Reaction {
        let before = self.state
        self.state = .closed
        switch before {
        case .open:
            let kind = failure.map(WebSocketClose.Kind.transportError) ?? .endOfFile
            return Reaction(report: WebSocketClose(code: nil, kind: kind))
        case .closing: return Reaction(report: WebSocketClose(code: nil, kind: .weClosed))
        case .aborting(let close): return Reaction(report: close)
        case .lingering, .closed: return .none
        }
    }

    private mutating func abort(reporting kind: WebSocketClose.Kind) -> Reaction {
        switch self.state {
        case .open:
            self.state = .aborting(WebSocketClose(code: nil, kind: kind))
            return Reaction(transport: .closeNow)
        case .closing:
            self.state = .aborting(WebSocketClose(code: nil, kind: .weClosed))
            return Reaction(transport: .closeNow)
        case .lingering:
            return Reaction(transport: .closeNow)
        case .aborting, .closed:
            return .none
        }
    }
}
