import TelephonyAudio
import Testing

@testable import GatewayCore

@Suite struct CallerAudioTests {
    private static let loud = [UInt8](repeating: MuLaw.encode(8000), count: 160)
    private static let quiet = [UInt8](repeating: 0xFF, count: 160)

    private var audio = CallerAudio()

    private mutating func hear(_ frame: [UInt8], from: Int64, frames: Int, audible: Bool = false) -> [Int] {
        var started: [Int] = []
        for index in 0..<frames {
            let time = from + Int64(index) * 20
            let heard = audio.received(frame, timestamp: time, at: time, isAgentAudible: audible)
            if heard.transitions.contains(.speechStarted) { started.append(index) }
        }
        return started
    }

    @Test mutating func `Speech is found, later while the agent is audible`() {
        #expect(hear(Self.loud, from: 0, frames: 20) == [2])
        audio = CallerAudio()
        #expect(hear(Self.loud, from: 0, frames: 20, audible: true) == [8])
    }

    @Test mutating func `A gap in the timestamps is filled and ends speech`() {
        _ = hear(Self.loud, from: 0, frames: 20)
        let heard = audio.received(Self.quiet, timestamp: 1400, at: 1400, isAgentAudible: false)
        #expect(heard.silenceBytes == 1000 * 8)
        #expect(heard.transitions == [.speechEnded])
        #expect(!audio.isSpeaking)
    }

    @Test mutating func `An unreadable timestamp fills nothing`() {
        _ = hear(Self.loud, from: 0, frames: 20)
        #expect(audio.received(Self.loud, timestamp: nil, at: 9000, isAgentAudible: false).silenceBytes == 0)
    }

    @Test mutating func `When nothing arrives during speech the clock ends it`() {
        _ = hear(Self.loud, from: 0, frames: 20)
        #expect(audio.timePassed(at: 679, isTranscriptOpen: false).silenceBytes == 0)
        let first = audio.timePassed(at: 700, isTranscriptOpen: false)
        #expect(first.silenceBytes == 320 * 8)
        #expect(first.transitions.isEmpty)
        let second = audio.timePassed(at: 800, isTranscriptOpen: false)
        #expect(second.silenceBytes == 100 * 8)
        #expect(second.transitions == [.speechEnded])
        #expect(audio.timePassed(at: 900, isTranscriptOpen: false).silenceBytes == 0)
        #expect(audio.timePassed(at: 900, isTranscriptOpen: true).silenceBytes == 100 * 8)
    }

    @Test mutating func `Silence the clock put in is not put in again by a timestamp`() {
        _ = hear(Self.loud, from: 0, frames: 20)
        #expect(audio.timePassed(at: 1380, isTranscriptOpen: false).silenceBytes == 1000 * 8)
        let heard = audio.received(Self.loud, timestamp: 1400, at: 1400, isAgentAudible: false)
        #expect(heard.silenceBytes == 0)
    }

    @Test mutating func `The clock fills a gap only so far`() {
        _ = hear(Self.loud, from: 0, frames: 20)
        #expect(audio.timePassed(at: 60_000, isTranscriptOpen: true).silenceBytes == 10_000 * 8)
        #expect(audio.timePassed(at: 61_000, isTranscriptOpen: true).silenceBytes == 0)
    }

    @Test mutating func `The last frame with a voice in it is known before the hang-over is over`() {
        #expect(audio.lastVoice == nil)
        _ = hear(Self.loud, from: 0, frames: 20)
        _ = hear(Self.quiet, from: 400, frames: 10)
        #expect(audio.isSpeaking)
        #expect(audio.lastVoice == 380)
    }

    @Test mutating func `A quiet line stays as it is`() {
        _ = hear(Self.quiet, from: 0, frames: 20)
        #expect(audio.timePassed(at: 5000, isTranscriptOpen: false) == CallerAudio.Heard())
    }

    @Test mutating func `A new stream's timestamps begin anew`() {
        _ = hear(Self.quiet, from: 100_000, frames: 20)
        audio.streamReplaced()
        #expect(audio.received(Self.quiet, timestamp: 80, at: 1, isAgentAudible: false).silenceBytes == 0)
    }
}
