/// How a process ends, in the numbers of sysexits.h.
///
/// The units do not restart a process that ended with ``configuration``: only an operator can mend that.
package enum ExitCode: Int32, Sendable {
    /// Stopped as asked.
    case success = 0

    /// The command line makes no sense.
    case usage = 64

    /// Something the process needs is not to be had now; trying again may help.
    case unavailable = 69

    /// A fault of ours.
    case software = 70

    /// The configuration or a credential is wrong; trying again does not help.
    case configuration = 78
}

/// Why a process could not start, with the exit code that says whether to try again.
package struct StartupFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// The code the process ends with.
    package var exitCode: ExitCode

    /// A sentence for the operator, without secrets.
    package var description: String

    /// Makes a failure.
    ///
    /// The description says what is wrong and, where it can, what to do.
    package init(_ exitCode: ExitCode, _ description: String) {
        self.exitCode = exitCode
        self.description = description
    }
}
