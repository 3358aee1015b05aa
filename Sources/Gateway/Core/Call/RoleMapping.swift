import Conversation
import WorkerProtocol

extension WorkerRole {
    /// The worker that plays a role of the conversation.
    init(_ role: Role) {
        switch role {
        case .stt: self = .stt
        case .llm: self = .llm
        case .tts: self = .tts
        }
    }
}

extension Role {
    /// The role a worker plays in the conversation.
    init(_ role: WorkerRole) {
        switch role {
        case .stt: self = .stt
        case .llm: self = .llm
        case .tts: self = .tts
        }
    }
}

extension Failure {
    /// A worker's failure as the conversation sees it.
    init(_ failure: WorkerFailure) {
        self.init(failure.kind.rawValue, detail: failure.detail, isPermanent: failure.isPermanent)
    }
}

extension LLMEvent.StopReason {
    /// Why a model stopped, as the conversation sees it.
    init(_ reason: LanguageModelEvent.StopReason) {
        switch reason {
        case .endTurn: self = .endTurn
        case .toolUse: self = .toolUse
        case .maximumTokens: self = .maximumTokens
        case .refusal: self = .refusal
        case .cancelled: self = .other(reason.rawValue)
        }
    }
}

extension STTEvent {
    /// What a transcription session says, as the conversation sees it; nil for what is about the session itself.
    init?(_ event: SpeechToTextEvent) {
        switch event {
        case .session: return nil
        case .speechStarted: self = .speechStarted
        case .interim(let text): self = .interim(text)
        case .final(let text): self = .final(text)
        case .endOfTurn(.utteranceEnd): self = .endOfTurn(.utteranceEnd)
        case .endOfTurn(.speechFinal): self = .endOfTurn(.speechFinal)
        case .endOfTurn(.finalize): self = .endOfTurn(.finalize)
        }
    }
}
