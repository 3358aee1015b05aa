import HTTPServing
import JSONText
import NIOCore
import NIOHTTP1
import RequestSigning

/// Answers the requests of the simulated REST API (Twilio, API version 2010-04-01).
final class FakeTwilioDoor: Sendable {
    private struct Answer: Sendable {
        var status: Int
        var body: JSONValue?
    }

    private let switchboard: FakeTwilioSwitchboard

    init(switchboard: FakeTwilioSwitchboard) { self.switchboard = switchboard }

    /// Answers one HTTP request, after the latency.
    func answer(_ request: HTTPRequest, _ responder: HTTPResponder) {
        let line = "\(request.method) \(request.path)"
        let (isAllowed, atOnce) = switchboard.requestBegan()
        let fault = switchboard.takeFault()
        if fault == .hang || fault == .cut, let fault {
            switchboard.requestEnded()
            switchboard.events.record(.ignored(line, fault))
            if fault == .cut { return responder.abort() }
            return responder.onDisconnect = { withExtendedLifetime(responder) {} }
        }
        let bound = NIOLoopBound(responder, eventLoop: responder.eventLoop)
        let loop = responder.eventLoop
        let latency = switchboard.settings.latency
        Task {
            if latency > 0 { try? await Task.sleep(for: .milliseconds(latency)) }
            let result: Result<Answer, FakeTwilioError>
            do throws(FakeTwilioError) {
                guard isAllowed else { throw .tooManyRequests }
                if case .status(let status)? = fault { throw .standard(status) }
                result = .success(try await self.answer(to: request))
            } catch {
                result = .failure(error)
            }
            self.switchboard.requestEnded()
            loop.execute { self.reply(result, line, atOnce, bound.value) }
        }
    }

    private func reply(
        _ result: Result<Answer, FakeTwilioError>,
        _ line: String,
        _ atOnce: Int,
        _ responder: HTTPResponder
    ) {
        var headers = [("Content-Type", "application/json"), ("Twilio-Concurrent-Requests", String(atOnce))]
        switch result {
        case .success(let answer):
            switchboard.events.record(.request(line, status: answer.status, code: nil))
            responder.reply(status: answer.status, headers: headers, body: answer.body?.serialized() ?? "")
        case .failure(let error):
            switchboard.events.record(.request(line, status: error.status, code: error.code))
            if error.status == 401 { headers.append(("WWW-Authenticate", "Basic realm=\"Twilio API\"")) }
            responder.reply(status: error.status, headers: headers, body: error.json.serialized())
        }
    }

    private func answer(to request: HTTPRequest) async throws(FakeTwilioError) -> Answer {
        let query = FormURLEncoding.decode(Array((request.query ?? "").utf8))
        if request.method == "POST", request.path == "/call" { return try placeInbound(query) }
        let settings = switchboard.settings
        guard isLetIn(request, settings) else { throw .authenticate }
        let prefix = "/2010-04-01/Accounts/\(settings.accountSID)/Calls"
        guard request.path.hasPrefix(prefix), request.path.hasSuffix(".json") else { throw .notFound(request.path) }
        let name = request.path.dropFirst(prefix.count).dropLast(".json".count)
        let form = FormURLEncoding.decode(Array(request.body.readableBytesView))
        if name.isEmpty {
            switch request.method {
            case "POST": return Answer(status: 201, body: switchboard.place(try FakeTwilioOrder(form: form)).json)
            case "GET": return Answer(status: 200, body: try list(query, path: request.path))
            default: throw FakeTwilioError(status: 405, code: 20004, message: "Method not allowed")
            }
        }
        guard name.hasPrefix("/"), let call = switchboard.call(String(name.dropFirst())) else {
            throw .notFound(request.path)
        }
        switch request.method {
        case "GET": break
        case "POST": try await update(call, form, settings)
        case "DELETE":
            guard switchboard.forget(call.sid) else { throw .invalidState }
            return Answer(status: 204)
        default: throw FakeTwilioError(status: 405, code: 20004, message: "Method not allowed")
        }
        return Answer(status: 200, body: (switchboard.call(call.sid) ?? call).json)
    }

