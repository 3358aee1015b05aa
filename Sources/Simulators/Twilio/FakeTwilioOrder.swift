/// A call to be placed: what `POST Calls.json` asks for (Twilio, Create a Call).
struct FakeTwilioOrder {
    /// The longest inline document, characters (error 32018).
    private static let maximumTwiML = 4000

    /// What is understood; anything else is let through with a warning.
    private static let known: Set<String> = [
        "To", "From", "Url", "Method", "Twiml", "StatusCallback", "StatusCallbackMethod", "StatusCallbackEvent",
        "Timeout",
        "TimeLimit",
    ]

    let to: String
    let from: String
    var direction = CallDirection.outbound
    var instructions: CallInstructions
    var statusURL: String?
    var statusMethod = "POST"
    var statusEvents: Set<CallProgressEvent> = [.completed]
    var timeoutMilliseconds = 60_000
    var limitMilliseconds: Int?
    var warnings: [String] = []

    /// An inbound call.
    init(to: String, from: String, voiceURL: String, statusURL: String?) {
        self.to = to
        self.from = from
        self.statusURL = statusURL
        direction = .inbound
        instructions = .url(voiceURL)
    }

    /// Reads the form of a request.
    init(form: [(String, String)]) throws(FakeTwilioError) {
        func value(_ name: String) -> String? { form.first { $0.0 == name && !$0.1.isEmpty }?.1 }
        guard let to = value("To") else { throw .invalid(21201, "No 'To' number is specified") }
        guard let from = value("From") else { throw .invalid(21213, "No 'From' number is specified") }
        guard Self.isAddress(to) else {
            throw .invalid(21211, "The phone number you are attempting to call, \(to), is not valid.")
        }
        guard Self.isAddress(from) else { throw .invalid(21212, "The source phone number, \(from), is not valid.") }
        self.to = to
        self.from = from
        guard let instructions = try Self.instructions(form) else {
            throw .invalid(21205, "Url parameter is required.")
        }
        self.instructions = instructions
        if value("Url") != nil, value("Twiml") != nil { warnings.append("32019: Twiml is ignored beside Url") }
        if let url = value("StatusCallback") {
            guard Self.isURL(url) else { throw .invalid(21609, "Invalid 'StatusCallback' URL: \(url)") }
            statusURL = url
        }
        statusMethod = try Self.method(value("StatusCallbackMethod"))
        let names = form.filter { $0.0 == "StatusCallbackEvent" }.map(\.1)
        let events = names.compactMap(CallProgressEvent.init)
        if events.count < names.count { warnings.append("21626: StatusCallbackEvent has unknown events") }
        if !events.isEmpty { statusEvents = Set(events) }
        if let seconds = try Self.seconds("Timeout", value("Timeout"), 1...600) { timeoutMilliseconds = seconds * 1000 }
        limitMilliseconds = try Self.seconds("TimeLimit", value("TimeLimit"), 1...86_400).map { $0 * 1000 }
        for name in Set(form.map(\.0)).subtracting(Self.known).sorted() {
            warnings.append("\(name) is not simulated")
        }
    }

    /// The `Url` or `Twiml` of a form; nil when there is neither.
    ///
    /// `Url` goes before.
    static func instructions(_ form: [(String, String)]) throws(FakeTwilioError) -> CallInstructions? {
        func value(_ name: String) -> String? { form.first { $0.0 == name && !$0.1.isEmpty }?.1 }
        if let url = value("Url") {
            guard isURL(url) else { throw .invalid(21205, "Url is not a valid URL: \(url)") }
            return .url(url, method: try method(value("Method")))
        }
        guard let text = value("Twiml") else { return nil }
        guard text.count <= maximumTwiML else {
            throw .invalid(32018, "Twiml is longer than \(maximumTwiML) characters")
        }
        return .twiML(text)
    }

    private static func method(_ text: String?) throws(FakeTwilioError) -> String {
        guard let text else { return "POST" }
        guard text == "GET" || text == "POST" else { throw .invalid(20001, "Method \(text) is neither GET nor POST") }
        return text
    }

    private static func seconds(
        _ name: String,
        _ text: String?,
        _ range: ClosedRange<Int>
    ) throws(FakeTwilioError) -> Int? {
        guard let text else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw .invalid(20001, "\(name) must be a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// Whether a text is a number in E.164, or a client or SIP address.
    private static func isAddress(_ text: String) -> Bool {
        if text.hasPrefix("client:") || text.hasPrefix("sip:") { return true }
        return text.hasPrefix("+") && (7...15).contains(text.utf8.count - 1)
            && text.utf8.dropFirst().allSatisfy { (0x30...0x39).contains($0) }
    }

    /// Whether Twilio would call this: absolute, and no underscore in the host.
    private static func isURL(_ text: String) -> Bool {
        guard let scheme = ["https://", "http://"].first(where: text.hasPrefix) else { return false }
        let host = text.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        return !host.isEmpty && !host.contains("_") && !text.contains(where: \.isWhitespace)
    }
}
