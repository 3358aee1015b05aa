internal import Glibc
package import Observability

/// Metrics about the process itself, read when a report is asked for.
package enum ProcessMetrics {
    /// Registers resident memory, processor time and threads.
    package static func register(in registry: MetricsRegistry) {
        let memory = registry.gauge("process_resident_memory_bytes", help: "Resident memory, bytes.")
        let processor = registry.gauge(
            "dialtone_process_cpu_milliseconds",
            help: "Processor time used since the start, user and system, milliseconds."
        )
        let pageBytes = Int(sysconf(Int32(_SC_PAGESIZE)))
        registry.beforeEachReport {
            if let pages = residentPages() { memory.set(pages * pageBytes) }
            var usage = rusage()
            // The kernel fills the structure that is passed.
            guard unsafe getrusage(RUSAGE_SELF.rawValue, &usage) == 0 else { return }
            let times = [usage.ru_utime, usage.ru_stime]
            processor.set(times.reduce(0) { $0 + $1.tv_sec * 1_000 + Int($1.tv_usec) / 1_000 })
        }
    }

    /// The second number of `/proc/self/statm` (proc(5)).
    private static func residentPages() -> Int? {
        // The path is borrowed for the call.
        let descriptor = unsafe open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 128)
        // At most `bytes.count` bytes are written into storage that lives for the call.
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
        let fields = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split(separator: " ")
        return fields.count > 1 ? Int(fields[1]) : nil
    }
}
