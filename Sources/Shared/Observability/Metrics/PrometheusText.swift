/// The text in which Prometheus collects metrics ("Exposition formats", text format 0.0.4).
enum PrometheusText {
    /// Labels as they stand between the braces, sorted by name.
    static func labels(_ labels: [String: String]) -> String {
        labels.sorted { $0.key < $1.key }
            .map { "\($0.key)=\"\(escaped($0.value, quotes: true))\"" }
            .joined(separator: ",")
    }

    /// Backslash and newline escaped, and the double quote where the text stands in quotes.
    static func escaped(_ text: String, quotes: Bool) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }

    /// A number without a needless fraction: `5`, `2.5`.
    static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
    }

    /// One sample line.
    static func line(_ name: String, _ labels: String, _ value: String) -> String {
        labels.isEmpty ? "\(name) \(value)\n" : "\(name){\(labels)} \(value)\n"
    }
}

extension MetricsRegistry {
    /// The content type of ``prometheusText()``, for the `Content-Type` header.
    package static let prometheusContentType = "text/plain; version=0.0.4; charset=utf-8"

    /// All metrics in the Prometheus text format, sorted by name and labels.
    ///
    /// Histograms have cumulative `_bucket` lines with `le` in milliseconds, `_sum` in milliseconds and `_count`.
    package func prometheusText() -> String {
        let contents = snapshot()
        var text = ""
        var previous: String?
        for (key, instrument) in contents.instruments.sorted(by: { $0.key < $1.key }) {
            if key.name != previous {
                previous = key.name
                if let help = contents.help[key.name] {
                    text += "# HELP \(key.name) \(PrometheusText.escaped(help, quotes: false))\n"
                }
                text += "# TYPE \(key.name) \(instrument.typeName)\n"
            }
            switch instrument {
            case .counter(let counter):
                text += PrometheusText.line(key.name, key.labels, String(counter.value))
            case .gauge(let gauge):
                text += PrometheusText.line(key.name, key.labels, String(gauge.value))
            case .histogram(let histogram):
                text += lines(of: histogram, key)
            }
        }
        return text
    }

    private func lines(of histogram: Histogram, _ key: Key) -> String {
        let prefix = key.labels.isEmpty ? "" : key.labels + ","
        let bounds = histogram.bounds.map(PrometheusText.number) + ["+Inf"]
        var text = ""
        var total: UInt64 = 0
        for (bound, count) in zip(bounds, histogram.bucketCounts) {
            total &+= count
            text += PrometheusText.line(key.name + "_bucket", "\(prefix)le=\"\(bound)\"", String(total))
        }
        text += PrometheusText.line(key.name + "_sum", key.labels, PrometheusText.number(histogram.sum))
        text += PrometheusText.line(key.name + "_count", key.labels, String(total))
        return text
    }
}

extension MetricsRegistry.Instrument {
    /// The word of the `# TYPE` line.
    var typeName: String {
        switch self {
        case .counter: "counter"
        case .gauge: "gauge"
        case .histogram: "histogram"
        }
    }
}
