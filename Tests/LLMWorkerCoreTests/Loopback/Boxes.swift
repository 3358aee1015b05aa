import HTTPServing
import NIOCore
import Synchronization

/// Gives a script the server it belongs to.
final class ServerBox: Sendable {
    private let box = Mutex<ScriptedServer?>(nil)

    var value: ScriptedServer? {
        get { box.withLock { $0 } }
        set { box.withLock { $0 = newValue } }
    }
}

/// A body under way that a test writes to from outside of its loop.
final class StreamBox: Sendable {
    private let box = Mutex<NIOLoopBound<HTTPBodyStream>?>(nil)

    func keep(_ stream: HTTPBodyStream) {
        box.withLock { $0 = NIOLoopBound(stream, eventLoop: stream.eventLoop) }
    }

    func write(_ text: String) {
        onLoop { $0.write(text) }
    }

    func finish() {
        onLoop { $0.finish() }
    }

    private func onLoop(_ body: @escaping @Sendable (HTTPBodyStream) -> Void) {
        guard let stream = box.withLock({ $0 }) else { return }
        stream.eventLoop.execute { body(stream.value) }
    }
}
