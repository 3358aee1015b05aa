/// Collects the faults of one file while it is read on to its end.
final class FaultLog {
    let file: String
    private var faults: [ConfigurationFault] = []

    /// Keys that are written again later in their section: the name each was given, and the one that is written.
    var repeatedKeys: [String: String] = [:]

    init(file: String) {
        self.file = file
    }

    /// The faults so far, by line; those of one line in the order they were found.
    var sorted: [ConfigurationFault] {
        faults.enumerated().sorted { ($0.element.line, $0.offset) < ($1.element.line, $1.offset) }.map(\.element)
    }

    func add(line: Int, key: String, _ message: String) {
        let fault = ConfigurationFault(file: file, line: line, key: key, message: message)
        if !faults.contains(fault) { faults.append(fault) }
    }
}
