extension HostConfiguration {
    /// Reads the host's file; `agents` are the names of all agents' files.
    static func read(_ root: YAMLSection, agents: [String]) -> HostConfiguration {
        var host = HostConfiguration(publicURL: "", defaultAgent: "")
        host.publicURL = readPublicURL(root)
        host.listen = readListen(root)
        host.runDirectory = readRunDirectory(root, host.runDirectory)
        host.defaultAgent = readDefaultAgent(root, agents)
        host.numbers = readNumbers(root, agents)
        host.limits = readLimits(root.section("limits"))
        host.refusalTwiML = readRefusal(root, host.refusalTwiML)
        host.twilio = readTwilio(root.section("twilio"))
        host.providers = readProviders(root.section("providers"))
        host.playback = readPlayback(root.section("playback"))
        root.finish()
        return host
    }

    private static func readPublicURL(_ root: YAMLSection) -> String {
        let url = root.text("public_url", length: 1...500)
        guard !url.isEmpty else { return "" }
        if let problem = WebAddress.problem(url, schemes: ["https", "http"], allowsQuery: false) {
            root.fault("public_url", problem)
        } else if let address = WebAddress(url), address.host != address.host.lowercased() {
            root.fault("public_url", "has capital letters in its host name; Twilio signs the name as it is written")
        }
        return url.hasSuffix("/") ? String(url.dropLast()) : url
    }

    private static func readListen(_ root: YAMLSection) -> Listen {
        guard let text = root.optionalText("listen") else { return Listen() }
        guard let listen = Listen(text) else {
            root.fault("listen", "is \(text); allowed: HOST:PORT, such as 127.0.0.1:8080 or [::1]:8080")
            return Listen()
        }
        return listen
    }

    private static func readRunDirectory(_ root: YAMLSection, _ fallback: String) -> String {
        let path = root.text("run_directory", default: fallback, length: 1...500)
        // A socket's path may have 103 bytes on Linux, and "/stt/", an instance's name and ".sock" come after this one.
        if !path.hasPrefix("/") || path.utf8.count > 80 {
            root.fault("run_directory", "is \(path); allowed: an absolute path of up to 80 bytes")
        }
        return path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    private static func readDefaultAgent(_ root: YAMLSection, _ agents: [String]) -> String {
        guard let field = root.field("default_agent") else {
            if agents.count != 1 { root.fault("default_agent", "is missing; " + allowed(agents)) }
            return agents.first ?? ""
        }
        return readAgent(field, agents) ?? ""
    }

    private static func readNumbers(_ root: YAMLSection, _ agents: [String]) -> [String: String] {
        var numbers: [String: String] = [:]
        for (number, field) in root.optionalSection("numbers")?.freeMembers ?? [] {
            if !TextRules.isTelephoneNumber(number), !TextRules.isSIPAddress(number) {
                field.fault("is not a called number; allowed: E.164 such as \"+441632960002\", or sip:…")
            }
            numbers[number] = readAgent(field, agents)
        }
        return numbers
    }

    private static func readAgent(_ field: YAMLField, _ agents: [String]) -> String? {
        guard let name = field.text(length: 1...64) else { return nil }
        if !agents.contains(name) {
            let hint = NearestName.find(name, among: agents).map { "; did you mean \"\($0)\"?" } ?? ""
            field.fault("names the agent \"\(name)\", which has no file; " + allowed(agents) + hint)
        }
        return name
    }

    private static func allowed(_ agents: [String]) -> String {
        "allowed: " + (agents.isEmpty ? "none, as there are no agents" : agents.joined(separator: ", "))
    }

    private static func readLimits(_ section: YAMLSection) -> Limits {
        var limits = Limits()
        limits.calls = section.integer("calls", default: limits.calls, in: 1...10_000)
        limits.messageBytes = section.integer("message_bytes", default: limits.messageBytes, in: 4_096...1_048_576)
        limits.headerBytes = section.integer("header_bytes", default: limits.headerBytes, in: 1_024...65_536)
        limits.handshakeSeconds = section.integer("handshake_seconds", default: limits.handshakeSeconds, in: 1...60)
        limits.callMinutes = section.integer("call_minutes", default: limits.callMinutes, in: 1...1_440)
        section.finish()
        return limits
    }

    private static func readRefusal(_ root: YAMLSection, _ fallback: String) -> String {
        let text = root.text("refusal_twiml", default: fallback, length: 1...4_000)
        do throws(XMLProblem) {
            let name = try XMLCheck.rootName(of: text)
            if name != "Response" { root.fault("refusal_twiml", "has the root <\(name)>; allowed: <Response>") }
        } catch {
            root.fault("refusal_twiml", "is not XML at character \(error.position): \(error.message)")
        }
        return text
    }

    private static func readTwilio(_ section: YAMLSection) -> Twilio {
        var twilio = Twilio()
        twilio.accountSID = section.optionalText("account_sid")
        if let account = twilio.accountSID, !TextRules.isAccountSID(account) {
            section.fault("account_sid", "is not an account; allowed: AC and 32 hexadecimal digits")
        }
        twilio.requireStreamSignature = section.bool("require_stream_signature", default: false)
        section.finish()
        return twilio
    }

    private static func readProviders(_ section: YAMLSection) -> Providers {
        var providers = Providers()
        let deepgram = section.section("deepgram")
        providers.deepgram.baseURL = readURL(deepgram, "base_url", ["wss", "ws", "https", "http"])
        providers.deepgram.sttBaseURL = readURL(deepgram, "stt_base_url", ["wss", "ws", "https", "http"])
        providers.deepgram.ttsBaseURL = readURL(deepgram, "tts_base_url", ["wss", "ws", "https", "http"])
        deepgram.finish()
        let anthropic = section.section("anthropic")
        providers.anthropicBaseURL = readURL(anthropic, "base_url", ["https", "http"])
        anthropic.finish()
        let openai = section.section("openai")
        providers.openaiBaseURL = readURL(openai, "base_url", ["https", "http"])
        openai.finish()
        section.finish()
        return providers
    }

    private static func readURL(_ section: YAMLSection, _ key: String, _ schemes: [String]) -> String? {
        guard let url = section.optionalText(key) else { return nil }
        if let problem = WebAddress.problem(url, schemes: schemes, allowsQuery: false) { section.fault(key, problem) }
        return url.hasSuffix("/") ? String(url.dropLast()) : url
    }

    private static func readPlayback(_ section: YAMLSection) -> Playback {
        var playback = Playback()
        playback.leadMilliseconds = section.integer(
            "lead_milliseconds",
            default: playback.leadMilliseconds,
            in: 200...10_000
        )
        playback.messageMilliseconds = section.integer(
            "message_milliseconds",
            default: playback.messageMilliseconds,
            in: 20...1_000
        )
        if playback.messageMilliseconds % 20 != 0 {
            section.fault("message_milliseconds", "is \(playback.messageMilliseconds); allowed: multiples of 20")
        } else if playback.messageMilliseconds > playback.leadMilliseconds {
            section.fault("message_milliseconds", "is more than lead_milliseconds, \(playback.leadMilliseconds)")
        }
        section.finish()
        return playback
    }
}
