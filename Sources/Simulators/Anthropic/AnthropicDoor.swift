import HTTPServing
import JSONText
import NIOCore
import NIOHTTP1
import Synchronization

/// Answers the requests of the simulated Messages API.
final class AnthropicDoor: ModelDoor {
    private let hub: ModelHub<AnthropicSettings>
    private let cache = Mutex(PromptCache())
    private let rate: ModelRate

    init(hub: ModelHub<AnthropicSettings>) {
        self.hub = hub
        self.rate = ModelRate(limit: hub.settings.requestsPerMinute)
    }

    /// Answers one HTTP request.
    func answer(_ request: HTTPRequest, _ responder: HTTPResponder) {
        let number = self.hub.takeNumber()
        let exchange = Exchange(number: number, requestID: "req_" + ProviderIdentifier.hex(24), responder: responder)
        let body = try? JSONValue.parse(Array(request.body.readableBytesView))
        self.hub.note(ModelRequest(number: number, request: request, body: body ?? .null))
        do throws(AnthropicError) {
            try self.authorise(request)
            switch (request.method, request.path) {
            case ("GET", let path) where path.hasPrefix("/v1/models"): try self.listModels(path, exchange)
            case ("POST", "/v1/messages"):
                guard self.rate.take() else { throw .standard(429) }
                let fault = self.hub.takeFault() ?? self.hub.settings.fault
                if let fault, self.fail(exchange, fault) { return }
                let version = try self.version(request)
                guard let body else { throw .invalid("The request body is not valid JSON") }
                self.message(try AnthropicValidator(version: version, body: body).validate(), exchange, fault)
            case ("POST", "/v1/messages/count_tokens"):
                _ = try self.version(request)
                let tokens = DeltaCutter.tokens(in: body?.serialized() ?? "")
                self.reply(exchange, 200, ["input_tokens": .integer(Int64(tokens))])
            default:
                throw .standard(404)
            }
        } catch {
            self.refuse(exchange, error)
        }
    }

    /// One request and the right to answer it.
    private struct Exchange {
        let number: Int
        let requestID: String
        let responder: HTTPResponder
    }

    // MARK: - Checks before the body

    private func authorise(_ request: HTTPRequest) throws(AnthropicError) {
        let bearer = request.headers.first(name: "authorization").flatMap { value -> String? in
            let parts = value.split(separator: " ", maxSplits: 1)
            return parts.count == 2 && parts[0].lowercased() == "bearer" ? String(parts[1]) : nil
        }
        let key = request.headers.first(name: "x-api-key")
        let given = [bearer, key].compactMap { $0 }
        guard given.count < 2 else {
            let message = "Both an API key and an auth token were sent; send exactly one credential."
            throw AnthropicError(status: 401, type: "authentication_error", message: message)
        }
        guard let credential = given.first else {
            throw AnthropicError(status: 401, type: "authentication_error", message: "x-api-key header is required")
        }
        guard !credential.isEmpty, self.hub.settings.apiKeys?.contains(credential) ?? true else { throw .standard(401) }
    }

    private func version(_ request: HTTPRequest) throws(AnthropicError) -> String {
        let type = request.headers.first(name: "content-type")?.lowercased() ?? ""
        guard type.hasPrefix("application/json") else {
            throw .invalid("content-type: must be application/json")
        }
        guard let version = request.headers.first(name: "anthropic-version") else {
            throw .invalid("anthropic-version: header is required")
        }
        guard AnthropicValidator.versions.contains(version) else {
            throw .invalid("anthropic-version: \"\(version)\" is not a valid version.")
        }
        return version
    }

    /// Carries out the faults that need no answer of the brain; false: go on.
    private func fail(_ exchange: Exchange, _ fault: ModelFault) -> Bool {
        let responder = exchange.responder
        self.hub.events.record(.faulted(request: exchange.number, fault))
        switch fault {
        case .status(let status, let retryAfter):
            self.refuse(exchange, .standard(status), retryAfter: retryAfter)
        case .hang:
            responder.onDisconnect = { withExtendedLifetime(responder) {} }
        case .cut:
            responder.abort()
        default:
            return false
        }
        return true
    }

    // MARK: - Answers

