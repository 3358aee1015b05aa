import JSONText
import NIOCore
import Synchronization
import WebSocketTransport

/// Twilio's end of a media stream, for tests.
final class TwilioStream: Sendable {
    enum Event: Sendable, Equatable {
        case media([UInt8])
        case mark(String)
        case clear
        case other(String)
        case closed(UInt16?)
    }

    let streamSID: String
    let log = EventLog<Event>()
    private let socket: NIOLoopBound<WebSocket>
    private let delegate: NIOLoopBound<Delegate>

    /// Opens a WebSocket; nothing is said on it yet.
    static func connect(
        to url: String,
        headers: [(String, String)] = [],
        streamSID: String = "MZ1",
        on eventLoop: any EventLoop
    ) async throws -> TwilioStream {
        let promise = eventLoop.makePromise(of: TwilioStream.self)
        eventLoop.execute {
            let delegate = Delegate()
            WebSocketClient.connect(
                to: url,
                headers: headers,
                on: eventLoop,
                deadline: .seconds(10),
                delegate: delegate
            ) { result in
                switch result {
                case .failure(let error): promise.fail(error)
                case .success(let socket):
                    let stream = TwilioStream(
                        streamSID: streamSID,
                        socket: NIOLoopBound(socket, eventLoop: eventLoop),
                        delegate: NIOLoopBound(delegate, eventLoop: eventLoop)
                    )
                    delegate.log = stream.log
                    promise.succeed(stream)
                }
            }
        }
        return try await promise.futureResult.get()
    }

    private init(streamSID: String, socket: NIOLoopBound<WebSocket>, delegate: NIOLoopBound<Delegate>) {
        self.streamSID = streamSID
        self.socket = socket
        self.delegate = delegate
    }

    func send(_ text: String) {
        socket.eventLoop.execute { [socket] in socket.value.send(text: text) }
    }

    func start(call: String, parameters: [String: String] = [:]) {
        var custom = JSONObject()
        for (name, value) in parameters.sorted(by: { $0.key < $1.key }) { custom[name] = .string(value) }
        let start: JSONValue = [
            "event": "start", "sequenceNumber": "1", "streamSid": .string(streamSID),
            "start": [
                "accountSid": "AC1", "streamSid": .string(streamSID), "callSid": .string(call), "tracks": ["inbound"],
                "mediaFormat": ["encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1],
                "customParameters": .object(custom),
            ],
        ]
        send(#"{"event":"connected","protocol":"Call","version":"1.0.0"}"#)
        send(start.serialized())
    }

    func media(_ audio: [UInt8], timestamp: Int) {
        send(
            """
            {"event":"media","sequenceNumber":"2","media":{"track":"inbound","chunk":"1","timestamp":"\(timestamp)",\
            "payload":"\(Base64.encode(audio))"},"streamSid":"\(streamSID)"}
            """
        )
    }

    func echo(_ mark: String) {
        send(#"{"event":"mark","sequenceNumber":"9","streamSid":"\#(streamSID)","mark":{"name":"\#(mark)"}}"#)
    }

    func stop() {
        send(#"{"event":"stop","sequenceNumber":"10","streamSid":"\#(streamSID)","stop":{"callSid":"CA1"}}"#)
    }

    func close() {
        socket.eventLoop.execute { [socket] in socket.value.close() }
    }

    /// Cuts the connection without a close frame.
    func cut() {
        socket.eventLoop.execute { [socket] in socket.value.abort() }
    }

    /// The code the gateway closed with.
    func closeCode() async throws -> UInt16? {
        let event = try await log.first { if case .closed = $0 { true } else { false } }
        guard case .closed(let code) = event else { return nil }
        return code
    }

    /// Waits until this many bytes of audio have come after `index`; all messages are whole frames.
    func audio(bytes: Int, after index: Int = 0) async throws -> [UInt8] {
        var heard: [UInt8] = []
        var next = index
        while heard.count < bytes {
            let (position, event) = try await log.find(from: next) { if case .media = $0 { true } else { false } }
            if case .media(let piece) = event { heard += piece }
            next = position + 1
        }
        return heard
    }

    private final class Delegate: WebSocketDelegate {
        var log: EventLog<Event>?

        func webSocket(_ socket: WebSocket, didReceiveText text: ByteBuffer) {
            let message = String(buffer: text)
            let value = (try? JSONValue.parse(message)) ?? .null
            switch value["event"]?.stringValue {
            case "media":
                log?.append(.media(value["media"]?["payload"]?.stringValue.flatMap(Base64.decode) ?? []))
            case "mark": log?.append(.mark(value["mark"]?["name"]?.stringValue ?? ""))
            case "clear": log?.append(.clear)
            default: log?.append(.other(message))
            }
        }

        func webSocket(_ socket: WebSocket, didReceiveBinary bytes: ByteBuffer) {
            log?.append(.other("binary"))
        }

        func webSocket(_ socket: WebSocket, didClose close: WebSocketClose) {
            log?.append(.closed(close.code))
        }
    }
}
