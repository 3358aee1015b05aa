/// A credential that can be used but not printed.
///
/// Every way of turning a value into text (description, debug description, reflection) shows `<secret>`;
/// the text itself is had from ``reveal()`` only, at the one place that puts it on the wire.
package struct Secret: Sendable, Equatable {
    private let text: String

    /// Wraps a credential.
    ///
    /// The text is kept as it is: callers trim what they read from files.
    package init(_ text: String) {
        self.text = text
    }

    /// The credential itself, for the header or key that needs it.
    ///
    /// Never pass the result to a logger, an error or a metric label.
    package func reveal() -> String {
        text
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// What is printed instead of the credential.
    package static let placeholder = "<secret>"

    /// The placeholder, never the credential.
    package var description: String { Self.placeholder }

    /// The placeholder, never the credential.
    package var debugDescription: String { Self.placeholder }

    /// A mirror without children, so that `dump` and string interpolation of a container show nothing.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
