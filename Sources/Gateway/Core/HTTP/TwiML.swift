/// A TwiML document, as Twilio fetches it from a webhook or a `<Connect action>`.
///
/// Every text and attribute is escaped here, so that no caller number or configured value can add a verb. A document
/// stays far below Twilio's 64 kB limit.
package struct TwiML: Sendable, Equatable {
    /// The media type of the answer.
    package static let contentType = "text/xml; charset=utf-8"

    /// Characters of a `<Parameter>`'s name and value together that Twilio passes on ("under 500").
    package static let maximumParameterCharacters = 499

    /// The document's text.
    package let text: String

    /// Takes a whole document written by the operator, as the refusal of the configuration.
    package init(document: String) {
        text = document
    }

    private init(verbs: String) {
        text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response>\(verbs)</Response>"
    }

    /// The document without a verb: Twilio hangs up a live call, and wants nothing more of one that is over.
    package static let empty = TwiML(verbs: "")

    /// Ends the call.
    package static let hangUp = TwiML(verbs: "<Hangup/>")

    /// Sends the call's audio to a WebSocket until that ends, then asks `action` what to do.
    ///
    /// - Parameters:
    ///   - action: absolute URL asked when the stream has ended.
    ///   - url: absolute `wss` URL without a query (Twilio drops queries).
    ///   - parameters: name and value pairs handed to the stream's `start`; a value that is too long is cut to what
    ///     Twilio passes on.
    /// - Returns: the document.
    package static func connectStream(action: String, url: String, parameters: [(name: String, value: String)]) -> TwiML
    {
        var verbs = "<Connect action=\"\(escape(action))\" method=\"POST\"><Stream url=\"\(escape(url))\">"
        for parameter in parameters {
            let value = parameter.value.prefix(max(0, maximumParameterCharacters - parameter.name.count))
            verbs += "<Parameter name=\"\(escape(parameter.name))\" value=\"\(escape(String(value)))\"/>"
        }
        verbs += "</Stream></Connect>"
        return TwiML(verbs: verbs)
    }

    /// Hands the caller over to someone else.
    ///
    /// - Parameter destination: an E.164 number, or a `sip:` address.
    /// - Returns: the document.
    package static func dial(_ destination: String) -> TwiML {
        let noun = destination.lowercased().hasPrefix("sip:") ? "Sip" : "Number"
        return TwiML(verbs: "<Dial><\(noun)>\(escape(destination))</\(noun)></Dial>")
    }

    /// Makes text safe inside an element or a quoted attribute.
    ///
    /// Characters XML 1.0 cannot hold at all (most controls) are left out.
    package static func escape(_ text: String) -> String {
        var escaped = ""
        escaped.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&apos;"
            case "\t", "\n", "\r": escaped += "&#\(scalar.value);"
            case _ where isXMLCharacter(scalar): escaped.unicodeScalars.append(scalar)
            default: break
            }
        }
        return escaped
    }

    private static func isXMLCharacter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: true
        default: false
        }
    }
}
