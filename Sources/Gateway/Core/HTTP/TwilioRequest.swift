package import HTTPServing
import NIOCore
import NIOHTTP1
import Observability
import RequestSigning

/// A request of Twilio's whose signature was checked.
package struct TwilioRequest: Sendable {
    /// Its parameters in order, from the form or the query.
    package let parameters: [(name: String, value: String)]

    /// The first value of a parameter; nil when it is missing.
    package subscript(name: String) -> String? {
        parameters.first { $0.name == name }?.value
    }
}

/// Checks that requests come from Twilio.
///
/// The signed URL is made of the configured public URL and the request's own raw target; `Host` and forwarding headers
/// play no part. Source: Twilio, "Webhooks security".
package struct TwilioRequestVerifier: Sendable {
    /// What a check found.
    package enum Verdict: Sendable {
        /// It is Twilio's, or checks are off.
        case genuine(TwilioRequest)

        /// There is no signature: 400.
        case unsigned

        /// The signature is wrong: 403.
        case forged
    }

    private static let header = "X-Twilio-Signature"

    private let publicURL: PublicURL
    private let tokens: [Secret]
    private let isSkipped: Bool
    private let requiresStreamSignature: Bool

    /// Takes what is needed out of the settings.
    package init(settings: GatewaySettings) {
        publicURL = settings.publicURL
        tokens = settings.authTokens
        isSkipped = settings.skipsSignature
        requiresStreamSignature = settings.requiresStreamSignature
    }

    /// Checks a webhook, form or query.
    package func verify(_ request: HTTPRequest) -> Verdict {
        let isForm = request.method == "POST" && isFormBody(request)
        let form = isForm ? FormURLEncoding.decode(Array(request.body.readableBytesView)) : []
        let query = request.query.map { FormURLEncoding.decode(Array($0.utf8)) } ?? []
        let parsed = TwilioRequest(parameters: (form + query).map { (name: $0.0, value: $0.1) })
        if isSkipped { return .genuine(parsed) }
        guard let signature = request.headers.first(name: Self.header) else { return .unsigned }
        let isValid = TwilioSignature.isValid(
            signature,
            url: publicURL.url(target: request.target),
            form: form,
            body: isForm || request.body.readableBytes == 0 ? nil : Array(request.body.readableBytesView),
            tokens: tokens.map { $0.reveal() }
        )
        return isValid ? .genuine(parsed) : .forged
    }

    /// Checks a media stream's upgrade: a signature that is there must be right, and it may have to be there.
    package func verifyStream(_ request: HTTPRequest) -> Verdict {
        let none = TwilioRequest(parameters: [])
        if isSkipped { return .genuine(none) }
        guard let signature = request.headers.first(name: Self.header) else {
            return requiresStreamSignature ? .unsigned : .genuine(none)
        }
        let isValid = TwilioSignature.isValid(
            signature,
            url: publicURL.webSocketURL(target: request.target),
            form: [],
            tokens: tokens.map { $0.reveal() }
        )
        return isValid ? .genuine(none) : .forged
    }

    private func isFormBody(_ request: HTTPRequest) -> Bool {
        guard let type = request.headers.first(name: "Content-Type") else { return true }
        return type.lowercased().hasPrefix("application/x-www-form-urlencoded")
    }
}
