import JSONText
import Testing

@testable import Simulators

@Suite struct ListenMessagesTests {
    private func messages(_ query: String) throws -> ListenMessages {
        let parsed = try ListenQuery.parse("model=nova-3&encoding=mulaw&sample_rate=8000" + query)
        return ListenMessages(query: parsed, requestID: "request", modelID: "model")
    }

    @Test func `a result has every field of the service's`() throws {
        let words = [
            HeardWord(text: "Hello,", start: 8000, end: 12_000), HeardWord(text: "you.", start: 12_000, end: 16_000),
        ]
        let result = ListenResult(start: 4000, end: 20_000, words: words, isFinal: true, speechFinal: true)
        let expected: JSONValue = [
            "type": "Results", "channel_index": [0, 1], "duration": 2.0, "start": 0.5, "is_final": true,
            "speech_final": true,
            "channel": [
                "alternatives": [
                    [
                        "transcript": "Hello, you.", "confidence": 0.98,
                        "words": [
                            [
                                "word": "hello", "start": 1.0, "end": 1.5, "confidence": 0.98,
                                "punctuated_word": "Hello,",
                            ],
                            ["word": "you", "start": 1.5, "end": 2.0, "confidence": 0.98, "punctuated_word": "you."],
                        ],
                    ]
                ]
            ],
            "metadata": [
                "request_id": "request",
                "model_info": ["name": "general-nova-3", "version": "2025-01-09.0", "arch": "nova-3"],
                "model_uuid": "model",
            ],
            "from_finalize": false,
        ]
        #expect(try self.messages("&smart_format=true").results(result, words: words) == expected)
    }

    @Test func `without punctuation words are raw`() throws {
        let words = [HeardWord(text: "Hello,", start: 0, end: 8000)]
        let message = try self.messages("").results(ListenResult(start: 0, end: 8000, words: words), words: words)
        let alternative = message["channel"]?["alternatives"]?[0]
        #expect(alternative?["transcript"] == "hello")
        #expect(alternative?["words"]?[0]?["punctuated_word"] == nil)
    }

    @Test func `the other messages`() throws {
        let messages = try self.messages("")
        #expect(
            messages.speechStarted(at: 76_320) == ["type": "SpeechStarted", "channel": [0, 1], "timestamp": 9.54]
        )
        #expect(
            messages.utteranceEnd(lastWordEnd: 112_800)
                == ["type": "UtteranceEnd", "channel": [0, 1], "last_word_end": 14.1]
        )
        #expect(messages.utteranceEnd(lastWordEnd: nil)["last_word_end"] == -1)
        let metadata = messages.metadata(samples: 0, unixMilliseconds: 1_790_856_000_000)
        #expect(metadata["duration"]?.doubleValue == 0)
        #expect(metadata["channels"] == 0)
        #expect(metadata["transaction_key"] == "deprecated")
        #expect(metadata["created"] == "2026-10-01T12:00:00.000Z")
        #expect(metadata["sha256"]?.stringValue?.count == 64)
        #expect(
            ListenMessages.schemaError("bad", clientMessage: "{\"type\":\"Oops\"}")
                == ["type": "Error", "variant": "SchemaError", "description": "bad", "message": "{\"type\":\"Oops\"}"]
        )
    }

    @Test(arguments: [
        (#"{"type":"KeepAlive"}"#, ListenCommand.keepAlive), (#"{"type":"Finalize"}"#, .finalize),
        (#"{"type":"Finalize","channel":0}"#, .finalize), (#"{"type":"CloseStream"}"#, .closeStream),
        (#"{"type":"Configure","keyterms":["Oak"],"features":{"numerals":true}}"#, .configure(keyterms: ["Oak"])),
        (#"{"type":"Configure"}"#, .configure(keyterms: nil)),
    ])
    func `the client's messages are read`(text: String, command: ListenCommand) throws {
        #expect(try ListenCommand.parse(text) == command)
    }

    @Test(arguments: [
        "", "KeepAlive", "{}", #"{"type":1}"#, #"{"type":"keepalive"}"#, #"{"type":"ForceEndTurn"}"#,
        #"{"type":"Finalize","channel":"left"}"#, #"{"type":"Configure","keyterms":"Oak"}"#,
    ])
    func `what is no message of the client is refused`(text: String) {
        #expect(throws: ListenCommand.Refusal.self) { try ListenCommand.parse(text) }
    }
}
