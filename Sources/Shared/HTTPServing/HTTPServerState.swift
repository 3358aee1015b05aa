internal import NIOCore
internal import Synchronization

/// What all connections of one server share; used from every event loop.
final class HTTPServerState: Sendable {
    let limits: HTTPServerLimits
    let handler: @Sendable (HTTPRequest, HTTPResponder) -> Void

    private let draining = Atomic<Bool>(false)
    private let refusing = Atomic<Bool>(false)
    private let connections = Mutex<[ObjectIdentifier: any Channel]>([:])
    private let count = Atomic<Int>(0)

    init(limits: HTTPServerLimits, handler: @escaping @Sendable (HTTPRequest, HTTPResponder) -> Void) {
        self.limits = limits
        self.handler = handler
    }

    /// Whether connections are to close after the reply under way.
    var isDraining: Bool { self.draining.load(ordering: .relaxed) }

    /// Whether there are more connections than the limit allows; asked when one has just been added.
    var isFull: Bool { self.count.load(ordering: .relaxed) > self.limits.maximumConnections }

    /// The connections there are, refused ones included until they are gone.
    var openConnections: Int { self.count.load(ordering: .relaxed) }

    func startDraining() {
        self.draining.store(true, ordering: .relaxed)
    }

    /// From now on every new connection is closed at once.
    func refuseAll() {
        self.refusing.store(true, ordering: .releasing)
    }

    /// Counts a connection until it closes.
    func add(_ channel: any Channel) {
        let identifier = ObjectIdentifier(channel)
        self.count.add(1, ordering: .relaxed)
        self.connections.withLock { $0[identifier] = channel }
        channel.closeFuture.whenComplete { _ in
            self.count.subtract(1, ordering: .relaxed)
            self.connections.withLock { _ = $0.removeValue(forKey: identifier) }
        }
        if self.refusing.load(ordering: .acquiring) { channel.close(promise: nil) }
    }

    /// The channels of all connections.
    func channels() -> [any Channel] {
        self.connections.withLock { Array($0.values) }
    }
}
