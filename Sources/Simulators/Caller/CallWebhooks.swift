import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import RequestSigning
package import WebSocketTransport

/// The requests of one call: signed over the public address, sent there or to where the system is reached instead.
struct CallWebhooks: Sendable {
    let configuration: CallConfiguration
    let callSID: String
    let client: HTTPClient

    /// Fetches a document or delivers a callback.
    ///
    /// - Parameters:
    ///   - reference: an absolute URL, or a path of the public one.
    ///   - method: GET sends the form as query.
    ///   - status: the call's.
    ///   - extra: more fields.
    /// - Throws: ``CallError``, or what the HTTP client throws.
    /// - Returns: the answer's body.
    func fetch(
        _ reference: String,
        method: String = "POST",
        status: CallStatus,
        extra: [(String, String)] = []
    ) async throws -> String {
        let form = form(status: status) + extra
        let isGet = method.uppercased() == "GET"
        var address = try absolute(reference)
        if isGet { address += (address.contains("?") ? "&" : "?") + FormURLEncoding.encode(form) }
        var request = HTTPClientRequest(url: configuration.via.map { $0 + Self.path(of: address) } ?? address)
        request.method = isGet ? .GET : .POST
        request.headers.add(name: "User-Agent", value: "TwilioProxy/1.1")
        if let token = configuration.authToken {
            let signature = TwilioSignature.sign(
                url: address,
                form: isGet ? [] : form,
                token: configuration.faults.signsWrongly ? token + "x" : token
            )
            request.headers.add(name: "X-Twilio-Signature", value: signature)
        }
        if !isGet {
            request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded; charset=UTF-8")
            request.body = .bytes(ByteBuffer(string: FormURLEncoding.encode(form)))
        }
        // Twilio gives a webhook 15 s in all.
        let response = try await client.execute(request, timeout: .seconds(15))
        let body = String(buffer: try await response.body.collect(upTo: 65_536))
        guard (200..<300).contains(response.status.code) else {
            let path = Self.path(of: address)
            throw CallError.webhook(path: path, status: Int(response.status.code), body: String(body.prefix(200)))
        }
        return body
    }

    /// The headers of the stream's handshake.
    func upgradeHeaders(url: String) -> [(String, String)] {
        var headers = [("User-Agent", "Twilio.TmeWs/1.0")]
        let faults = configuration.faults
        if let token = configuration.authToken, !faults.leavesUpgradeUnsigned {
            let signature = TwilioSignature.sign(
                url: url,
                form: [],
                token: faults.signsUpgradeWrongly ? token + "x" : token
            )
            headers.append(("X-Twilio-Signature", signature))
        }
        return headers
    }

    /// Where a stream connects to: the TwiML's address, or the same path at `via`.
    func streamTarget(_ url: String) throws -> String {
        guard url.hasPrefix("wss://") || url.hasPrefix("ws://") else {
            throw CallError.badTwiML("stream url \(url) is neither wss nor ws")
        }
        guard !url.contains("?") else { throw CallError.badTwiML("stream url has a query string") }
        guard let via = configuration.via else { return url }
        return "ws" + via.dropFirst("http".count) + Self.path(of: url)
    }

    private func absolute(_ reference: String) throws -> String {
        let address = reference.drop { $0.isWhitespace }.prefix { $0 != "#" && !$0.isWhitespace }
        if address.hasPrefix("https://") || address.hasPrefix("http://") { return String(address) }
        guard !configuration.publicURL.isEmpty else {
            throw CallError.badTwiML("15004: \"\(address)\" must be absolute, the TwiML has no URL of its own")
        }
        return configuration.publicURL + (address.hasPrefix("/") ? "" : "/") + address
    }

    private static func path(of url: String) -> String {
        var rest = Substring(url)
        if let colon = url.firstIndex(of: ":"), url[colon...].hasPrefix("://") {
            rest = url[colon...].dropFirst(3)
            guard let slash = rest.firstIndex(of: "/") else { return "/" }
            rest = rest[slash...]
        }
        return String(rest.prefix { $0 != "#" })
    }

    private func form(status: CallStatus) -> [(String, String)] {
        [
            ("AccountSid", configuration.accountSID), ("ApiVersion", "2010-04-01"), ("CallSid", callSID),
            ("CallStatus", status.rawValue), ("Called", configuration.to), ("Caller", configuration.from),
            ("CallerCity", ""), ("Direction", configuration.direction.rawValue), ("From", configuration.from),
            ("To", configuration.to),
        ]
    }
}

/// Why a simulated call could not go on.
package enum CallError: Error, CustomStringConvertible {
    /// A webhook answered with another status than 2xx.
    case webhook(path: String, status: Int, body: String)

    /// The TwiML is not what Twilio takes.
    case badTwiML(String)

    /// The media stream could not be opened (Twilio's error 31920 and its kin).
    case handshake(WebSocketConnectError)

    package var description: String {
        switch self {
        case .webhook(let path, let status, let body): "webhook \(path) answered \(status): \(body)"
        case .badTwiML(let why): "bad TwiML: \(why)"
        case .handshake(.refused(let status, _, let body)): "31920: stream handshake refused with \(status): \(body)"
        case .handshake(let error): "stream handshake failed: \(error)"
        }
    }
}
