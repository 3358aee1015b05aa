internal import Glibc
package import Observability
internal import Synchronization

/// Tells the service manager how the process is doing.
///
/// Without a manager every message goes nowhere. Any thread may send; a status equal to the last one is not repeated.
package final class ServiceManagerNotifier: Sendable {
    private let socket: NotifySocket?
    private let lastStatus = Mutex("")

    /// Takes the manager's address from `NOTIFY_SOCKET`.
    package init(environment: Environment = .process) {
        self.socket = environment["NOTIFY_SOCKET"].flatMap(NotifySocket.init)
    }

    /// Whether anybody listens.
    package var isEnabled: Bool { socket != nil }

    /// The process serves (`READY=1`), after start or reload.
    package func ready(status: String) {
        send(["READY=1"], status: status)
    }

    /// One line for `systemctl status` (`STATUS=`).
    package func status(_ text: String) {
        guard lastStatus.withLock({ $0 != text }) else { return }
        send([], status: text)
    }

    /// The process is on its way out (`STOPPING=1`).
    package func stopping(status: String) {
        send(["STOPPING=1"], status: status)
    }

    /// The configuration is being read again (`RELOADING=1`); ``ready(status:)`` ends it.
    ///
    /// `MONOTONIC_USEC` is for managers of 253 and later, which want to know which reload is answered.
    package func reloading() {
        var time = timespec()
        // The kernel fills the structure that is passed.
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        let microseconds = Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
        send(["RELOADING=1", "MONOTONIC_USEC=\(microseconds)"], status: "Reloading")
    }

    /// The process is alive (`WATCHDOG=1`).
    package func watchdog() {
        send(["WATCHDOG=1"], status: nil)
    }

    /// Start or stop needs this much longer from now (`EXTEND_TIMEOUT_USEC=`).
    package func extendTimeout(milliseconds: Int) {
        send(["EXTEND_TIMEOUT_USEC=\(milliseconds * 1_000)"], status: nil)
    }

    private func send(_ assignments: [String], status: String?) {
        guard let socket else { return }
        var lines = assignments
        if let status {
            lastStatus.withLock { $0 = status }
            // A line break would end the value.
            let isBreak = { (scalar: Unicode.Scalar) in scalar == "\n" || scalar == "\r" }
            lines.append(
                "STATUS=" + String(String.UnicodeScalarView(status.unicodeScalars.map { isBreak($0) ? " " : $0 }))
            )
        }
        _ = socket.send(lines.joined(separator: "\n"))
    }
}
