internal import Logging

/// One log entry, ready to be written in any format.
struct LogRecord: Sendable {
    /// The longest message or metadata value that is written, in UTF-8 bytes; the rest is cut.
    ///
    /// Keeps an entry far below the journal's and the pipe's limits whatever a peer sent us.
    static let maximumValueBytes = 1_024
    /// The most metadata values written with one entry.
    static let maximumFields = 32

    /// When it happened, in microseconds since 1970 (UTC).
    var microseconds: Int64
    var level: Logger.Level
    var message: String
    /// Metadata by key, sorted; nested values are flattened with dots.
    var fields: [(key: String, value: String)]
    /// The process's role: `stt`.
    var role: String
    /// The instance of the role: `1`; empty if there is only one.
    var instance: String
    /// The part of the program that speaks.
    var label: String
    var file: String
    var function: String
    var line: UInt

    /// The name a reader knows the process by: `stt-1`.
    var identity: String { instance.isEmpty ? role : "\(role)-\(instance)" }

    /// Flattens metadata into sorted, bounded fields.
    ///
    /// - Parameters:
    ///   - metadata: as given to the logger.
    ///   - showsSensitive: whether values marked ``Sensitivity/sensitive`` are written.
    /// - Returns: the fields in the order of their keys.
    static func fields(of metadata: Logger.Metadata, showsSensitive: Bool) -> [(key: String, value: String)] {
        var fields: [(key: String, value: String)] = []
        append(metadata, prefix: "", depth: 0, showsSensitive: showsSensitive, to: &fields)
        return fields
    }

    /// At most ``maximumValueBytes`` of a text, whole characters only.
    static func bounded(_ text: String) -> String {
        guard text.utf8.count > maximumValueBytes else { return text }
        var end = text.utf8.index(text.startIndex, offsetBy: maximumValueBytes)
        while end.samePosition(in: text.unicodeScalars) == nil { end = text.utf8.index(before: end) }
        return String(text[..<end]) + "…"
    }

    private static func append(
        _ metadata: Logger.Metadata,
        prefix: String,
        depth: Int,
        showsSensitive: Bool,
        to fields: inout [(key: String, value: String)]
    ) {
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) where fields.count < maximumFields {
            if case .dictionary(let nested) = value, depth < 4 {
                append(
                    nested,
                    prefix: prefix + key + ".",
                    depth: depth + 1,
                    showsSensitive: showsSensitive,
                    to: &fields
                )
            } else {
                fields.append((prefix + key, text(of: value, showsSensitive: showsSensitive)))
            }
        }
    }

    private static func text(of value: Logger.MetadataValue, showsSensitive: Bool) -> String {
        switch value {
        case .string(let text):
            return bounded(text)
        case .stringConvertible(let convertible):
            let hidden = !showsSensitive && value.attributes[Sensitivity.self] == .sensitive
            return hidden ? Logger.MetadataValue.redactedText : bounded(convertible.description)
        case .array(let values):
            let texts = values.prefix(maximumFields).map { text(of: $0, showsSensitive: showsSensitive) }
            return bounded("[" + texts.joined(separator: ", ") + "]")
        case .dictionary(let nested):
            let texts = nested.sorted { $0.key < $1.key }.prefix(maximumFields)
                .map { "\($0.key): \(text(of: $0.value, showsSensitive: showsSensitive))" }
            return bounded("{" + texts.joined(separator: ", ") + "}")
        }
    }
}
