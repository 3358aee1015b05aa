internal import Glibc

/// The environment variables a process reads its settings from.
///
/// ``process`` asks the C library at each look-up; tests give a dictionary instead.
package struct Environment: Sendable, ExpressibleByDictionaryLiteral {
    private let values: [String: String]?

    /// The environment of this process.
    package static let process = Environment(values: nil)

    /// An environment of exactly these variables.
    ///
    /// Nothing of the process's own environment is visible through it.
    package init(_ values: [String: String]) {
        self.init(values: values)
    }

    /// An environment of exactly these variables; of a repeated name the last value counts.
    ///
    /// Lets tests write the environment in place.
    package init(dictionaryLiteral elements: (String, String)...) {
        self.init(values: Dictionary(elements) { _, last in last })
    }

    private init(values: [String: String]?) {
        self.values = values
    }

    /// The value of a variable, or `nil` if it is unset or empty.
    ///
    /// An empty variable counts as unset: unit files and shells often export names without a value.
    package subscript(name: String) -> String? {
        if let values { return values[name].flatMap { $0.isEmpty ? nil : $0 } }
        // The C library's text is copied before anything can change the environment: nothing of ours calls setenv
        // once threads run.
        guard let text = unsafe getenv(name), unsafe text.pointee != 0 else { return nil }
        return unsafe String(cString: text)
    }
}
