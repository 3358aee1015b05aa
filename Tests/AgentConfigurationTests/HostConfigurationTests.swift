import AgentConfiguration
import Testing

@Suite("Faults of the host's file")
struct HostConfigurationTests {
    @Test(
        "public addresses are checked",
        arguments: [
            ("http://voice.example.com", "is not encrypted"), ("ftp://voice.example.com", "has the scheme \"ftp\""),
            ("voice.example.com", "is not an absolute URL"), ("https://", "is not an absolute URL"),
            ("https://voice.example.com?x=1", "has a query"), ("https://voice.example.com#x", "has a fragment"),
            ("https://a:b@voice.example.com", "holds a user name"),
            ("https://Voice.example.com", "has capital letters"),
            ("https://voice.example.com:99999", "is not an absolute URL"),
            ("https://voice example.com", "is not an absolute"),
            ("https://[zz]/", "is not an absolute URL"), ("https://voice.example.com:0", "is not an absolute URL"),
        ]
    )
    func badPublicURL(url: String, message: String) throws {
        let faults = try ConfigurationFolder(host: "public_url: \"\(url)\"\n").faults
        #expect(faults.count == 1)
        #expect(faults[0].hasPrefix("dialtone.yaml:1: public_url: " + message), "\(faults[0])")
    }

    @Test(
        "public addresses lose the slash at their end only",
        arguments: [
            ("https://voice.example.com/", "https://voice.example.com"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("https://a.example.com:8443/voice/", "https://a.example.com:8443/voice"),
            ("http://[::1]:80", "http://[::1]:80"),
            ("http://localhost", "http://localhost"),
        ]
    )
    func goodPublicURL(url: String, kept: String) throws {
        let folder = try ConfigurationFolder(host: "public_url: \(url)\n")
        #expect(try DialtoneConfiguration.load(path: folder.path).host.publicURL == kept)
    }

    @Test("listening addresses are taken apart", arguments: [("0.0.0.0:80", "0.0.0.0", 80), ("[::1]:0", "::1", 0)])
    func goodListen(text: String, host: String, port: Int) throws {
        let folder = try ConfigurationFolder(host: ConfigurationFolder.host + "listen: \"\(text)\"\n")
        let listen = try DialtoneConfiguration.load(path: folder.path).host.listen
        #expect(listen == .init(host: host, port: port))
        #expect(listen.description == text)
    }

    @Test(
        "listening addresses are checked",
        arguments: ["8080", ":8080", "a:b", "a:65536", "::1:8080", "a b:80", "a:+1"]
    )
    func badListen(text: String) throws {
        #expect(try ConfigurationFolder.faults(ofHost: "listen: \"\(text)\"\n").count == 1)
    }

    @Test("run directories are absolute and short")
    func runDirectory() throws {
        #expect(try ConfigurationFolder.faults(ofHost: "run_directory: run\n").count == 1)
        let limit = "/" + String(repeating: "x", count: 79)
        #expect(try ConfigurationFolder.faults(ofHost: "run_directory: \(limit)\n").isEmpty)
        #expect(try ConfigurationFolder.faults(ofHost: "run_directory: \(limit)x\n").count == 1)
    }

    @Test("agents that are named have a file")
    func agents() throws {
        #expect(
            try ConfigurationFolder.faults(ofHost: "default_agent: frnt\nnumbers: { \"+441632960002\": other }\n") == [
                "dialtone.yaml:2: default_agent: names the agent \"frnt\", which has no file; allowed: front; did you mean \"front\"?",
                "dialtone.yaml:3: numbers.+441632960002: names the agent \"other\", which has no file; allowed: front",
            ]
        )
    }

    @Test(
        "called numbers are E.164 or SIP",
        arguments: ["\"01632960002\"", "+0123", "x", "\"sip:\"", "+1234567890123456"]
    )
    func badNumber(number: String) throws {
        let faults = try ConfigurationFolder.faults(ofHost: "numbers: { \(number): front }\n")
        #expect(faults.count == 1)
        #expect(faults[0].contains("is not a called number"))
    }

    @Test(
        "bounds hold at their limits",
        arguments: [
            ("limits: { calls: 1 }", true), ("limits: { calls: 10000 }", true), ("limits: { calls: 10001 }", false),
            ("limits: { message_bytes: 4096 }", true), ("limits: { message_bytes: 4095 }", false),
            ("limits: { call_minutes: 1440 }", true), ("limits: { call_minutes: 1441 }", false),
            ("playback: { lead_milliseconds: 199 }", false), ("playback: { message_milliseconds: 110 }", false),
            ("playback: { message_milliseconds: 20 }", true),
            ("playback: { lead_milliseconds: 200, message_milliseconds: 220 }", false),
        ]
    )
    func bounds(text: String, isValid: Bool) throws {
        #expect(try ConfigurationFolder.faults(ofHost: text + "\n").isEmpty == isValid)
    }

