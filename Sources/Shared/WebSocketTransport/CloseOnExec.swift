internal import Glibc
package import NIOCore

/// Keeps a channel's socket from child processes: NIO creates and accepts sockets without the close-on-exec flag.
package enum CloseOnExec {
    /// Sets the flag on the channel's descriptor; does nothing for channels without one.
    ///
    /// Must be called on the channel's event loop.
    package static func set(on channel: any Channel) {
        // A failure leaves the flag unset, which is how NIO made the socket.
        _ = try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable { (socket: NIOBSDSocket.Handle) in
            _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
        }
    }
}
