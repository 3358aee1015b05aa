internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// A queue between event loops and a test, which waits for each element no longer than the deadline.
package final class Inbox<Element: Sendable>: Sendable {
    /// What is thrown when nothing came in time.
    package struct Late: Error {}

    private struct State {
        var elements: [Element] = []
        var waiter: (serial: Int, continuation: CheckedContinuation<Element?, Never>)?
        var serial = 0
    }

    private let state = Mutex(State())
    private let deadline: TimeAmount

    /// Makes an empty queue.
    package init(deadlineSeconds: Int64 = 20) {
        deadline = .seconds(deadlineSeconds)
    }

    /// Adds an element.
    package func put(_ element: Element) {
        let waiter = state.withLock { state -> CheckedContinuation<Element?, Never>? in
            guard let waiter = state.waiter else {
                state.elements.append(element)
                return nil
            }
            state.waiter = nil
            return waiter.continuation
        }
        waiter?.resume(returning: element)
    }

    /// Waits for the next element; one waiter at a time.
    package func next() async throws -> Element {
        let element = await withCheckedContinuation { continuation in
            let found = state.withLock { state -> Element? in
                guard state.elements.isEmpty else { return state.elements.removeFirst() }
                state.serial += 1
                state.waiter = (state.serial, continuation)
                let serial = state.serial
                MultiThreadedEventLoopGroup.singleton.next().scheduleTask(in: deadline) { self.expire(serial) }
                return nil
            }
            if let found { continuation.resume(returning: found) }
        }
        guard let element else { throw Late() }
        return element
    }

    /// Takes what has come so far.
    package func drain() -> [Element] {
        state.withLock { state in
            defer { state.elements = [] }
            return state.elements
        }
    }

    private func expire(_ serial: Int) {
        let waiter = state.withLock { state -> CheckedContinuation<Element?, Never>? in
            guard let waiter = state.waiter, waiter.serial == serial else { return nil }
            state.waiter = nil
            return waiter.continuation
        }
        waiter?.resume(returning: nil)
    }
}
