import Observability
import Testing

@Suite struct MetricsRegistryTests {
    @Test func `the text format lists families once, sorted, with help and type`() {
        let registry = MetricsRegistry()
        registry.counter("dialtone_frames_total", labels: ["kind": "audio", "direction": "in"], help: "Frames seen.")
            .increment(by: 3)
        registry.counter("dialtone_frames_total", labels: ["kind": "control", "direction": "in"]).increment()
        registry.gauge("dialtone_calls", help: "Calls up.").set(2)
        #expect(
            registry.prometheusText() == """
                # HELP dialtone_calls Calls up.
                # TYPE dialtone_calls gauge
                dialtone_calls 2
                # HELP dialtone_frames_total Frames seen.
                # TYPE dialtone_frames_total counter
                dialtone_frames_total{direction="in",kind="audio"} 3
                dialtone_frames_total{direction="in",kind="control"} 1

                """
        )
    }

    @Test func `a histogram is cumulative and ends in +Inf, sum and count`() {
        let registry = MetricsRegistry()
        let histogram = registry.histogram(
            "dialtone_turn_milliseconds",
            labels: ["stage": "llm"],
            buckets: [10, 2.5, 10, .infinity]
        )
        for duration in [2.5, 3, 10, 11, -4, .nan] { histogram.record(milliseconds: duration) }
        #expect(
            registry.prometheusText() == """
                # TYPE dialtone_turn_milliseconds histogram
                dialtone_turn_milliseconds_bucket{stage="llm",le="2.5"} 3
                dialtone_turn_milliseconds_bucket{stage="llm",le="10"} 5
                dialtone_turn_milliseconds_bucket{stage="llm",le="+Inf"} 6
                dialtone_turn_milliseconds_sum{stage="llm"} 26.5
                dialtone_turn_milliseconds_count{stage="llm"} 6

                """
        )
    }

    @Test func `label values and help are escaped`() {
        let registry = MetricsRegistry()
        registry.counter("x_total", labels: ["path": "a\"b\\c\nd"], help: "One\ntwo \\ \"three\".").increment()
        let text = registry.prometheusText()
        #expect(text.contains(#"# HELP x_total One\ntwo \\ "three"."#))
        #expect(text.contains(#"x_total{path="a\"b\\c\nd"} 1"#))
    }

    @Test func `the same name and labels give the same instrument`() {
        let registry = MetricsRegistry()
        #expect(registry.counter("x_total") === registry.counter("x_total"))
        #expect(registry.gauge("g", labels: ["a": "1"]) !== registry.gauge("g", labels: ["a": "2"]))
        registry.gauge("x_total").set(5)
        #expect(!registry.prometheusText().contains(" 5"))
    }

    @Test func `a counter never falls and a gauge does`() {
        let counter = Counter()
        counter.increment(by: -2)
        counter.increment(by: 2)
        #expect(counter.value == 2)
        let gauge = Gauge()
        gauge.add(-3)
        #expect(gauge.value == -3)
    }

    @Test func `instruments beyond the limit work but are not reported`() {
        let registry = MetricsRegistry()
        for index in 0..<MetricsRegistry.maximumInstruments { _ = registry.counter("c", labels: ["n": "\(index)"]) }
        let late = registry.counter("late_total")
        late.increment()
        #expect(late.value == 1)
        #expect(!registry.prometheusText().contains("late_total"))
    }

    @Test func `refreshers run before each report`() {
        let registry = MetricsRegistry()
        let gauge = registry.gauge("refreshed")
        registry.beforeEachReport { gauge.add(1) }
        #expect(registry.prometheusText().contains("refreshed 1\n"))
        #expect(registry.prometheusText().contains("refreshed 2\n"))
    }

    @Test func `threads do not lose counts`() async {
        let registry = MetricsRegistry()
        let counter = registry.counter("n_total")
        let histogram = registry.histogram("h_milliseconds")
        await withTaskGroup { group in
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<1_000 {
                        counter.increment()
                        histogram.record(milliseconds: 1)
                    }
                }
            }
        }
        #expect(counter.value == 4_000)
        #expect(histogram.count == 4_000)
        #expect(histogram.sum == 4_000)
    }
}
