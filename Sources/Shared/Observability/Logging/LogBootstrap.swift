internal import Glibc
package import Logging
internal import Synchronization

/// Sets up logging for a process, once, before anything logs.
package enum LogBootstrap {
    private static let isDone = Atomic(false)

    /// Makes every `Logger` of the process write in the given format, and returns the process's own logger.
    ///
    /// To be called once at the start of a process: a later call changes nothing and returns a logger that writes as
    /// it asks (so that several services can run in one test process).
    ///
    /// - Parameters:
    ///   - role: what the process is: `gateway`, `stt`, `llm`, `tts`.
    ///   - instance: which one of the role; empty if there is only one.
    ///   - format: how lines are written; `.auto` finds out.
    ///   - level: the lowest level that is written.
    ///   - showsSensitive: whether metadata marked ``Sensitivity/sensitive`` is written in clear.
    ///   - environment: where `DIALTONE_LOG_FORMAT` and `JOURNAL_STREAM` are looked up.
    /// - Returns: the logger of the process, labelled with its role.
    @discardableResult
    package static func start(
        role: String,
        instance: String = "",
        format: LogFormat = .auto,
        level: Logger.Level = .info,
        showsSensitive: Bool = false,
        environment: Environment = .process
    ) -> Logger {
        let target = ServiceLogHandler.Target(
            role: role,
            instance: instance,
            showsSensitive: showsSensitive,
            sink: sink(for: format, environment: environment)
        )
        let make: @Sendable (String) -> any LogHandler = { label in
            ServiceLogHandler(label: label, target: target, logLevel: level)
        }
        if !isDone.exchange(true, ordering: .relaxed) { LoggingSystem.bootstrap(make) }
        return Logger(label: role, factory: make)
    }

    private static func sink(for format: LogFormat, environment: Environment) -> any LogSink {
        switch format {
        case .journal: JournalLogSink()
        case .json: DescriptorLogSink(descriptor: STDERR_FILENO) { $0.jsonLine() }
        case .text: DescriptorLogSink(descriptor: STDERR_FILENO) { $0.textLine() }
        case .auto: sink(for: chosenFormat(environment), environment: environment)
        }
    }

    /// What `.auto` stands for: what `DIALTONE_LOG_FORMAT` says, else the journal if standard error is connected to it.
    static func chosenFormat(_ environment: Environment, descriptor: CInt = STDERR_FILENO) -> LogFormat {
        if let format = environment["DIALTONE_LOG_FORMAT"].flatMap(LogFormat.init), format != .auto { return format }
        return isJournal(descriptor: descriptor, environment["JOURNAL_STREAM"]) ? .journal : .text
    }

    /// Whether a descriptor is the very stream that systemd connected to the journal.
    ///
    /// `JOURNAL_STREAM` is `device:inode` of that stream and is inherited by children whose output goes elsewhere, so
    /// it is compared, as systemd.exec ("JOURNAL_STREAM") asks.
    static func isJournal(descriptor: CInt, _ stream: String?) -> Bool {
        guard let parts = stream?.split(separator: ":"), parts.count == 2,
            let device = UInt64(parts[0]), let inode = UInt64(parts[1])
        else { return false }
        var status = stat()
        // The kernel fills the structure that is passed.
        guard unsafe fstat(descriptor, &status) == 0 else { return false }
        return UInt64(status.st_dev) == device && UInt64(status.st_ino) == inode
    }
}
