package import JSONText

/// A tool's input as the model wrote it.
///
/// Models can write input that is not a JSON object, most often when they are small or are cut short. Such a call is still
/// passed on, marked, so that the history stays legal (a call must have an answer, and its input must be an object) and
/// the model can be told to try again; the tool itself is never run.
package enum ToolInput: Equatable, Sendable {
    /// The longest input passed on, in bytes of JSON; it has to fit one link frame.
    package static let maximumBytes = 32 * 1024

    /// How much of an invalid input is kept for the model to see, in characters.
    package static let maximumInvalidCharacters = 200

    private static let invalidMember = "invalid_json"

    /// An object.
    case valid(JSONObject)

    /// The beginning of what is not a JSON object, or is too long.
    case invalid(String)

    /// Reads the text the model wrote; no text at all is an empty object.
    package init(parsing text: String) {
        let isBlank = text.allSatisfy(\.isWhitespace)
        if isBlank {
            self = .valid(JSONObject())
        } else if text.utf8.count <= Self.maximumBytes, let parsed = try? JSONValue.parse(text),
            let object = parsed.objectValue,
            JSONValue.object(object).serialized().utf8.count <= Self.maximumBytes
        {
            self = .valid(object)
        } else {
            self = .invalid(String(text.prefix(Self.maximumInvalidCharacters)))
        }
    }

    /// The input as the object that travels on the link and goes back to the provider in the history.
    package var json: JSONValue {
        switch self {
        case .valid(let object): .object(object)
        case .invalid(let text): [Self.invalidMember: .string(text)]
        }
    }

    /// Whether it can be given to a tool.
    package var isValid: Bool {
        if case .valid = self { true } else { false }
    }

    /// Whether an input that came back from the link is one that was marked as invalid.
    package static func isMarkedInvalid(_ input: JSONValue) -> Bool {
        guard let object = input.objectValue else { return true }
        return object.count == 1 && object[invalidMember]?.stringValue != nil
    }
}

extension String {
    /// Appends a piece of a tool's input, unless there is already more than can be passed on.
    ///
    /// What is kept beyond `maximumBytes` is only there to show that it was too much.
    mutating func append(_ piece: String, upTo maximumBytes: Int) {
        guard utf8.count <= maximumBytes else { return }
        append(contentsOf: piece.prefix(maximumBytes + 1))
    }
}
