package import AsyncHTTPClient
package import NIOCore
import RequestSigning
import WebSocketTransport

/// Calls the system under test as Twilio would: signed webhook, TwiML, media stream, `<Connect action>`, status callbacks.
///
/// An outbound call rings first; its script is that of the one called. Any call can be ended or redirected from outside.
package actor SimulatedCall {
    /// What a call tells whoever watches it.
    package enum Happening: Sendable, Equatable {
        /// The webhook answered with this many milliseconds and this TwiML.
        case answered(milliseconds: Double, twiML: String)

        /// Something of the script; milliseconds since the first stream began.
        case script(CallerScript.Event, at: Int)

        /// The application emptied the queue.
        case cleared(at: Int)

        /// The call came so far.
        case status(CallStatus)
    }

    /// What somebody else wants of the call.
    private enum Interruption {
        case end
        case redirect(CallInstructions)
    }

    /// The longest chain of TwiML documents followed (Twilio stops at 10 redirects).
    private static let maximumDocuments = 10

    private let configuration: CallConfiguration
    private let webhooks: CallWebhooks
    private let loop: any EventLoop
    private let onHappening: @Sendable (Happening) -> Void
    private var script: CallerScript
    private var report: CallReport
    private var transcript: CallTranscript
    private var callbacks: CallCallbacks
    private var status = CallStatus.queued
    /// What the status will be when the call is over.
    private var finalStatus = CallStatus.completed
    private var interruption: Interruption?
    /// The pause being waited through.
    private var pausing: Task<Void, Never>?
    /// The stream there is now; read on the loop.
    private let leg: NIOLoopBoundBox<StreamLeg?>

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
        self.loop = loop
        self.onHappening = onHappening
        report = CallReport(callSID: callSID)
        webhooks = CallWebhooks(configuration: configuration, callSID: callSID, client: client)
        callbacks = CallCallbacks(webhooks: webhooks)
        leg = .makeEmptyBox(valueType: StreamLeg.self, eventLoop: loop)
    }

    /// Makes a Twilio-shaped id: two letters and 32 hexadecimal digits.
    package static func identifier(_ prefix: String) -> String {
        prefix
            + RandomBytes.make(count: 16).map { byte in
                let digits = String(byte, radix: 16)
                return digits.count == 1 ? "0" + digits : digits
            }.joined()
    }

    /// Holds the call to its end and delivers its callbacks.
    package func run() async -> CallReport {
        do {
            if await isPickedUp() {
                try await follow(configuration.instructions ?? .url(configuration.voicePath))
            }
        } catch {
            report.end = .failed
            report.detail = "\(error)"
        }
        report.duration = report.callerAudio.count / 8
        report.turns = transcript.turns
        enter(finalStatus)
        for failure in await callbacks.finish() { report.detail += " " + failure }
        return report
    }

    /// Ends the call.
    ///
    /// A stream gets `stop` and is closed. Nothing happens if the call is over.
    package func end() {
        guard !status.isFinal else { return }
        interrupt(.end)
    }

    /// Has the call run something else at once; what it runs now ends, a stream with `stop`.
    ///
    /// - Returns: false if the call is not in progress.
    package func redirect(to instructions: CallInstructions) -> Bool {
        if case .end = interruption { return false }
        guard status == .inProgress else { return false }
        interrupt(.redirect(instructions))
        return true
    }

    private func interrupt(_ interruption: Interruption) {
        self.interruption = interruption
        pausing?.cancel()
        loop.execute { [leg] in leg.value?.interrupt() }
    }

    private func enter(_ new: CallStatus) {
        status = new
        onHappening(.status(new))
        // A webhook that refuses its calls would refuse this too.
        if configuration.direction == .inbound, report.end == .failed, new.isFinal { return }
        callbacks.enter(new, seconds: report.duration / 1000)
    }

    /// Waits, unless somebody interrupts the call.
    private func pause(milliseconds: Int) async {
        guard interruption == nil, milliseconds > 0 else { return }
        let task = Task { () async -> Void in try? await Task.sleep(for: .milliseconds(milliseconds)) }
        pausing = task
        await task.value
        pausing = nil
    }

    /// Dials and rings, if the call is outbound; whether it was answered.
    private func isPickedUp() async -> Bool {
        guard configuration.direction == .outbound else {
            enter(.ringing)
            return true
        }
        let dialing = configuration.dialing
        enter(.initiated)
        await pause(milliseconds: dialing.dialMilliseconds)
        var outcome = dialing.outcome
        if interruption == nil, outcome != .fail {
            if dialing.ringMilliseconds > dialing.timeoutMilliseconds { outcome = .noAnswer }
            enter(.ringing)
            await pause(
                milliseconds: outcome == .noAnswer ? dialing.timeoutMilliseconds : dialing.ringMilliseconds
            )
        }
        switch outcome {
        case _ where interruption != nil: finalStatus = .canceled
        case .answer:
            enter(.inProgress)
            return true
        case .busy: finalStatus = .busy
        case .noAnswer: finalStatus = .noAnswer
        case .fail: finalStatus = .failed
        }
        report.end = .notAnswered
        report.detail = finalStatus.rawValue
        return false
    }

    // MARK: - TwiML

    private func follow(_ instructions: CallInstructions) async throws {
        var next: CallInstructions? = instructions
        var documents = 0
        while let current = next {
            guard documents < Self.maximumDocuments else {
                throw CallError.badTwiML("more than \(Self.maximumDocuments) documents in a chain")
            }
            documents += 1
            do {
                next = try await run(current)
            } catch {
                // What was broken off is not asked how it ended.
                guard interruption != nil else { throw error }
            }
            switch interruption {
            case .end:
                report.end = .agentHungUp
                report.detail += "ended through the API"
                return
            case .redirect(let instructions):
                interruption = nil
                documents = 0
                report.detail += "redirected through the API "
                next = instructions
            case nil: break
            }
        }
    }

    /// Runs a document; returns what to go on with, or nil when the call is over or interrupted.
    private func run(_ instructions: CallInstructions) async throws -> CallInstructions? {
        let document: String
        switch instructions {
        case .twiML(let text): document = text
        case .url(let url, let method):
            let began = NIODeadline.now()
            document = try await webhooks.fetch(url, method: method, status: status)
            if report.webhookMilliseconds == 0 {
                report.webhookMilliseconds = Double((NIODeadline.now() - began).nanoseconds) / 1e6
                onHappening(.answered(milliseconds: report.webhookMilliseconds, twiML: document))
            }
        }
        guard interruption == nil else { return nil }
        let root = try XMLParser.parse(document)
        guard root.name == "Response" else { throw CallError.badTwiML("the root element is <\(root.name)>") }
        if status == .ringing, root.children.first?.name != "Reject" { enter(.inProgress) }
        return try await runVerbs(of: root)
    }

    private func runVerbs(of root: XMLElement) async throws -> CallInstructions? {
        for (index, verb) in root.children.enumerated() {
            switch verb.name {
            case "Connect":
                guard let end = try await connect(verb) else { return nil }
                guard let action = verb["action"] else {
                    report.detail = "stream ended: \(end)"
                    continue
                }
                return .url(action, method: verb["method"] ?? "POST")
            case "Reject" where index == 0 && status == .ringing:
                report.end = .rejected
                report.detail = verb["reason"] ?? "rejected"
                finalStatus = report.detail == "busy" ? .busy : .noAnswer
                return nil
            case "Dial":
                report.end = .transferred
                report.detail = verb.children.first?.text ?? verb.text
                return nil
            case "Hangup":
                report.end = .agentHungUp
                return nil
            case "Redirect": return .url(verb.text, method: verb["method"] ?? "POST")
            case "Say", "Play": report.detail += "<\(verb.name)>\(verb.text) "
            case "Pause":
                report.detail += "<Pause> "
                await pause(milliseconds: (verb["length"].flatMap(Int.init) ?? 1) * 1000)
                guard interruption == nil else { return nil }
            default: throw CallError.badTwiML("verb <\(verb.name)> is not known here")
            }
        }
        report.end = .agentHungUp
        return nil
    }

    /// Holds the stream of a `<Connect>`; nil when the caller ended the call or it was interrupted.
    private func connect(_ verb: XMLElement) async throws -> StreamLeg.End? {
        guard let stream = verb.children.first(where: { $0.name == "Stream" }), let url = stream["url"]
        else {
            throw CallError.badTwiML("<Connect> without <Stream url>")
        }
        let parameters = try parameters(of: stream)
        let leg = try await hold(url: url, parameters: parameters)
        switch leg.end {
        case .interrupted: return nil
        case .cut where configuration.faults.resumesAfterCut: return interruption == nil ? leg.end : nil
        case .callerHungUp, .cut:
            // Who wanted something else of it came too late.
            interruption = nil
            report.end = .callerHungUp
            return nil
        case .applicationClosed, .broke: return interruption == nil ? leg.end : nil
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
        let headers = webhooks.upgradeHeaders(url: url)
        let target = try webhooks.streamTarget(url)
        let loop = loop
        let current = leg
        let held = try await loop.flatSubmit { () -> EventLoopFuture<HeldLeg> in
            let promise = loop.makePromise(of: HeldLeg.self)
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
                    guard let leg = current.value else { return }
                    current.value = nil
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
            current.value = leg
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
                case .failure(let error):
                    current.value = nil
                    promise.fail(CallError.handshake(error))
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
}
