package import JSONText
package import NIOHTTP1
package import Observability
package import WorkerProtocol

/// The request of one run of an HTTP tool.
package struct HTTPToolRequest: Equatable, Sendable {
    /// Why a tool cannot be asked; for the operator and, without anything secret, for the model.
    package struct Fault: Error, Equatable {
        /// A sentence.
        package var detail: String

        /// Makes a fault.
        package init(detail: String) {
            self.detail = detail
        }
    }

    /// Headers that the connection needs for itself.
    package static let reservedHeaders: Set<String> = [
        "connection", "content-length", "host", "idempotency-key", "te", "trailer", "transfer-encoding", "upgrade",
    ]

    /// The HTTP method.
    package let method: HTTPMethod

    /// The absolute URL, with the input as its query for `GET` and `DELETE`.
    package let url: String

    /// The headers, secrets filled in.
    package let headers: HTTPHeaders

    /// The input as JSON, for the other methods.
    package let body: [UInt8]?

    /// Makes the request.
    ///
    /// - Parameters:
    ///   - tool: The tool of the session's settings.
    ///   - input: What the model wants.
    ///   - idempotencyKey: The run's key, sent along if the tool changes something.
    ///   - secrets: The values of names in headers.
    /// - Throws: What is wrong with the tool as it is set up.
    package init(
        tool: HTTPTool,
        input: JSONObject,
        idempotencyKey: String,
        secrets: (String) -> Secret?
    ) throws(Fault) {
        let base: ServiceURL
        do throws(ServiceURLError) {
            base = try ServiceURL(tool.url)
        } catch {
            throw Fault(detail: "the tool's URL \(error)")
        }
        let method = HTTPMethod(rawValue: tool.method)
        var headers: HTTPHeaders = [
            "accept": "application/json, text/plain;q=0.9, */*;q=0.1", "user-agent": "dialtone",
        ]
        if method == .GET || method == .DELETE {
            let query = Self.query(input)
            url = query.isEmpty ? base.text : base.text + (base.hasQuery ? "&" : "?") + query
            body = nil
        } else {
            url = base.text
            headers.add(name: "content-type", value: "application/json")
            var bytes: [UInt8] = []
            JSONValue.object(input).serialize(into: &bytes)
            body = bytes
        }
        for name in tool.headers.keys.sorted() {
            guard !Self.reservedHeaders.contains(name.lowercased()) else {
                throw Fault(detail: "the tool's header \(name) cannot be set")
            }
            headers.replaceOrAdd(name: name, value: try Self.value(of: name, in: tool, secrets))
        }
        if tool.hasEffect {
            guard idempotencyKey.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !idempotencyKey.isEmpty else {
                throw Fault(detail: "the run's key is not fit for a header")
            }
            headers.replaceOrAdd(name: "idempotency-key", value: idempotencyKey)
        }
        self.method = method
        self.headers = headers
    }

    private static func value(of name: String, in tool: HTTPTool, _ secrets: (String) -> Secret?) throws(Fault)
        -> String
    {
        do throws(HeaderTemplate.Fault) {
            return try HeaderTemplate(tool.headers[name] ?? "").resolved(secrets)
        } catch {
            switch error {
            case .malformed: throw Fault(detail: "the tool's header \(name) has a malformed ${NAME}")
            case .missing(let secret):
                throw Fault(detail: "the tool's header \(name) needs ${\(secret)}, which is not set")
            case .illegalCharacter: throw Fault(detail: "the tool's header \(name) has an illegal character")
            }
        }
    }

    /// The members as `name=value`: lists repeat their name, objects are JSON, null is left out.
    private static func query(_ input: JSONObject) -> String {
        var pairs: [String] = []
        for (name, value) in input {
            for item in value.arrayValue ?? [value] {
                guard let text = text(of: item) else { continue }
                pairs.append(percentEncoded(name) + "=" + percentEncoded(text))
            }
        }
        return pairs.joined(separator: "&")
    }

    private static func text(of value: JSONValue) -> String? {
        switch value {
        case .null: nil
        case .string(let text): text
        default: value.serialized()
        }
    }

    private static func percentEncoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF")
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                encoded.append("%")
                encoded.append(digits[Int(byte >> 4)])
                encoded.append(digits[Int(byte & 15)])
            }
        }
        return encoded
    }
}
