internal import Synchronization

/// Whether the process can do its work, by named parts.
///
/// A required part that is not ready keeps the process from being ready; the others are only shown. A worker that is
/// down does not make the gateway unready: it can still answer and apologise.
package final class Readiness: Sendable {
    private struct Part {
        var isRequired: Bool
        var isReady: Bool
        var note: String
    }

    private struct State {
        var parts: [String: Part] = [:]
        var observers: [@Sendable (Bool) -> Void] = []

        var isReady: Bool { parts.values.allSatisfy { $0.isReady || !$0.isRequired } }
    }

    private let state = Mutex(State())

    /// Readiness of nothing, which is ready.
    package init() {}

    /// Adds a part that is not ready yet.
    ///
    /// - Parameters:
    ///   - name: what the operator knows it by: `listener`, `stt`.
    ///   - isRequired: whether the process is unready without it.
    ///   - note: why it is not ready.
    package func add(_ name: String, isRequired: Bool = true, note: String = "starting") {
        change { $0.parts[name] = Part(isRequired: isRequired, isReady: false, note: note) }
    }

    /// Says whether a part is ready, with a few words for the operator; a new name becomes a required part.
    package func set(_ name: String, isReady: Bool, note: String = "") {
        change { state in
            let isRequired = state.parts[name]?.isRequired ?? true
            state.parts[name] = Part(isRequired: isRequired, isReady: isReady, note: note)
        }
    }

    /// Whether every required part is ready.
    package var isReady: Bool { state.withLock { $0.isReady } }

    /// The required parts that are not ready, sorted.
    package var missing: [String] {
        state.withLock { state in
            state.parts.filter { $0.value.isRequired && !$0.value.isReady }.map(\.key).sorted()
        }
    }

    /// One line a part, sorted by name: `listener: ready`, `stt: not ready (no worker)`.
    package var text: String {
        state.withLock { state in
            state.parts.sorted { $0.key < $1.key }
                .map { name, part in
                    let word = part.isReady ? "ready" : "not ready"
                    return part.note.isEmpty ? "\(name): \(word)\n" : "\(name): \(word) (\(part.note))\n"
                }
                .joined()
        }
    }

    /// Calls back with ``isReady`` now and whenever it changes, on the thread that changed it.
    ///
    /// Must not block, and must not change a part.
    package func observe(_ observer: @escaping @Sendable (Bool) -> Void) {
        let isReady = state.withLock { state in
            state.observers.append(observer)
            return state.isReady
        }
        observer(isReady)
    }

    private func change(_ body: (inout sending State) -> Void) {
        let (isReady, observers) = state.withLock { state -> (Bool, [@Sendable (Bool) -> Void]) in
            let before = state.isReady
            body(&state)
            return (state.isReady, state.isReady == before ? [] : state.observers)
        }
        for observer in observers { observer(isReady) }
    }
}
