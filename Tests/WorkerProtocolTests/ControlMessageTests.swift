import JSONText
import Testing
import WorkerProtocol

@Suite struct ControlMessageTests {
    private func roundTrip<Message: ControlMessage>(_ messages: [Message]) throws {
        for message in messages {
            let text = message.json.serialized()
            #expect(try Message(json: JSONValue.parse(text)) == message, "\(text)")
        }
    }

    static let failure = WorkerFailure(
        .overloaded,
        isPermanent: false,
        detail: "429 too many requests",
        provider: "deepgram",
        status: 429,
        requestID: "019f",
        retryAfterMilliseconds: 1500
    )

    @Test func `link messages survive the wire`() throws {
        try roundTrip([
            .hello(Hello(role: "stt", instance: "1", release: "0.1.0", capacity: 200, sessions: 3)),
            .heartbeat(sessions: 4), LinkMessage.draining,
        ])
    }

    @Test func `session messages survive the wire`() throws {
        try roundTrip([
            SessionMessage.opened, .refused(Self.failure),
            .failed(WorkerFailure(.rejected, isPermanent: true, detail: "401")),
            .closed, .close,
        ])
    }

    @Test func `speech to text messages survive the wire`() throws {
        var settings = SpeechToTextSettings()
        settings.keyterms = ["Oak Dental"]
        settings.baseURL = "ws://127.0.0.1:9"
        try roundTrip([SpeechToTextCommand.open(call: "CA1", settings: settings), .finalize, .close])
        try roundTrip([
            SpeechToTextEvent.session(.opened), .speechStarted, .interim(text: "my \"number\""), .final(text: "Ünï"),
            .endOfTurn(.speechFinal), .endOfTurn(.utteranceEnd), .endOfTurn(.finalize), .session(.failed(Self.failure)),
        ])
    }

    @Test func `text to speech messages survive the wire`() throws {
        try roundTrip([
            TextToSpeechCommand.open(call: "CA1", settings: TextToSpeechSettings()), .begin(generation: 1),
            .end(generation: .max), .cancel(generation: 2), .close,
        ])
        try roundTrip([
            TextToSpeechEvent.session(.closed), .begin(generation: 1), .segment(generation: 1, text: "Hello."),
            .end(generation: 1, cancelled: true), .failed(generation: 1, Self.failure),
        ])
    }

    @Test func `language model messages survive the wire`() throws {
        var settings = LanguageModelSettings()
        settings.system = "You answer the phone.\n"
        settings.thinking = "disabled"
        settings.tools = [
            ToolDefinition(
                name: "find_slot",
                description: "Free times.",
                inputSchema: ["type": "object"],
                implementation: .http(
                    HTTPTool(
                        url: "http://127.0.0.1:1/",
                        method: "POST",
                        headers: ["A": "${B}"],
                        timeoutMilliseconds: 10,
                        hasEffect: true
                    )
                )
            ),
            ToolDefinition(name: "end_call", description: "", inputSchema: [:], implementation: .conversation),
            ToolDefinition(name: "current_time", description: "", inputSchema: [:], implementation: .currentTime),
        ]
        try roundTrip([
            LanguageModelCommand.open(call: "CA1", settings: settings),
            .history(
                generation: 3,
                messages: [
                    LanguageModelMessage(role: .user, content: [.text("Hi")]),
                    LanguageModelMessage(
                        role: .assistant,
                        content: [
                            .text("One moment."), .toolUse(id: "t1", name: "find_slot", input: ["day": "Tuesday"]),
                        ]
                    ),
                    LanguageModelMessage(role: .user, content: [.toolResult(id: "t1", content: "{}", isError: true)]),
                ]
            ), .generate(generation: 3), .cancel(generation: 3),
            .runTool(id: "t1", name: "find_slot", input: ["day": "Tuesday"], idempotencyKey: "CA1:t1"), .close,
        ])
        try roundTrip([
            LanguageModelEvent.session(.opened), .begin(generation: 3),
            .toolCall(generation: 3, id: "t1", name: "find_slot", input: ["day": "Tuesday"]),
            .end(generation: 3, .toolUse), .failed(generation: 3, Self.failure),
            .toolResult(id: "t1", content: "9:00", isError: false),
        ])
    }

    @Test(arguments: [
        ("[]", ControlMessageError.notAMessage), ("{}", .notAMessage), ("{\"type\":7}", .notAMessage),
        ("{\"type\":\"nonsense\"}", .unknownType("nonsense")),
        ("{\"type\":\"begin\"}", .badMember(type: "begin", member: "generation")),
        ("{\"type\":\"begin\",\"generation\":-1}", .badMember(type: "begin", member: "generation")),
        ("{\"type\":\"begin\",\"generation\":4294967296}", .badMember(type: "begin", member: "generation")),
        ("{\"type\":\"open\",\"call\":\"CA1\"}", .badMember(type: "open", member: "settings")),
    ])
    func `what is wrong with a message is named`(text: String, error: ControlMessageError) throws {
        let json = try JSONValue.parse(text)
        #expect(throws: error) { _ = try TextToSpeechCommand(json: json) }
    }

    @Test func `members of a later release are ignored`() throws {
        let json = try JSONValue.parse("{\"type\":\"final\",\"text\":\"hi\",\"speaker\":2}")
        #expect(try SpeechToTextEvent(json: json) == .final(text: "hi"))
    }

    @Test func `the highest common version is chosen and none in common is an error`() throws {
        let hello = Hello(versions: [3, 1, 2], role: "stt", instance: "1", release: "", capacity: 1, sessions: 0)
        #expect(try hello.commonVersion(with: [1, 2]) == 2)
        #expect(throws: LinkError.noCommonVersion(ours: [4], theirs: [3, 1, 2])) {
            _ = try hello.commonVersion(with: [4])
        }
    }
}