    @Test("the account is recognised")
    func account() throws {
        #expect(
            try ConfigurationFolder.faults(ofHost: "twilio: { account_sid: AC\(String(repeating: "0a", count: 16)) }\n")
                .isEmpty
        )
        #expect(try ConfigurationFolder.faults(ofHost: "twilio: { account_sid: SK123 }\n").count == 1)
    }

    @Test(
        "provider addresses are encrypted or on this machine",
        arguments: [
            ("deepgram: { base_url: ws://127.0.0.1:9000 }", true),
            ("deepgram: { stt_base_url: http://localhost:9000/ }", true),
            ("deepgram: { tts_base_url: ws://deepgram.example.com }", false),
            ("anthropic: { base_url: http://10.0.0.1 }", false),
            ("anthropic: { base_url: wss://api.anthropic.com }", false),
            ("openai: { base_url: http://127.9.9.9:11434/v1 }", true),
            ("openai: { base_url: http://127.0.0.1.example.com }", false),
            ("openai: { base_url: http://127.0.0.1@example.com }", false),
        ]
    )
    func providers(text: String, isValid: Bool) throws {
        #expect(try ConfigurationFolder.faults(ofHost: "providers:\n  \(text)\n").isEmpty == isValid)
    }

    @Test("each use of Deepgram may have its own address")
    func deepgram() throws {
        let folder = try ConfigurationFolder(
            host: ConfigurationFolder.host
                + "providers: { deepgram: { base_url: wss://a.example.com/, stt_base_url: wss://b.example.com } }\n"
        )
        let deepgram = try DialtoneConfiguration.load(path: folder.path).host.providers.deepgram
        #expect(deepgram.speechToTextURL == "wss://b.example.com")
        #expect(deepgram.textToSpeechURL == "wss://a.example.com")
    }

    @Test(
        "well-formed refusals are taken",
        arguments: [
            "<Response/>",
            "<?xml version='1.0'?><!-- x --><Response ><Say voice='a' x=\"b\">A &amp; B &#x20AC;</Say></Response >",
            "<Response><![CDATA[<&]]><a:b.c-d/><?x y?></Response>\n",
        ]
    )
    func goodRefusal(text: String) throws {
        #expect(try ConfigurationFolder.faults(ofHost: "refusal_twiml: |-\n  \(text)\n").isEmpty)
    }

    @Test(
        "malformed refusals are told with the character",
        arguments: [
            ("x", 1, "an element is expected"), ("<Response>", 11, "is not closed"),
            ("<Response></Respons>", 20, "closes"),
            ("<Response/><a/>", 12, "something follows"), ("<Response a=b/>", 13, "not in quotes"),
            ("<Response a='1' a='2'/>", 22, "there twice"), ("<Response a='1'b='2'/>", 16, "is not closed"),
            ("<Response>&</Response>", 11, "known reference"), ("<Response>&nbsp;</Response>", 11, "known reference"),
            ("<Response>&#0;</Response>", 11, "known reference"), ("<Response a='<'/>", 14, "not allowed in the value"),
            ("<!DOCTYPE x><Response/>", 1, "document type"),
            ("<Response><!-- </Response>", 11, "comment is not closed"),
            ("<1/>", 2, "a name is expected"), ("<Response a/>", 12, "has no value"),
            ("<Response a='1", 15, "is not closed"),
        ]
    )
    func badRefusal(text: String, position: Int, message: String) throws {
        let faults = try ConfigurationFolder.faults(ofHost: "refusal_twiml: |-\n  \(text)\n")
        #expect(faults.count == 1)
        #expect(
            faults[0].hasPrefix("dialtone.yaml:2: refusal_twiml: is not XML at character \(position): "),
            "\(faults[0])"
        )
        #expect(faults[0].contains(message), "\(faults[0])")
    }

    @Test("a refusal has the root that Twilio wants")
    func refusalRoot() throws {
        #expect(
            try ConfigurationFolder.faults(ofHost: "refusal_twiml: <Reject/>\n") == [
                "dialtone.yaml:2: refusal_twiml: has the root <Reject>; allowed: <Response>"
            ]
        )
    }
}
