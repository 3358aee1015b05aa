import ArgumentParser
import Simulators
import Synchronization

/// `dialtone fake twilio`: the carrier on this machine.
struct FakeTwilioCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "twilio",
        abstract: "Run a Twilio: its REST API of calls, and somebody at the other end of every call.",
        discussion: """
            POST /2010-04-01/Accounts/SID/Calls.json rings somebody who follows the script, once answered. \
            POST /call?to=NUMBER&from=NUMBER&url=VOICE_URL has somebody call in; --calls does so by itself, and the command \
            ends with these calls. Requests are let in, and webhooks signed, with TWILIO_AUTH_TOKEN.
            """
    )

    @Option(help: "Port on the loopback; 0 takes a free one.")
    var port = 8705

    @Option(help: "The account.")
    var accountSid = FakeTwilioSettings().accountSID

    @Option(help: "SID:SECRET of an API key that is let in as well; may be repeated.")
    var key: [String] = []

    @Option(help: "Where all webhooks and streams go instead of the hosts in their URLs.")
    var via: String?

    @Option(help: "The voice webhook of inbound calls.")
    var voiceUrl: String?

    @Option(help: "Where the end of inbound calls is reported.")
    var statusUrl: String?

    @Option(help: "How many inbound calls to place by itself.")
    var calls = 0

    @Option(help: "Milliseconds between two of them.")
    var every = 1000

    @Option(help: "The number that calls in.")
    var from = FakeTwilio.defaultFrom

    @Option(help: "The number called.")
    var to = FakeTwilio.defaultTo

    @Option(help: "A file with the script of the one at the other end; its steps are those of `dialtone call`.")
    var script: String?

    @Option(help: "What the one at the other end says between two waits (in place of --script).")
    var say = "What are your opening hours?"

    @Option(help: "Folder for the stereo recordings (left: the other end, right: what it heard) and the reports.")
    var output: String?

    @Option(help: "Folder in which rendered speech is shared with `dialtone fake deepgram`.")
    var voices: String?

    @Option(help: "Milliseconds of quiet after which the agent has finished.")
    var settle = 900

    @Option(help: "Milliseconds until an outbound call rings.")
    var dial = 100

    @Option(help: "Milliseconds it rings.")
    var ring = 1000

    @Option(help: "What the one called does: answer, busy, no-answer or fail.")
    var callee = "answer"

    @Option(help: "Milliseconds until a REST request is answered.")
    var latency = 0

    @Option(help: "REST requests at once; more get 429.")
    var requestLimit = 100

    @Option(help: "Calls at once; further outbound ones fail.")
    var callLimit = 1000

    @Option(help: "What hanging up an ended call gets: 21220, 20404 or 200.")
    var lateHangUp = "21220"

    @Flag(help: "Number the calls from 1 in place of random SIDs.")
    var countSids = false

    @Option(help: "A fault in every call, may be repeated: \(CallFaults.forms).")
    var fault: [String] = []

    @Option(help: "How the next REST requests fail: STATUS, hang or cut, with *COUNT for several.")
    var fail: [String] = []

    @Flag(help: "Print everything that happens.")
    var verbose = false

    func validate() throws {
        guard (0...100_000).contains(calls) else { throw ValidationError("--calls takes a number from 0 to 100000") }
        guard (0...3_600_000).contains(every) else { throw ValidationError("--every takes a number up to 3600000") }
        guard (100...10_000).contains(settle) else {
            throw ValidationError("--settle takes a number from 100 to 10000")
        }
        let waits = [dial, ring, latency]
        guard waits.allSatisfy({ (0...600_000).contains($0) }) else {
            throw ValidationError("--dial, --ring and --latency take numbers from 0 to 600000")
        }
        guard calls == 0 || voiceUrl != nil else { throw ValidationError("--calls needs --voice-url") }
    }

    func run() async throws {
        let console = Console()
        let ledger = CallLedger(output: output, console: console)
        let settings = try await settings()
        let faults = try FakeRun.faults(fail, HandshakeFault.init, forms: "STATUS, hang, cut")
        let fake = try await FakeTwilio.start(on: port, settings: settings) { ledger.take($0) }
        for fault in faults { fake.failNext(with: fault) }
        var load: (@Sendable () async -> Void)?
        if calls > 0, let voiceUrl {
            load = { [calls, every, to, from] in
                for index in 0..<calls {
                    if index > 0 { try? await Task.sleep(for: .milliseconds(every)) }
                    if Task.isCancelled { return }
                    fake.callIn(to: to, from: from, voiceURL: voiceUrl)
                }
                await fake.waitForCalls()
            }
        }
        await FakeRun.wait(hint(fake, settings), events: fake.events, isVerbose: verbose, work: load)
        await fake.stop()
        CallSummary.print(ledger.reports, on: console)
        guard calls == 0 || CallSummary.isClean(ledger.reports) else { throw ExitCode.failure }
    }

    private func hint(_ fake: FakeTwilio, _ settings: FakeTwilioSettings) -> String {
        let isGiven = ProcessEnvironment.value("TWILIO_AUTH_TOKEN") != nil
        return """
            Twilio is at \(fake.url), in place of https://api.twilio.com
            export TWILIO_ACCOUNT_SID=\(accountSid)\(isGiven ? "" : " TWILIO_AUTH_TOKEN=\(settings.authToken)")
            outbound: curl -u $TWILIO_ACCOUNT_SID:$TWILIO_AUTH_TOKEN --data-urlencode To=\(to) --data-urlencode From=\(from) \
            -d Url=VOICE_URL \(fake.url)/2010-04-01/Accounts/\(accountSid)/Calls.json
            inbound:  curl -X POST \(fake.url)/call\(voiceUrl == nil ? "?url=VOICE_URL" : "")
            """
    }

    private func settings() async throws -> FakeTwilioSettings {
        var settings = FakeTwilioSettings()
        settings.accountSID = accountSid
        if let token = ProcessEnvironment.value("TWILIO_AUTH_TOKEN") { settings.authToken = token }
        for pair in key {
            let parts = pair.split(separator: ":", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { throw ValidationError("--key takes SID:SECRET") }
            settings.apiKeys[parts[0]] = parts[1]
        }
        guard let outcome = CallDialing.Outcome(rawValue: callee) else {
            throw ValidationError("'\(callee)' is not what one called does; use answer, busy, no-answer or fail")
        }
        guard let lateHangUp = FakeTwilioSettings.LateHangUp(rawValue: lateHangUp) else {
            throw ValidationError("--late-hang-up takes 21220, 20404 or 200")
        }
        settings.via = via
        settings.voiceURL = voiceUrl
        settings.statusURL = statusUrl
        settings.settleMilliseconds = settle
        settings.dialing.dialMilliseconds = dial
        settings.dialing.ringMilliseconds = ring
        settings.dialing.outcome = outcome
        settings.latency = latency
        settings.requestLimit = requestLimit
        settings.callLimit = callLimit
        settings.lateHangUp = lateHangUp
        settings.countsSIDs = countSids
        for name in fault where !settings.faults.set(name) {
            throw ValidationError("'\(name)' is not a fault; allowed: \(CallFaults.forms)")
        }
        let steps: [CallScriptText.Step] =
            if let script {
                try CallScriptText.parse(String(decoding: try FileBytes.read(script), as: UTF8.self))
            } else {
                [.wait(seconds: 20), .say(say), .wait(seconds: 20), .hangUp]
            }
        let voice = await VoiceLibrary.automatic(directory: voices)
        settings.steps = try await CallScriptRenderer(voice: voice, readFile: { try FileBytes.read($0) }).render(steps)
        return settings
    }
}

/// Collects the reports of calls that are over, without their sound, which goes to files if there is a folder for it.
private final class CallLedger: Sendable {
    /// The most reports kept for the summary.
    private static let maximumReports = 100_000

    private let output: String?
    private let console: Console
    private let state = Mutex<(count: Int, reports: [CallReport])>((0, []))

    init(output: String?, console: Console) {
        self.output = output
        self.console = console
    }

    /// The reports so far, in the order of their ends.
    var reports: [CallReport] { state.withLock { $0.reports } }

    /// Takes a report.
    func take(_ report: CallReport) {
        var light = report
        light.callerAudio = []
        light.agentAudio = []
        light.mediaArrivals = []
        let index = state.withLock { state in
            if state.reports.count < Self.maximumReports { state.reports.append(light) }
            state.count += 1
            return state.count - 1
        }
        guard let output else { return }
        do {
            try CallFiles.write(report, index: index, to: output, console: console)
        } catch {
            console.line(console.paint("\(output): \(error)", .red))
        }
    }
}
