import Conversation
import Observability
import TelephonyAudio
import WorkerProtocol

// What comes from the caller.
extension CallSession {
    /// A frame of the caller's audio arrived.
    func hear(_ payload: [UInt8], timestamp: Int64?) {
        guard phase == .streaming, !payload.isEmpty else { return }
        let now = milliseconds
        let isAgentAudible = pacer.aheadMilliseconds(at: now) > 0
        let heard = audio.received(payload, timestamp: timestamp, at: now, isAgentAudible: isAgentAudible)
        forward(heard, payload)
    }

    /// A key was pressed.
    func press(_ digit: Character) {
        feed(.dtmf(digit))
    }

    /// A mark came back.
    func echo(mark name: String) {
        feed(.mark(name: name))
    }

    private func forward(_ heard: CallerAudio.Heard, _ payload: [UInt8]) {
        if let transcriber = sessions[.stt] {
            var silence = heard.silenceBytes
            while silence > 0 {
                let count = min(silence, CallerAudio.silence.count)
                transcriber.send(audio: Array(CallerAudio.silence.prefix(count)))
                silence -= count
            }
            if !payload.isEmpty { transcriber.send(audio: payload) }
            if !audio.isSpeaking, !isTranscriptOpen { transcriber.audioQuiet() }
        }
        if heard.silenceBytes > 0 { context.metrics.silenceInserted.increment(by: heard.silenceBytes) }
        for transition in heard.transitions {
            feed(.voiceActivity(transition == .speechStarted ? .started : .ended))
        }
        watchSilence()
    }

    /// While speech is open, looks at the clock: what does not arrive is silence.
    func watchSilence() {
        guard watchTimer == nil, phase == .streaming, audio.isSpeaking || isTranscriptOpen else { return }
        watchTimer = context.timers.set(milliseconds: context.times.silenceWatch) { [weak self] in
            guard let self else { return }
            self.watchTimer = nil
            guard self.phase == .streaming else { return }
            self.forward(
                self.audio.timePassed(at: self.milliseconds, isTranscriptOpen: self.isTranscriptOpen),
                []
            )
        }
    }
}
