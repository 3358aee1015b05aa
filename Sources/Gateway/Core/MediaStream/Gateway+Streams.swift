import HTTPServing
import Logging
import NIOCore
import Observability
import RequestSigning
import WebSocketTransport

extension Gateway {
    /// Bytes that may wait for Twilio on one stream; then it does not read and is cut.
    private static let maximumBufferedBytes = 256 * 1024

    /// Most messages are a frame of audio, 376 bytes.
    private static let receiveBufferBytes = 2048

    /// Twilio opens a media stream's WebSocket.
    func media(_ request: HTTPRequest, _ responder: HTTPResponder) {
        switch verifier.verifyStream(request) {
        case .genuine: break
        case .unsigned, .forged:
            metrics.signatureFailures.increment()
            metrics.streamsRefused.increment()
            logger.notice("stream refused: its Twilio signature is missing or wrong")
            responder.reply(status: 403)
            return
        }
        let stream = MediaStream(timers: timers, metrics: metrics, logger: logger, admission: self)
        let limits = WebSocketLimits(
            maximumMessageBytes: settings.maximumMessageBytes,
            maximumBufferedBytes: Self.maximumBufferedBytes,
            receiveBufferBytes: Self.receiveBufferBytes
        )
        if let socket = responder.upgradeToWebSocket(limits: limits, delegate: stream) {
            stream.opened(socket, startMilliseconds: Int64(settings.handshakeSeconds) * 1000)
        }
    }
}

extension Gateway: MediaStreamAdmission {
    /// Fails closed: without a token that is good for exactly this call there is no stream, unless checks are off.
    func admit(_ stream: MediaStream, start: StreamStart) -> CallSession? {
        // Whoever opens a WebSocket may say anything here: it goes into the log only when it looks like Twilio's.
        guard Self.isPlausible(sid: start.callSID), Self.isPlausible(sid: start.streamSID) else {
            logger.notice("stream refused", metadata: ["reason": "strange CallSid or StreamSid"])
            return nil
        }
        var agentName = start.parameters["agent"]
        do {
            agentName = try tokens.redeem(start.parameters["token"], callSID: start.callSID, now: now).agent
        } catch {
            guard settings.skipsSignature else {
                refuse(start, why: "\(error)")
                return nil
            }
        }
        if let account = settings.accountSID, account != start.accountSID {
            refuse(start, why: "another account")
            return nil
        }
        switch calls.admission(of: start.callSID) {
        case .known(let call): return call
        case .full: refuse(start, why: "the limit of calls is reached")
        case .draining: refuse(start, why: "the gateway is stopping")
        case .open:
            let named = agentName.flatMap { settings.agents[$0] }
            if let agent = named ?? settings.agent(calling: start.parameters["to"]) {
                return makeCall(start.callSID, agent: agent)
            }
            refuse(start, why: "no agent")
        }
        return nil
    }

    private func refuse(_ start: StreamStart, why: String) {
        logger.notice(
            "stream refused",
            metadata: ["call.sid": "\(start.callSID)", "stream.sid": "\(start.streamSID)", "reason": "\(why)"]
        )
    }
}
