package import NIOCore

/// A reply's body under way; lives on the connection's event loop and is used from there only.
///
/// What is written in one turn of the loop goes out together at its end. One that is dropped unfinished cuts the
/// connection, so that the other end sees an incomplete body.
package final class HTTPBodyStream {
    /// The connection's event loop.
    package let eventLoop: any EventLoop
    /// Called once if the other end goes before the body is finished.
    package var onDisconnect: (() -> Void)?
    /// Called each time the body is writable again after too many bytes had waited.
    package var onWritable: (() -> Void)?

    /// Nil once finished, aborted or disconnected.
    private var connection: NIOLoopBound<HTTPConnection>?

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    deinit {
        guard let connection = self.connection else { return }
        // The last reference may be let go on any thread.
        self.eventLoop.execute { connection.value.streamDropped() }
    }

    /// Whether the body is still under way and more of it would not pile up.
    package var isWritable: Bool { self.connection?.value.isWritable ?? false }

    /// Whether the body is still under way.
    package var isOpen: Bool { self.connection != nil }

    /// Sends more of the body; cuts the connection if more than `maximumBufferedBytes` would wait.
    package func write(_ bytes: ByteBuffer) {
        self.eventLoop.assertInEventLoop()
        self.connection?.value.writeBody(bytes)
    }

    /// Sends more of the body as UTF-8.
    package func write(_ text: String) {
        self.write(ByteBuffer(string: text))
    }

    /// Ends the body properly.
    package func finish() {
        self.eventLoop.assertInEventLoop()
        self.take()?.finishBody()
    }

    /// Cuts the connection inside the body, after what has been written.
    package func abort() {
        self.eventLoop.assertInEventLoop()
        self.take()?.abortBody()
    }

    func attach(to connection: HTTPConnection) {
        self.connection = NIOLoopBound(connection, eventLoop: self.eventLoop)
    }

    /// The other end is gone.
    func disconnected() {
        guard self.connection != nil else { return }
        self.connection = nil
        let notice = self.onDisconnect
        self.onDisconnect = nil
        self.onWritable = nil
        notice?()
    }

    private func take() -> HTTPConnection? {
        let connection = self.connection?.value
        self.connection = nil
        self.onDisconnect = nil
        self.onWritable = nil
        return connection
    }
}
