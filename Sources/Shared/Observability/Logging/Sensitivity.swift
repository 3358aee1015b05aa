package import Logging

/// Marks metadata that is written only where the operator asked for it: caller numbers, what was said.
///
/// `["caller.number": .sensitive(number)]` prints `<redacted>` unless the process was started to show it.
package enum Sensitivity: Int64, Sendable, Logger.MetadataValueAttributes.Attribute {
    /// Not to be written by default.
    case sensitive = 1
}

extension Logger.MetadataValue {
    /// What is printed in place of a sensitive value.
    package static let redactedText = "<redacted>"

    /// A value that is redacted unless the process was started to show sensitive values.
    ///
    /// Credentials do not belong here at all: see ``Secret``.
    package static func sensitive(_ value: some CustomStringConvertible & Sendable) -> Self {
        .attributed(value, attributes: [Sensitivity.sensitive])
    }
}
