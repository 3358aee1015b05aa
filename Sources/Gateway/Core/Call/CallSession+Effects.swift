import Conversation
import JSONText
import Observability
import WorkerProtocol

extension CallSession {
    /// Carries one effect out.
    func perform(_ effect: ConversationEffect) {
        switch effect {
        case .openSession(let role): sessions[WorkerRole(role)]?.open()
        case .closeSession(let role): close(WorkerRole(role))
        case .finalizeTranscript: sessions[.stt]?.send(control: SpeechToTextCommand.finalize.json)
        case .generate(let generation, let messages): generate(generation, messages)
        case .cancelGeneration(let generation):
            reply.cancel(generation.rawValue)
            sessions[.llm]?.send(control: LanguageModelCommand.cancel(generation: generation.rawValue).json)
        case .beginSpeech(let generation): beginSpeech(generation, isPrepared: false)
        case .speakText(_, let text): sessions[.tts]?.send(text: text)
        case .endSpeech(let generation):
            sessions[.tts]?.send(control: TextToSpeechCommand.end(generation: generation.rawValue).json)
        case .cancelSpeech(let generation):
            speech.cancel(generation.rawValue)
            sessions[.tts]?.send(control: TextToSpeechCommand.cancel(generation: generation.rawValue).json)
            pacer.finish(generation: generation.rawValue)
        case .playPrepared(let generation, let prepared): play(generation, prepared)
        case .clear:
            pacer.clear()
            stream?.sendClear()
        case .mark(let name): stream?.send(mark: name)
        case .setTimer(let id, let milliseconds): setTimer(id, milliseconds: milliseconds)
        case .cancelTimer(let id): cancelTimer(id)
        case .runTool(let call, let key): run(call, key: key)
        case .transfer(let destination): finishing = .transferred(destination: destination)
        case .hangUp: finishing = finishing ?? .hungUp
        case .record(let fact): record(fact)
        }
    }

    private func close(_ role: WorkerRole) {
        sessions[role]?.close()
        switch role {
        case .stt: isTranscriptOpen = false
        case .llm: reply.sessionLost()
        case .tts: _ = speech.sessionLost()
        }
    }

    private func generate(_ generation: Generation, _ messages: [Message]) {
        reply.ask(generation.rawValue)
        guard let session = sessions[.llm] else { return }
        for frame in LanguageModelHistory.frames(generation: generation.rawValue, messages: messages) {
            guard session.send(control: frame) else {
                reply.cancel(generation.rawValue)
                let why = session.isClosed ? "no session" : "the history does not fit the link"
                feed(.llm(.failed(generation, Failure("unavailable", detail: why))))
                return
            }
        }
    }

    private func beginSpeech(_ generation: Generation, isPrepared: Bool) {
        speech.ask(generation.rawValue, isPrepared: isPrepared)
        let begin = TextToSpeechCommand.begin(generation: generation.rawValue).json
        if sessions[.tts]?.send(control: begin) != true {
            speech.cancel(generation.rawValue)
            feed(.tts(.failed(generation, Failure("unavailable", detail: "no session"))))
        }
    }

    /// From memory if it is there, so that it goes out with the first frame; else by the call's own synthesis.
    private func play(_ generation: Generation, _ prepared: PreparedSpeech) {
        let text = conversation.settings.text(of: prepared)
        let key = PreparedSpeechCache.Key(text: text, voice: agent.textToSpeech)
        if text.isEmpty {
            feed(.tts(.ended(generation)))
        } else if let audio = context.speeches.cache[key] {
            feed(.tts(.began(generation)))
            queue(audio, generation)
            pacer.finish(generation: generation.rawValue)
            feed(.tts(.ended(generation)))
        } else {
            beginSpeech(generation, isPrepared: true)
            sessions[.tts]?.send(text: text)
            sessions[.tts]?.send(control: TextToSpeechCommand.end(generation: generation.rawValue).json)
        }
    }

    /// Hands audio to the pacer and tells the conversation.
    func queue(_ audio: [UInt8], _ generation: Generation) {
        let taken = pacer.append(audio, generation: generation.rawValue)
        if taken < audio.count { context.metrics.playoutDropped.increment(by: audio.count - taken) }
        if taken > 0 { feed(.tts(.audio(generation, bytes: taken))) }
    }

    private func run(_ call: ToolCall, key: String) {
        let command = LanguageModelCommand.runTool(
            id: call.id,
            name: call.name,
            input: JSONValue(toolInput: call.inputJSON),
            idempotencyKey: key
        )
        if sessions[.llm]?.send(control: command.json) != true {
            feed(.toolResult(id: call.id, content: "The tool could not be run.", isError: true))
        }
    }
}
