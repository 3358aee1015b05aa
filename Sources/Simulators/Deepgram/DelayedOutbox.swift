import NIOCore

/// Sends things in order, each not before its time, on one event loop.
///
/// A place may be kept for something still being worked out; what comes after it waits. Not for other threads.
final class DelayedOutbox<Item> {
    private struct Slot {
        let id: Int
        let due: NIODeadline
        var item: Item?
        var isReady: Bool
    }

    private let eventLoop: any EventLoop
    private let send: (Item) -> Void
    private var slots: [Slot] = []
    private var next = 0
    private var timer: Scheduled<Void>?

    /// Most things that may wait; more of them means a client that never stops asking, and the newest is dropped.
    static var maximumWaiting: Int { 10_000 }

    init(eventLoop: any EventLoop, send: @escaping (Item) -> Void) {
        self.eventLoop = eventLoop
        self.send = send
    }

    /// Sends `item` at `due`, after everything added before.
    func add(_ item: Item, due: NIODeadline) {
        guard self.slots.count < Self.maximumWaiting else { return }
        self.next += 1
        self.slots.append(Slot(id: self.next, due: due, item: item, isReady: true))
        self.pump()
    }

    /// Keeps a place; what is put there by `resolve` is sent at `due` or when it is known, whichever is later.
    func reserve(due: NIODeadline) -> Int {
        self.next += 1
        self.slots.append(Slot(id: self.next, due: due, item: nil, isReady: false))
        return self.next
    }

    /// Fills a place kept before; nil gives it up.
    func resolve(_ id: Int, _ item: Item?) {
        guard let index = self.slots.firstIndex(where: { $0.id == id }) else { return }
        self.slots[index].item = item
        self.slots[index].isReady = true
        self.pump()
    }

    /// Forgets everything not yet sent.
    func cancel() {
        self.timer?.cancel()
        self.timer = nil
        self.slots = []
    }

    private func pump() {
        self.timer?.cancel()
        self.timer = nil
        while let first = self.slots.first, first.isReady {
            guard first.due <= .now() else {
                self.timer = self.eventLoop.assumeIsolated().scheduleTask(deadline: first.due) { self.pump() }
                return
            }
            self.slots.removeFirst()
            if let item = first.item { self.send(item) }
        }
    }
}
