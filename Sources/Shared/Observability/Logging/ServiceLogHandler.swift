internal import Logging

/// Turns what is logged into records for the process's sink.
struct ServiceLogHandler: LogHandler {
    /// What all loggers of the process share.
    struct Target: Sendable {
        let role: String
        let instance: String
        let showsSensitive: Bool
        let sink: any LogSink
    }

    let label: String
    let target: Target
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    var logLevel: Logger.Level

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var merged = metadata
        if let provided = metadataProvider?.get() { merged.merge(provided) { _, new in new } }
        if let explicit = event.metadata { merged.merge(explicit) { _, new in new } }
        if let error = event.error {
            merged["error.kind"] = .string(String(describing: type(of: error)))
            merged["error.message"] = .string(String(describing: error))
        }
        target.sink.write(
            LogRecord(
                microseconds: LogTimestamp.now(),
                level: event.level,
                message: event.message.description,
                fields: LogRecord.fields(of: merged, showsSensitive: target.showsSensitive),
                role: target.role,
                instance: target.instance,
                label: label,
                file: event.file,
                function: event.function,
                line: event.line
            )
        )
    }
}