    private func isLetIn(_ request: HTTPRequest, _ settings: FakeTwilioSettings) -> Bool {
        let parts = (request.headers.first(name: "authorization") ?? "").split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "basic", let bytes = Base64.decode(String(parts[1])) else {
            return false
        }
        let credentials = String(decoding: bytes, as: UTF8.self)
        let accepted = [settings.accountSID + ":" + settings.authToken] + settings.apiKeys.map { $0 + ":" + $1 }
        return accepted.contains(credentials)
    }

    private func placeInbound(_ query: [(String, String)]) throws(FakeTwilioError) -> Answer {
        func value(_ name: String) -> String? { query.first { $0.0 == name && !$0.1.isEmpty }?.1 }
        guard let voiceURL = value("url") ?? switchboard.settings.voiceURL else {
            throw .invalid(20001, "there is no voice URL to call: give one as ?url=")
        }
        let order = FakeTwilioOrder(
            to: value("to") ?? FakeTwilio.defaultTo,
            from: value("from") ?? FakeTwilio.defaultFrom,
            voiceURL: voiceURL,
            statusURL: switchboard.settings.statusURL
        )
        return Answer(status: 201, body: switchboard.place(order).json)
    }

    private func update(
        _ call: FakeTwilioCall,
        _ form: [(String, String)],
        _ settings: FakeTwilioSettings
    ) async throws(FakeTwilioError) {
        let isPickedUp = call.status == .inProgress
        switch form.first(where: { $0.0 == "Status" })?.1 {
        case "completed"? where call.status.isFinal:
            switch settings.lateHangUp {
            case .invalidState: throw .invalidState
            case .notFound: throw .notFound(call.path)
            case .accepted: return
            }
        case "completed"?: switchboard.end(call.sid, as: isPickedUp ? .completed : .canceled)
        case "canceled"?:
            guard !isPickedUp, !call.status.isFinal else { throw .invalidState }
            switchboard.end(call.sid, as: .canceled)
        case let status?: throw .invalid(20001, "Status must be completed or canceled, not \(status)")
        case nil:
            guard let instructions = try FakeTwilioOrder.instructions(form) else {
                throw .invalid(20001, "Url, Twiml or Status is required")
            }
            guard isPickedUp, await switchboard.redirect(call.sid, to: instructions) else { throw .invalidState }
        }
    }

    /// A page of the calls, newest first.
    private func list(_ query: [(String, String)], path: String) throws(FakeTwilioError) -> JSONValue {
        func value(_ name: String) -> String? { query.first { $0.0 == name }?.1 }
        guard let size = Int(value("PageSize") ?? "50"), (1...1000).contains(size),
            let page = Int(value("Page") ?? "0"), (0...10_000).contains(page)
        else { throw .invalid(20001, "PageSize is from 1 to 1000, Page from 0") }
        let found = switchboard.calls.reversed().filter { call in
            [("To", call.to), ("From", call.from), ("Status", call.shownStatus)].allSatisfy { name, has in
                value(name).map { $0 == has } ?? true
            }
        }
        let shown = found.dropFirst(page * size).prefix(size)
        func uri(_ number: Int) -> JSONValue {
            let rest = query.filter { $0.0 != "Page" && $0.0 != "PageSize" }
            return .string(
                path + "?" + FormURLEncoding.encode(rest + [("PageSize", "\(size)"), ("Page", "\(number)")])
            )
        }
        return [
            "calls": .array(shown.map(\.json)), "page": .integer(Int64(page)), "page_size": .integer(Int64(size)),
            "start": .integer(Int64(page * size)), "end": .integer(Int64(page * size + max(0, shown.count - 1))),
            "uri": uri(page), "first_page_uri": uri(0),
            "next_page_uri": found.count > (page + 1) * size ? uri(page + 1) : .null,
            "previous_page_uri": page > 0 ? uri(page - 1) : .null,
        ]
    }
}
