/// One thing that is wrong in a configuration file.
package struct ConfigurationFault: Sendable, Equatable, CustomStringConvertible {
    /// The file's path, as it was asked for.
    package let file: String

    /// The line, from 1; 0 when the fault concerns the whole file.
    package let line: Int

    /// The path of the key, such as `turn.barge_in.minimum_words` or `tools.http[0].url`; empty when there is none.
    package let key: String

    /// What is wrong and, where there is a choice, what is allowed.
    package let message: String

    /// Makes a fault.
    package init(file: String, line: Int, key: String, message: String) {
        self.file = file
        self.line = line
        self.key = key
        self.message = message
    }

    /// One line: `file:line: key: message`, without what is not known.
    package var description: String {
        [line > 0 ? "\(file):\(line)" : file, key, message].filter { !$0.isEmpty }.joined(separator: ": ")
    }
}

/// Everything that is wrong in a configuration, by file and line.
package struct ConfigurationFaults: Error, Sendable, Equatable, CustomStringConvertible {
    /// The faults; at least one.
    package let faults: [ConfigurationFault]

    /// Makes an error of these faults.
    package init(faults: [ConfigurationFault]) {
        self.faults = faults
    }

    /// One fault a line.
    package var description: String {
        faults.map(\.description).joined(separator: "\n")
    }
}
