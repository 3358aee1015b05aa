/// Delivers a call's status callbacks, numbered and in order, unless a fault says otherwise.
struct CallCallbacks {
    private struct Callback: Sendable {
        var status: CallStatus
        var fields: [(String, String)]
    }

    private let webhooks: CallWebhooks
    private var sequence = 0
    private var held: Callback?
    private var deliveries: Task<[String], Never>?

    init(webhooks: CallWebhooks) { self.webhooks = webhooks }

    /// Takes a new status of the call and delivers the callback it is subscribed with.
    mutating func enter(_ status: CallStatus, seconds: Int) {
        let configuration = webhooks.configuration
        guard let path = configuration.statusPath, let event = status.event,
            configuration.statusEvents.contains(event)
        else { return }
        var fields = [
            ("CallbackSource", "call-progress-events"), ("SequenceNumber", String(sequence)),
            ("Timestamp", WallClock.mailDate(unixMilliseconds: WallClock.unixMilliseconds())),
        ]
        if status.isFinal { fields.append(("CallDuration", String(seconds))) }
        sequence += 1
        var due = [Callback(status: status, fields: fields)]
        if configuration.faults.swapsCallbacks {
            if let held {
                due.append(held)
                self.held = nil
            } else if !status.isFinal {
                held = due[0]
                return
            }
        }
        if configuration.faults.repeatsCallbacks { due += due }
        let before = deliveries
        let webhooks = webhooks
        let method = configuration.statusMethod
        deliveries = Task { [due] in
            var failures = await before?.value ?? []
            for callback in due {
                do {
                    _ = try await webhooks.fetch(path, method: method, status: callback.status, extra: callback.fields)
                } catch {
                    failures.append("status callback: \(error)")
                }
            }
            return failures
        }
    }

    /// Waits until all are delivered.
    ///
    /// - Returns: what went wrong.
    func finish() async -> [String] { await deliveries?.value ?? [] }
}
