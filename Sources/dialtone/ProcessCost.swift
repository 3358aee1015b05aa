import Glibc
import SystemPackage

/// What processes have cost so far, read from `/proc`.
struct ProcessCost: Sendable {
    /// CPU time of all threads, user and system, milliseconds.
    var cpuMilliseconds = 0.0

    /// Resident memory, KiB.
    var residentKiB = 0

    /// Reads the cost of a set of processes, added up; one that has ended counts nothing.
    static func of(_ processes: [Int32]) -> ProcessCost {
        var cost = ProcessCost()
        for process in processes {
            for thread in entries("/proc/\(process)/task") {
                // The first field is the time spent on a CPU, nanoseconds.
                let text = text("/proc/\(process)/task/\(thread)/schedstat")
                cost.cpuMilliseconds += Double(text.split(separator: " ").first ?? "0").map { $0 / 1e6 } ?? 0
            }
            let status = text("/proc/\(process)/status")
            for line in status.split(separator: "\n") where line.hasPrefix("VmRSS:") {
                cost.residentKiB += line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
            }
        }
        return cost
    }

    private static func text(_ path: String) -> String {
        guard let bytes = try? FileBytes.read(path) else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func entries(_ path: String) -> [String] {
        // The directory stream is closed on every path; each entry's name is copied before the next is read.
        guard let directory = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }
}
