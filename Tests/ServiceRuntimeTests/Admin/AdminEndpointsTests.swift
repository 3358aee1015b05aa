import Observability
import Testing

@testable import ServiceRuntime

@Suite struct AdminEndpointsTests {
    @Test func `health, readiness and metrics are told apart`() {
        let metrics = MetricsRegistry()
        metrics.counter("dialtone_x_total").increment()
        let readiness = Readiness()
        readiness.add("listener")
        let endpoints = AdminEndpoints(metrics: metrics, readiness: readiness)
        #expect(endpoints.reply(method: "GET", path: "/healthz")?.body == "ok\n")
        let unready = endpoints.reply(method: "GET", path: "/readyz")
        #expect(unready?.status == 503)
        #expect(unready?.body == "not ready\nlistener: not ready (starting)\n")
        readiness.set("listener", isReady: true)
        #expect(endpoints.reply(method: "HEAD", path: "/readyz")?.status == 200)
        let report = endpoints.reply(method: "GET", path: "/metrics")
        #expect(report?.body.contains("dialtone_x_total 1\n") == true)
        #expect(report?.headers.first?.1 == MetricsRegistry.prometheusContentType)
    }

    @Test func `other methods and paths are refused or left alone`() {
        let endpoints = AdminEndpoints(metrics: MetricsRegistry(), readiness: Readiness())
        #expect(endpoints.reply(method: "POST", path: "/metrics")?.status == 405)
        #expect(endpoints.reply(method: "GET", path: "/twilio/voice") == nil)
    }

    @Test func `the process reports its memory and processor time`() {
        let metrics = MetricsRegistry()
        ProcessMetrics.register(in: metrics)
        let lines = metrics.prometheusText().split(separator: "\n")
        let memory = lines.first { $0.hasPrefix("process_resident_memory_bytes ") }?.split(separator: " ").last
        #expect((memory.flatMap { Int($0) } ?? 0) > 1_000_000)
        #expect(lines.contains { $0.hasPrefix("dialtone_process_cpu_milliseconds ") })
    }
}
