package import Observability
import WorkerProtocol

/// What is counted of the replies of one provider.
package struct ReplyMetrics: Sendable {
    /// From asking to the first useful output.
    package let firstOutput: Histogram

    /// Second attempts.
    package let retries: Counter

    private let endings: [LanguageModelEvent.StopReason: Counter]
    private let failures: [WorkerFailure.Kind: Counter]
    private let inputTokens: Counter
    private let cachedTokens: Counter
    private let cacheWrittenTokens: Counter
    private let outputTokens: Counter

    /// Registers the metrics of a provider.
    package init(provider: String, registry: MetricsRegistry) {
        let labels = ["provider": provider]
        firstOutput = registry.histogram(
            "dialtone_llm_first_output_milliseconds",
            labels: labels,
            help: "Time from asking to the first useful output"
        )
        retries = registry.counter("dialtone_llm_retries_total", labels: labels, help: "Second attempts of a request")
        var endings: [LanguageModelEvent.StopReason: Counter] = [:]
        for reason in LanguageModelEvent.StopReason.allCases {
            endings[reason] = registry.counter(
                "dialtone_llm_replies_total",
                labels: ["provider": provider, "end": reason.rawValue],
                help: "Replies by how they ended"
            )
        }
        self.endings = endings
        var failures: [WorkerFailure.Kind: Counter] = [:]
        for kind in WorkerFailure.Kind.allCases {
            failures[kind] = registry.counter(
                "dialtone_llm_failures_total",
                labels: ["provider": provider, "kind": kind.rawValue],
                help: "Replies that failed, by kind"
            )
        }
        self.failures = failures
        func tokens(_ kind: String) -> Counter {
            registry.counter(
                "dialtone_llm_tokens_total",
                labels: ["provider": provider, "kind": kind],
                help: "Tokens as the provider counted them"
            )
        }
        inputTokens = tokens("input")
        cachedTokens = tokens("cache_read")
        cacheWrittenTokens = tokens("cache_write")
        outputTokens = tokens("output")
    }

    func ended(_ result: Result<LanguageModelEvent.StopReason, WorkerFailure>) {
        switch result {
        case .success(let reason): endings[reason]?.increment()
        case .failure(let failure): failures[failure.kind]?.increment()
        }
    }

    func used(_ usage: TokenUsage) {
        inputTokens.increment(by: usage.input)
        cachedTokens.increment(by: usage.cacheRead)
        cacheWrittenTokens.increment(by: usage.cacheWritten)
        outputTokens.increment(by: usage.output)
    }
}