    private func listModels(_ path: String, _ exchange: Exchange) throws(AnthropicError) {
        func card(_ model: AnthropicModel) -> JSONValue {
            [
                "type": "model", "id": .string(model.id), "display_name": .string(model.id),
                "created_at": "2026-10-07T00:00:00Z",
            ]
        }
        if path == "/v1/models" {
            let first = AnthropicModel.all.first.map(card) ?? .null
            return self.reply(
                exchange,
                200,
                [
                    "data": .array(AnthropicModel.all.map(card)), "has_more": false, "first_id": first["id"] ?? .null,
                    "last_id": AnthropicModel.all.last.map { .string($0.id) } ?? .null,
                ]
            )
        }
        let id = String(path.dropFirst("/v1/models/".count))
        guard let model = AnthropicModel.named(id) else {
            throw AnthropicError(status: 404, type: "not_found_error", message: "model: \(id)")
        }
        self.reply(exchange, 200, card(model))
    }

    private func message(_ request: AnthropicRequest, _ exchange: Exchange, _ fault: ModelFault?) {
        let settings = self.hub.settings
        let reply = AnthropicReplies.reply(to: request, brain: settings.brain, fault: fault)
        self.hub.note(reply, to: exchange.number)
        self.hub.events.record(.accepted(request: exchange.number))
        let seconds = Int(NIODeadline.now().uptimeNanoseconds / 1_000_000_000)
        let usage = self.cache.withLock { $0.use(request.cacheBlocks, floor: request.model.cacheFloor, now: seconds) }
        let script = AnthropicScript(
            request: request,
            reply: reply,
            usage: usage,
            messageID: "msg_" + ProviderIdentifier.hex(24),
            timing: settings.timing,
            fault: fault,
            seed: UInt64(exchange.number)
        )
        var late = 0
        if case .slowHeaders(let milliseconds)? = fault { late = milliseconds }
        let started = NIODeadline.now() + .milliseconds(Int64(settings.timing.headers + late))
        guard request.isStreaming, request.maximumTokens > 0 else {
            let whole = script.wholeMessage()
            let due = request.maximumTokens == 0 ? settings.timing.headers : settings.timing.firstToken
            self.hub.later(exchange.number, exchange.responder, in: due + late) {
                self.hub.events.record(.finished(request: exchange.number, deltas: 0))
                self.reply(exchange, 200, whole)
            }
            return
        }
        var steps = script.stream()
        if settings.splitsWrites {
            var generator = SeededGenerator(seed: UInt64(exchange.number))
            steps = StreamStep.split(steps, using: &generator)
        }
        self.hub.later(exchange.number, exchange.responder, in: settings.timing.headers + late) {
            let ping = AnthropicScript.event("ping", ["type": "ping"])
            let head = self.headers(exchange) + [("content-type", "text/event-stream; charset=utf-8")]
            ModelStreaming.play(
                steps,
                headers: head,
                ping: ping,
                pingInterval: settings.timing.pingInterval,
                startingAt: started,
                number: exchange.number,
                responder: exchange.responder,
                hub: self.hub
            )
        }
    }

    private func headers(_ exchange: Exchange) -> [(String, String)] {
        let limits = self.rate.headers(prefix: "anthropic-ratelimit")
        return [
            ("request-id", exchange.requestID), ("anthropic-organization-id", "org-simulated"),
            ("anthropic-workspace-id", "wrkspc_simulated"),
        ] + limits
    }

    private func reply(_ exchange: Exchange, _ status: Int, _ body: JSONValue) {
        let headers = self.headers(exchange) + [("content-type", "application/json")]
        exchange.responder.reply(status: status, headers: headers, body: body.serialized())
    }

    private func refuse(_ exchange: Exchange, _ error: AnthropicError, retryAfter: Int? = nil) {
        self.hub.events.record(
            .refused(request: exchange.number, status: error.status, type: error.type, message: error.message)
        )
        var headers = self.headers(exchange) + [("content-type", "application/json")]
        if let retryAfter { headers.append(("retry-after", String(retryAfter))) }
        let body = error.body(requestID: exchange.requestID).serialized()
        exchange.responder.reply(status: error.status, headers: headers, body: body)
    }
}
