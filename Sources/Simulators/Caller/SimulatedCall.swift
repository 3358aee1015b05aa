package import AsyncHTTPClient
import JSONText
package import NIOCore
import NIOHTTP1
import RequestSigning
package import WebSocketTransport

/// Calls the system under test as Twilio would: signed webhook, TwiML, media stream, `<Connect action>`, status callback.
package actor SimulatedCall {
    /// What a call tells whoever watches it.
    package enum Happening: Sendable, Equatable {
        /// The webhook answered with this many milliseconds and this TwiML.
        case answered(milliseconds: Double, twiML: String)

        /// Something of the script; milliseconds since the first stream began.
        case script(CallerScript.Event, at: Int)

        /// The application emptied the queue.
        case cleared(at: Int)
    }

    /// The longest chain of TwiML documents followed (Twilio stops at 10 redirects).
    private static let maximumDocuments = 10

    private let configuration: CallConfiguration
    private let client: HTTPClient
    private let loop: any EventLoop
    private let onHappening: @Sendable (Happening) -> Void
    private var script: CallerScript
    private var report: CallReport
    private var transcript: CallTranscript

    /// Prepares a call.
    ///
    /// - Parameters:
    ///   - configuration: where and how.
    ///   - script: what the caller does.
    ///   - callSID: `CA` and 32 hexadecimal digits.
    ///   - client: for the webhooks; the caller of this keeps it.
    ///   - loop: where the stream lives.
    ///   - onHappening: called on the loop or the actor as the call goes on.
    package init(
        configuration: CallConfiguration,
        script: CallerScript,
        callSID: String,
        client: HTTPClient,
        loop: any EventLoop,
        onHappening: @escaping @Sendable (Happening) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.script = script
        transcript = CallTranscript(lines: script.lines)
        self.client = client
        self.loop = loop
        self.onHappening = onHappening
        report = CallReport(callSID: callSID)
    }

    /// Makes a Twilio-shaped id: two letters and 32 hexadecimal digits.
    package static func identifier(_ prefix: String) -> String {
        prefix
            + RandomBytes.make(count: 16).map { byte in
                let digits = String(byte, radix: 16)
                return digits.count == 1 ? "0" + digits : digits
            }.joined()
    }

    /// Holds the call to its end.
    package func run() async -> CallReport {
        let began = NIODeadline.now()
        do {
            let first = try await post(path: configuration.voicePath, status: "ringing")
            report.webhookMilliseconds = Double((NIODeadline.now() - began).nanoseconds) / 1e6
            onHappening(.answered(milliseconds: report.webhookMilliseconds, twiML: first))
            try await execute(first)
        } catch {
            report.end = .failed
            report.detail = "\(error)"
        }
        report.duration = report.callerAudio.count / 8
        report.turns = transcript.turns
        await reportCompletion()
        return report
    }

    // MARK: - TwiML

    private func execute(_ document: String) async throws {
        var next: String? = document
        for _ in 0..<Self.maximumDocuments {
            guard let current = next else { return }
            let root = try XMLParser.parse(current)
            guard root.name == "Response" else { throw CallError.badTwiML("the root element is <\(root.name)>") }
            next = try await runVerbs(of: root)
        }
        throw CallError.badTwiML("more than \(Self.maximumDocuments) documents in a chain")
    }

    /// Runs the verbs of a document; returns the document to go on with, or nil when the call is over.
    private func runVerbs(of root: XMLElement) async throws -> String? {
        for (index, verb) in root.children.enumerated() {
            switch verb.name {
            case "Connect":
                guard let end = try await connect(verb) else { return nil }
                guard let action = verb["action"] else {
                    report.detail = "stream ended: \(end)"
                    continue
                }
                return try await post(path: Self.pathOf(action), status: "in-progress")
            case "Reject" where index == 0:
                report.end = .rejected
                report.detail = verb["reason"] ?? "rejected"
                return nil
            case "Dial":
                report.end = .transferred
                report.detail = verb.children.first?.text ?? verb.text
                return nil
            case "Hangup":
                report.end = .agentHungUp
                return nil
            case "Redirect":
                return try await post(path: Self.pathOf(verb.text), status: "in-progress")
            case "Say", "Play", "Pause":
                report.detail += "<\(verb.name)>\(verb.text) "
            default: throw CallError.badTwiML("verb <\(verb.name)> is not known here")
            }
        }
        report.end = .agentHungUp
        return nil
    }

    /// Holds the stream of a `<Connect>`; nil when the caller ended the call.
    private func connect(_ verb: XMLElement) async throws -> StreamLeg.End? {
        guard let stream = verb.children.first(where: { $0.name == "Stream" }), let url = stream["url"]
        else {
            throw CallError.badTwiML("<Connect> without <Stream url>")
        }
        let parameters = try parameters(of: stream)
        let leg = try await hold(url: url, parameters: parameters)
        switch leg.end {
        case .callerHungUp:
            report.end = .callerHungUp
            return nil
        case .cut:
            if configuration.faults.resumesAfterCut { return leg.end }
            report.end = .callerHungUp
            return nil
        case .applicationClosed, .broke: return leg.end
        }
    }

    private func parameters(of stream: XMLElement) throws -> [(name: String, value: String)] {
        var parameters: [(name: String, value: String)] = []
        for child in stream.children where child.name == "Parameter" {
            guard let name = child["name"], let value = child["value"] else {
                throw CallError.badTwiML("<Parameter> without name and value")
            }
            guard name.count + value.count < 500 else { throw CallError.badTwiML("<Parameter> of 500 characters") }
            if name == "token", let token = configuration.faults.token {
                if !token.isEmpty { parameters.append((name, token)) }
            } else {
                parameters.append((name, value))
            }
        }
        return parameters
    }

    private struct HeldLeg: Sendable {
        var end: StreamLeg.End
        var script: CallerScript
        var report: CallReport
        var transcript: CallTranscript
    }

    private func hold(url: String, parameters: [(name: String, value: String)]) async throws -> HeldLeg {
        let configuration = configuration
        let script = script
        let report = report
        let transcript = transcript
        let onHappening = onHappening
        let headers = upgradeHeaders(url: url)
        let target = try streamTarget(url)
        let loop = loop
        let held = try await loop.flatSubmit { () -> EventLoopFuture<HeldLeg> in
            let promise = loop.makePromise(of: HeldLeg.self)
            let box = LegBox()
            let leg = StreamLeg(
                configuration: configuration,
                parameters: parameters,
                streamSID: Self.identifier("MZ"),
                script: script,
                report: report,
                transcript: transcript,
                loop: loop,
                onHappening: { happening in
                    switch happening {
                    case .script(let event, let time): onHappening(.script(event, at: time))
                    case .cleared(let time): onHappening(.cleared(at: time))
                    }
                },
                onEnd: { end in
                    guard let leg = box.leg else { return }
                    box.leg = nil
                    promise.succeed(
                        HeldLeg(
                            end: end,
                            script: leg.script,
                            report: leg.report,
                            transcript: leg.transcript
                        )
                    )
                }
            )
            box.leg = leg
            WebSocketClient.connect(
                to: target,
                headers: headers,
                on: loop,
                limits: WebSocketLimits(),
                deadline: .seconds(5),
                delegate: leg
            ) { result in
                switch result {
                case .success(let socket): leg.begin(on: socket)
                case .failure(let error): promise.fail(CallError.handshake(error))
                }
            }
            return promise.futureResult
        }.get()
        self.script = held.script
        self.report = held.report
        self.transcript = held.transcript
        if case .broke(let why) = held.end { self.report.detail = why }
        return held
    }

    // MARK: - Requests

    private func upgradeHeaders(url: String) -> [(String, String)] {
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

    /// The address to connect to: the TwiML's, or the same path at `via`.
    private func streamTarget(_ url: String) throws -> String {
        guard url.hasPrefix("wss://") || url.hasPrefix("ws://") else {
            throw CallError.badTwiML("stream url \(url) is neither wss nor ws")
        }
        guard !url.contains("?") else { throw CallError.badTwiML("stream url has a query string") }
        guard let via = configuration.via else { return url }
        return "ws" + via.dropFirst("http".count) + Self.pathOf(url)
    }

    private static func pathOf(_ url: String) -> String {
        var rest = Substring(url)
        if let colon = url.firstIndex(of: ":"), url[colon...].hasPrefix("://") {
            rest = url[colon...].dropFirst(3)
            guard let slash = rest.firstIndex(of: "/") else { return "/" }
            rest = rest[slash...]
        }
        return String(rest.prefix { $0 != "#" })
    }

    private func form(status: String) -> [(String, String)] {
        [
            ("AccountSid", configuration.accountSID), ("ApiVersion", "2010-04-01"), ("CallSid", report.callSID),
            ("CallStatus", status), ("Called", configuration.to), ("Caller", configuration.from),
            ("CallerCity", ""), ("Direction", "inbound"), ("From", configuration.from), ("To", configuration.to),
        ]
    }

    private func post(
        path: String,
        status: String,
        extra: [(String, String)] = []
    ) async throws -> String {
        let form = form(status: status) + extra
        var request = HTTPClientRequest(url: (configuration.via ?? configuration.publicURL) + path)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded; charset=UTF-8")
        request.headers.add(name: "User-Agent", value: "TwilioProxy/1.1")
        if let token = configuration.authToken {
            let signature = TwilioSignature.sign(
                url: configuration.publicURL + path,
                form: form,
                token: configuration.faults.signsWrongly ? token + "x" : token
            )
            request.headers.add(name: "X-Twilio-Signature", value: signature)
        }
        request.body = .bytes(ByteBuffer(string: FormURLEncoding.encode(form)))
        // Twilio gives a webhook 15 s in all.
        let response = try await client.execute(request, timeout: .seconds(15))
        let body = String(buffer: try await response.body.collect(upTo: 65_536))
        guard (200..<300).contains(response.status.code) else {
            throw CallError.webhook(path: path, status: Int(response.status.code), body: String(body.prefix(200)))
        }
        return body
    }

    private func reportCompletion() async {
        guard let path = configuration.statusPath, report.end != .failed else { return }
        let seconds = String(report.duration / 1000)
        do {
            _ = try await post(
                path: path,
                status: report.end == .rejected ? "busy" : "completed",
                extra: [("CallDuration", seconds), ("CallbackSource", "call-progress-events"), ("SequenceNumber", "0")]
            )
        } catch {
            report.detail += " status callback: \(error)"
        }
    }
}

/// Lets the leg's end find the leg it was made with; lives on the leg's loop.
private final class LegBox {
    var leg: StreamLeg?
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
