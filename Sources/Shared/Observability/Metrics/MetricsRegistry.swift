internal import Synchronization

/// All metrics of one process, by name and labels.
///
/// Made once at the start and handed to whatever counts. Asking twice for the same name and labels gives the same
/// instrument; instruments are kept in variables by their users, since a look-up takes a lock.
package final class MetricsRegistry: Sendable {
    /// The most instruments one registry holds; beyond it an instrument works but is not reported.
    ///
    /// Labels come from closed sets, so this is a guard against a label that is not.
    package static let maximumInstruments = 2_048

    enum Instrument: Sendable {
        case counter(Counter)
        case gauge(Gauge)
        case histogram(Histogram)
    }

    struct Key: Hashable, Sendable, Comparable {
        let name: String
        /// Already in the exposition format: `role="stt",outcome="ok"`, sorted by label name.
        let labels: String

        static func < (lhs: Key, rhs: Key) -> Bool {
            (lhs.name, lhs.labels) < (rhs.name, rhs.labels)
        }
    }

    struct Contents: Sendable {
        var instruments: [Key: Instrument] = [:]
        var help: [String: String] = [:]
        var refreshers: [@Sendable () -> Void] = []
    }

    private let contents = Mutex(Contents())

    /// An empty registry.
    ///
    /// Each process has one; tests make their own.
    package init() {}

    /// The counter of this name and these labels, made at the first request.
    ///
    /// By convention the name ends in `_total`. `help` is one sentence for the operator; the first one given is kept.
    package func counter(_ name: String, labels: [String: String] = [:], help: String = "") -> Counter {
        let made = Counter()
        guard case .counter(let counter) = instrument(name, labels, help, .counter(made)) else { return made }
        return counter
    }

    /// The gauge of this name and these labels, made at the first request.
    ///
    /// `help` is one sentence for the operator; the first one given is kept.
    package func gauge(_ name: String, labels: [String: String] = [:], help: String = "") -> Gauge {
        let made = Gauge()
        guard case .gauge(let gauge) = instrument(name, labels, help, .gauge(made)) else { return made }
        return gauge
    }

    /// The histogram of this name and these labels, made at the first request.
    ///
    /// By convention the name ends in `_milliseconds`. `buckets` are upper bounds in milliseconds; those of the first
    /// request are kept.
    package func histogram(
        _ name: String,
        labels: [String: String] = [:],
        buckets: [Double] = Histogram.latencyBuckets,
        help: String = ""
    ) -> Histogram {
        let made = Histogram(buckets: buckets)
        guard case .histogram(let histogram) = instrument(name, labels, help, .histogram(made)) else { return made }
        return histogram
    }

    /// Runs a closure before each report, to bring gauges up to date that are costly to keep so.
    ///
    /// It runs on the thread that asks for the report and must not block.
    package func beforeEachReport(_ refresh: @escaping @Sendable () -> Void) {
        contents.withLock { $0.refreshers.append(refresh) }
    }

    /// What is registered now, after the refreshers have run.
    func snapshot() -> Contents {
        for refresh in contents.withLock(\.refreshers) { refresh() }
        return contents.withLock { $0 }
    }

    private func instrument(
        _ name: String,
        _ labels: [String: String],
        _ help: String,
        _ made: Instrument
    ) -> Instrument {
        let key = Key(name: name, labels: PrometheusText.labels(labels))
        return contents.withLock { contents in
            if let known = contents.instruments[key] { return known }
            guard contents.instruments.count < Self.maximumInstruments else { return made }
            contents.instruments[key] = made
            if contents.help[name] == nil, !help.isEmpty { contents.help[name] = help }
            return made
        }
    }
}
