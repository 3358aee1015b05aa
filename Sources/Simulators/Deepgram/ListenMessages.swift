import JSONText

/// Writes what the transcription service says (Deepgram listen v1, server messages).
struct ListenMessages {
    let query: ListenQuery
    let requestID: String
    let modelID: String

    /// A `Results` message.
    func results(_ result: ListenResult, words: [HeardWord]) -> JSONValue {
        let written = words.map { self.query.punctuates ? $0.text : SpokenWords.raw($0.text) }
        let alternative: JSONValue = [
            "transcript": .string(written.joined(separator: " ")),
            "confidence": .number(words.isEmpty ? 0 : 0.98),
            "words": .array(words.map(self.word)),
        ]
        return [
            "type": "Results",
            "channel_index": [0, 1],
            "duration": self.seconds(result.end - result.start),
            "start": self.seconds(result.start),
            "is_final": .bool(result.isFinal),
            "speech_final": .bool(result.speechFinal),
            "channel": ["alternatives": [alternative]],
            "metadata": [
                "request_id": .string(self.requestID),
                "model_info": [
                    "name": .string("general-" + self.query.model), "version": "2025-01-09.0",
                    "arch": .string(self.query.model),
                ],
                "model_uuid": .string(self.modelID),
            ],
            "from_finalize": .bool(result.fromFinalize),
        ]
    }

    /// A `SpeechStarted` message.
    func speechStarted(at sample: Int) -> JSONValue {
        ["type": "SpeechStarted", "channel": [0, 1], "timestamp": self.seconds(sample)]
    }

    /// An `UtteranceEnd` message; without a known end it says -1.
    func utteranceEnd(lastWordEnd: Int?) -> JSONValue {
        [
            "type": "UtteranceEnd", "channel": [0, 1],
            "last_word_end": lastWordEnd.map(self.seconds) ?? .integer(-1),
        ]
    }

    /// The `Metadata` message that ends a stream.
    func metadata(samples: Int, unixMilliseconds: UInt64) -> JSONValue {
        [
            "type": "Metadata", "transaction_key": "deprecated", "request_id": .string(self.requestID),
            "sha256": .string(ProviderIdentifier.hex(64)),
            "created": .string(WallClock.timestamp(unixMilliseconds: unixMilliseconds)),
            "duration": self.seconds(samples), "channels": .integer(samples == 0 ? 0 : 1),
        ]
    }

    /// An `Error` message for a client message that could not be taken; it echoes the message.
    static func schemaError(_ description: String, clientMessage: String) -> JSONValue {
        [
            "type": "Error", "variant": "SchemaError", "description": .string(description),
            "message": .string(clientMessage),
        ]
    }

    /// The answer to a `Configure` that was taken.
    func configureSuccess(keyterms: [String]) -> JSONValue {
        [
            "type": "ConfigureSuccess", "request_id": .string(self.requestID),
            "keyterms": .array(keyterms.map { .string($0) }),
        ]
    }

    /// The answer to a `Configure` that was not taken.
    func configureFailure(code: String, description: String) -> JSONValue {
        [
            "type": "ConfigureFailure", "request_id": .string(self.requestID), "code": .string(code),
            "description": .string(description),
        ]
    }

    private func word(_ word: HeardWord) -> JSONValue {
        var object: JSONObject = [
            "word": .string(SpokenWords.raw(word.text)),
            "start": self.seconds(word.start),
            "end": self.seconds(word.end),
            "confidence": 0.98,
        ]
        if self.query.punctuates { object["punctuated_word"] = .string(word.text) }
        return .object(object)
    }

    /// A number of samples at 8 kHz as seconds.
    private func seconds(_ samples: Int) -> JSONValue {
        .number(Double(samples) / 8000)
    }
}
