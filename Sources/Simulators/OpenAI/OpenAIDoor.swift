import HTTPServing
import JSONText
import NIOCore
import NIOHTTP1

/// Answers the requests of the simulated chat completions API.
final class OpenAIDoor: ModelDoor {
    private let hub: ModelHub<OpenAISettings>
    private let rate: ModelRate

    init(hub: ModelHub<OpenAISettings>) {
        self.hub = hub
        self.rate = ModelRate(limit: hub.settings.requestsPerMinute)
    }

    /// One request and the right to answer it.
    private struct Exchange {
        let number: Int
        let requestID: String
        let responder: HTTPResponder
    }

    /// Answers one HTTP request.
    func answer(_ request: HTTPRequest, _ responder: HTTPResponder) {
        let number = self.hub.takeNumber()
        let exchange = Exchange(number: number, requestID: "req_" + ProviderIdentifier.hex(32), responder: responder)
        let body = try? JSONValue.parse(Array(request.body.readableBytesView))
        self.hub.note(ModelRequest(number: number, request: request, body: body ?? .null))
        let settings = self.hub.settings
        do throws(OpenAIError) {
            if request.method == "GET", request.path == "/health" { return self.health(exchange, settings) }
            try self.authorise(request, settings)
            switch (request.method, request.path) {
            case ("GET", "/v1/models"): self.listModels(exchange, settings)
            case ("POST", "/v1/chat/completions"):
                guard self.rate.take() else { throw .standard(429) }
                let fault = self.hub.takeFault() ?? settings.fault
                if let fault, self.fail(exchange, fault) { return }
                guard !settings.isLoading else {
                    throw OpenAIError(status: 503, message: "Loading model", type: "unavailable_error")
                }
                guard request.headers.first(name: "content-type")?.lowercased().hasPrefix("application/json") == true
                else { throw .invalid("Unsupported content type; use application/json.") }
                guard let body else { throw .invalid("We could not parse the JSON body of your request.") }
                self.complete(try OpenAIValidator(settings: settings, body: body).validate(), exchange, settings, fault)
            default:
                let message = "Invalid URL (\(request.method) \(request.path))"
                throw OpenAIError(status: 404, message: message)
            }
        } catch {
            self.refuse(exchange, error)
        }
    }

    private func authorise(_ request: HTTPRequest, _ settings: OpenAISettings) throws(OpenAIError) {
        let parts = (request.headers.first(name: "authorization") ?? "").split(separator: " ", maxSplits: 1)
        let key = parts.count == 2 && parts[0].lowercased() == "bearer" ? String(parts[1]) : ""
        if let keys = settings.apiKeys {
            guard keys.contains(key) else { throw .standard(401) }
        } else if settings.profile.needsKey, key.isEmpty {
            throw OpenAIError(status: 401, message: "You didn't provide an API key.", code: "invalid_api_key")
        }
    }

    /// Carries out the faults that need no answer of the brain; false: go on.
    private func fail(_ exchange: Exchange, _ fault: ModelFault) -> Bool {
        let responder = exchange.responder
        self.hub.events.record(.faulted(request: exchange.number, fault))
        switch fault {
        case .status(let status, let retryAfter): self.refuse(exchange, .standard(status), retryAfter: retryAfter)
        case .hang: responder.onDisconnect = { withExtendedLifetime(responder) {} }
        case .cut: responder.abort()
        default: return false
        }
        return true
    }

    private func complete(
        _ request: OpenAIRequest,
        _ exchange: Exchange,
        _ settings: OpenAISettings,
        _ fault: ModelFault?
    ) {
        let reply = OpenAIReplies.reply(to: request, brain: settings.brain, fault: fault)
        self.hub.note(reply, to: exchange.number)
        self.hub.events.record(.accepted(request: exchange.number))
        let script = OpenAIScript(
            request: request,
            reply: reply,
            settings: settings,
            id: "chatcmpl-" + ProviderIdentifier.hex(24),
            created: Int(WallClock.unixMilliseconds() / 1000),
            fault: fault,
            seed: UInt64(exchange.number)
        )
        var late = 0
        if case .slowHeaders(let milliseconds)? = fault { late = milliseconds }
        guard request.isStreaming else {
            let whole = script.wholeCompletion()
            return self.hub.later(exchange.number, exchange.responder, in: settings.timing.firstToken + late) {
                self.hub.events.record(.finished(request: exchange.number, deltas: 0))
                self.reply(exchange, 200, whole)
            }
        }
        var steps = script.stream()
        if settings.splitsWrites {
            var generator = SeededGenerator(seed: UInt64(exchange.number))
            steps = StreamStep.split(steps, using: &generator)
        }
        let headers = self.headers(exchange) + [("content-type", "text/event-stream; charset=utf-8")]
        let started = NIODeadline.now() + .milliseconds(Int64(settings.timing.headers + late))
        self.hub.later(exchange.number, exchange.responder, in: settings.timing.headers + late) {
            ModelStreaming.play(
                steps,
                headers: headers,
                ping: ": keep-alive\n\n",
                pingInterval: settings.timing.pingInterval,
                startingAt: started,
                number: exchange.number,
                responder: exchange.responder,
                hub: self.hub
            )
        }
    }

    private func health(_ exchange: Exchange, _ settings: OpenAISettings) {
        self.reply(exchange, settings.isLoading ? 503 : 200, ["status": settings.isLoading ? "loading" : "ok"])
    }

    private func listModels(_ exchange: Exchange, _ settings: OpenAISettings) {
        let names = settings.models.isEmpty ? ["gpt-6-luna", "gpt-5.4-mini"] : settings.models.sorted()
        let cards = names.map { name -> JSONValue in
            ["id": .string(name), "object": "model", "created": 1_795_000_000, "owned_by": "simulated"]
        }
        self.reply(exchange, 200, ["object": "list", "data": .array(cards)])
    }

    private func headers(_ exchange: Exchange) -> [(String, String)] {
        let remaining = self.rate.remaining
        return [
            ("x-request-id", exchange.requestID), ("openai-processing-ms", "12"),
            ("x-ratelimit-limit-requests", String(self.hub.settings.requestsPerMinute)),
            ("x-ratelimit-remaining-requests", String(max(0, remaining))), ("x-ratelimit-reset-requests", "1m0s"),
        ]
    }

    private func reply(_ exchange: Exchange, _ status: Int, _ body: JSONValue) {
        let headers = self.headers(exchange) + [("content-type", "application/json")]
        exchange.responder.reply(status: status, headers: headers, body: body.serialized())
    }

    private func refuse(_ exchange: Exchange, _ error: OpenAIError, retryAfter: Int? = nil) {
        self.hub.events.record(
            .refused(request: exchange.number, status: error.status, type: error.type, message: error.message)
        )
        var headers = self.headers(exchange) + [("content-type", "application/json")]
        if let retryAfter { headers.append(("retry-after", String(retryAfter))) }
        exchange.responder.reply(status: error.status, headers: headers, body: error.body.serialized())
    }
}
