import Conversation
import JSONText
import Logging
import NIOCore
import WorkerProtocol

extension CallSession: RoleSessionDelegate {
    func roleSessionOpened(_ session: RoleSession) {
        logger.debug(
            "session opened",
            metadata: ["worker": "\(session.role.rawValue)/\(session.instance ?? "")"]
        )
        feed(.roleRegained(Role(session.role)))
    }

    func roleSession(_ session: RoleSession, lost failure: WorkerFailure) {
        switch session.role {
        case .stt: isTranscriptOpen = false
        case .llm: reply.sessionLost()
        case .tts:
            if let prepared = speech.sessionLost() {
                pacer.finish(generation: prepared)
                feed(.tts(.failed(Generation(prepared), Failure(failure))))
            }
        }
        feed(.roleLost(Role(session.role), Failure(failure)))
    }

    func roleSession(_ session: RoleSession, received control: JSONValue) {
        do {
            switch session.role {
            case .stt: transcriberSaid(try SpeechToTextEvent(json: control), session)
            case .llm: modelSaid(try LanguageModelEvent(json: control))
            case .tts: synthesisSaid(try TextToSpeechEvent(json: control))
            }
        } catch {
            // A newer worker may say more than this release knows.
            logger.debug(
                "worker message is not understood",
                metadata: ["worker": "\(session.role.rawValue)", "error.kind": "\(error)"]
            )
        }
    }

    func roleSession(_ session: RoleSession, receivedAudio audio: ByteBuffer) {
        guard session.role == .tts, let generation = speech.current else { return }
        queue(Array(audio.readableBytesView), Generation(generation))
    }

    func roleSession(_ session: RoleSession, receivedText text: ByteBuffer) {
        guard session.role == .llm, let generation = reply.current else { return }
        feed(.llm(.text(Generation(generation), String(buffer: text))))
    }

    private func transcriberSaid(_ event: SpeechToTextEvent, _ session: RoleSession) {
        switch event {
        case .interim(let text):
            if !text.isEmpty { isTranscriptOpen = true }
        case .final:
            session.audioSettled()
            // More words may follow until the turn's end.
            isTranscriptOpen = true
        case .endOfTurn:
            session.audioSettled()
            isTranscriptOpen = false
        case .speechStarted, .session: break
        }
        if let event = STTEvent(event) { feed(.stt(event)) }
        watchSilence()
    }

    private func modelSaid(_ event: LanguageModelEvent) {
        switch event {
        case .begin(let generation):
            reply.begin(generation)
            if reply.isWanted(generation) { feed(.llm(.began(Generation(generation)))) }
        case .toolCall(let generation, let id, let name, let input):
            guard reply.isWanted(generation) else { return }
            let call = ToolCall(id: id, name: name, inputJSON: input.serialized())
            feed(.llm(.toolCall(Generation(generation), call)))
        case .end(let generation, let reason):
            guard reply.isWanted(generation) else { return }
            reply.end(generation)
            feed(.llm(.ended(Generation(generation), .init(reason))))
        case .failed(let generation, let failure):
            guard reply.isWanted(generation) else { return }
            reply.end(generation)
            feed(.llm(.failed(Generation(generation), Failure(failure))))
        case .toolResult(let id, let content, let isError):
            feed(.toolResult(id: id, content: content, isError: isError))
        case .session: break
        }
    }

    private func synthesisSaid(_ event: TextToSpeechEvent) {
        switch event {
        case .begin(let generation):
            if speech.begin(generation) { feed(.tts(.began(Generation(generation)))) }
        case .end(let generation, cancelled: _):
            guard speech.end(generation) else { return }
            pacer.finish(generation: generation)
            feed(.tts(.ended(Generation(generation))))
        case .failed(let generation, let failure):
            guard speech.end(generation) else { return }
            pacer.finish(generation: generation)
            feed(.tts(.failed(Generation(generation), Failure(failure))))
        case .segment(let generation, let text):
            if speech.current == generation { feed(.tts(.segment(Generation(generation), text: text))) }
        case .session: break
        }
    }
}
