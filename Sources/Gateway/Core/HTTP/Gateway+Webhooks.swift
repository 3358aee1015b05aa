import Conversation
import HTTPServing
import Logging
import NIOCore
import Observability
import RequestSigning

extension Gateway {
    /// Answers one request on the public listener.
    func handle(_ request: HTTPRequest, _ responder: HTTPResponder) {
        switch request.path {
        case Path.voice: answer(request, responder, with: voice)
        case Path.afterStream: answer(request, responder, with: afterStream)
        case Path.status: answer(request, responder, with: status)
        case Path.media: media(request, responder)
        case Path.health, Path.ready, Path.metrics:
            if HealthEndpoints.isLocal(request, publicURL: settings.publicURL) {
                HealthEndpoints.answer(request, responder, readiness: readiness, registry: registry)
            } else {
                reply(responder, 404)
            }
        default: reply(responder, 404)
        }
    }

    private enum Path {
        static let voice = "/twilio/voice"
        static let status = "/twilio/status"
        static let afterStream = "/twilio/after-stream"
        static let media = "/twilio/media"
        static let health = "/healthz"
        static let ready = "/readyz"
        static let metrics = "/metrics"
    }

    /// Characters of a CallSid or StreamSid that are taken; Twilio's have 34.
    private static let maximumSIDLength = 64

    private func reply(_ responder: HTTPResponder, _ status: Int, headers: [(String, String)] = []) {
        responder.reply(status: status, headers: headers)
    }

    /// Checks a webhook and hands it on; `nil` is answered with 204.
    private func answer(
        _ request: HTTPRequest,
        _ responder: HTTPResponder,
        with body: (TwilioRequest, _ callSID: String) -> TwiML?
    ) {
        guard request.method == "POST" || request.method == "GET" else {
            reply(responder, 405, headers: [("Allow", "GET, POST")])
            return
        }
        let verified: TwilioRequest
        switch verifier.verify(request) {
        case .genuine(let genuine): verified = genuine
        case .unsigned:
            refuseSignature(request, responder, status: 400)
            return
        case .forged:
            refuseSignature(request, responder, status: 403)
            return
        }
        guard let callSID = verified["CallSid"], Self.isPlausible(sid: callSID) else {
            reply(responder, 400)
            return
        }
        if let account = settings.accountSID, verified["AccountSid"] != account {
            logger.notice("request of another account", metadata: ["call.sid": "\(callSID)"])
            reply(responder, 403)
            return
        }
        guard let document = body(verified, callSID) else {
            reply(responder, 204)
            return
        }
        responder.reply(status: 200, headers: [("Content-Type", TwiML.contentType)], body: document.text)
    }

    private func refuseSignature(_ request: HTTPRequest, _ responder: HTTPResponder, status: Int) {
        metrics.signatureFailures.increment()
        logger.notice(
            "request refused: its Twilio signature is missing or wrong",
            metadata: ["http.path": "\(request.path)", "http.status": "\(status)"]
        )
        reply(responder, status)
    }

    /// Whether an id of a call or stream is short and of harmless characters.
    static func isPlausible(sid: String) -> Bool {
        !sid.isEmpty && sid.utf8.count <= maximumSIDLength
            && sid.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }

    // MARK: - Voice

    /// A call comes in, or Twilio asks again about one.
    private func voice(_ request: TwilioRequest, callSID: String) -> TwiML {
        guard let agent = settings.agent(calling: request["To"]) else { return refuse(callSID, why: "no agent") }
        switch calls.admission(of: callSID) {
        case .known(let call):
            call.expectStream()
            return connect(request, callSID, agent: call.agent)
        case .full: return refuse(callSID, why: "the limit of calls is reached")
        case .draining: return refuse(callSID, why: "the gateway is stopping")
        case .open:
            logger.info(
                "call comes in",
                metadata: [
                    "call.sid": "\(callSID)", "agent": "\(agent.name)",
                    "caller.number": .sensitive(request["From"] ?? ""),
                    "called.number": .sensitive(request["To"] ?? ""),
                ]
            )
            let call = makeCall(callSID, agent: agent)
            return connect(request, callSID, agent: call.agent)
        }
    }

    private func refuse(_ callSID: String, why: String) -> TwiML {
        metrics.callsRefused.increment()
        logger.notice("call refused", metadata: ["call.sid": "\(callSID)", "reason": "\(why)"])
        return settings.refusal
    }

    private func connect(_ request: TwilioRequest, _ callSID: String, agent: AgentProfile) -> TwiML {
        let nonce = RandomBytes.makeText(byteCount: 16)
        guard let token = tokens.mint(callSID: callSID, agent: agent.name, now: now, nonce: nonce) else {
            return refuse(callSID, why: "too many streams are outstanding")
        }
        return .connectStream(
            action: settings.publicURL.url(target: Path.afterStream),
            url: settings.publicURL.webSocketURL(target: Path.media),
            parameters: [
                ("token", token), ("agent", agent.name), ("from", request["From"] ?? ""), ("to", request["To"] ?? ""),
            ]
        )
    }

    // MARK: - After the stream

    /// A stream has ended, and Twilio asks what comes next.
    private func afterStream(_ request: TwilioRequest, callSID: String) -> TwiML {
        let call = calls[callSID]
        let known: AfterStream.Known =
            if let call {
                .live(resumptions: call.resumptions)
            } else if let outcome = calls.outcome(of: callSID, now: timers.now) {
                .finished(outcome)
            } else {
                .nothing
            }
        let decision = AfterStream.decide(status: request["CallStatus"], known: known)
        logger.info(
            "Twilio asks what to do after the stream",
            metadata: [
                "call.sid": "\(callSID)", "call.status": "\(request["CallStatus"] ?? "")",
                "decision": "\(decision.word)",
            ]
        )
        switch decision {
        case .answer(let document): return document
        case .end(let document):
            call?.end(document == .hangUp ? .streamClosed : .callerHungUp)
            return document
        case .resume:
            guard let call else { return .hangUp }
            call.resumptions += 1
            call.expectStream()
            return connect(request, callSID, agent: call.agent)
        case .startOver(let resumptions):
            guard case .open = calls.admission(of: callSID), let agent = settings.agent(calling: request["To"]) else {
                return .hangUp
            }
            return connect(request, callSID, agent: makeCall(callSID, agent: agent, resumptions: resumptions).agent)
        }
    }

    // MARK: - Status

    /// The call's status changed.
    private func status(_ request: TwilioRequest, callSID: String) -> TwiML? {
        if AfterStream.isFinal(status: request["CallStatus"]) {
            calls[callSID]?.end(.callerHungUp)
            tokens.forget(callSID: callSID)
        }
        return nil
    }
}
