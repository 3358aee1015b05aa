import HTTPServing
import JSONText
import NIOCore
import NIOHTTP1
import NIOPosix
import RequestSigning
import Simulators
import Synchronization
import WebSocketTransport

/// What a double of the gateway was sent.
enum GatewayEvent: Sendable, Equatable {
    /// A webhook; `isSigned`: its signature is right.
    case webhook(path: String, form: [String: String], isSigned: Bool)
    /// The upgrade of a stream.
    case upgrade(isSigned: Bool)
    /// A message of a stream that is no media.
    case message(String)
    /// The stream's end.
    case closed
}

/// A gateway of a few lines: answers every webhook with its TwiML, takes the stream and plays one second of tone.
final class GatewayDouble: Sendable {
    static let publicURL = "https://voice.example.com"
    static let token = FakeTwilioSettings().authToken

    let events = EventLog<GatewayEvent>()
    private let server = Mutex<HTTPServer?>(nil)

    /// Starts on a free port.
    static func start() async throws -> GatewayDouble {
        let double = GatewayDouble()
        let group = MultiThreadedEventLoopGroup.singleton
        let server = try await HTTPServer.start(on: .tcp(host: "127.0.0.1", port: 0), group: group) {
            double.answer($0, $1)
        }
        double.server.withLock { $0 = server }
        return double
    }

    var url: String { "http://127.0.0.1:\(server.withLock { $0?.port } ?? 0)" }

    func stop() async { await server.withLock { $0 }?.close() }

    /// The forms of the status callbacks so far.
    var callbacks: [[String: String]] {
        events.all.compactMap { recorded in
            guard case .webhook("/status", let form, _) = recorded.event else { return nil }
            return form
        }
    }

    private func answer(_ request: HTTPRequest, _ responder: HTTPResponder) {
        let signature = request.headers.first(name: "x-twilio-signature") ?? ""
        if responder.isWebSocketUpgrade {
            let url = "wss" + Self.publicURL.dropFirst("https".count) + request.path
            let isSigned = TwilioSignature.isValid(signature, url: url, form: [], tokens: [Self.token])
            events.record(.upgrade(isSigned: isSigned))
            _ = responder.upgradeToWebSocket(delegate: Player(events: events))
            return
        }
        let form = FormURLEncoding.decode(Array(request.body.readableBytesView))
        let isSigned = TwilioSignature.isValid(
            signature,
            url: Self.publicURL + request.target,
            form: form,
            tokens: [Self.token]
        )
        let fields = Dictionary(form, uniquingKeysWith: { first, _ in first })
        events.record(.webhook(path: request.path, form: fields, isSigned: isSigned))
        let stream = #"<Stream url="wss://voice.example.com/media"><Parameter name="n" value="7"/></Stream>"#
        let twiML = request.path == "/status" ? "" : "<Response><Connect>\(stream)</Connect></Response>"
        responder.reply(status: 200, headers: [("Content-Type", "text/xml")], body: twiML)
    }

    /// Lives on the stream's loop.
    private final class Player: WebSocketDelegate {
        private let events: EventLog<GatewayEvent>

        init(events: EventLog<GatewayEvent>) { self.events = events }

        func webSocket(_ socket: WebSocket, didReceiveText text: ByteBuffer) {
            guard let message = try? JSONValue.parse(String(buffer: text)), let event = message["event"]?.stringValue,
                event != "media"
            else { return }
            events.record(.message(event))
            guard event == "start", let sid = message["streamSid"]?.stringValue else { return }
            let tone = Base64.encode((0..<8000).map { $0 % 16 < 8 ? 0x90 : 0x10 })
            socket.send(text: #"{"event":"media","streamSid":"\#(sid)","media":{"payload":"\#(tone)"}}"#)
            socket.send(text: #"{"event":"mark","streamSid":"\#(sid)","mark":{"name":"tone"}}"#)
        }

        func webSocket(_ socket: WebSocket, didReceiveBinary bytes: ByteBuffer) {}

        func webSocket(_ socket: WebSocket, didClose close: WebSocketClose) { events.record(.closed) }
    }
}
