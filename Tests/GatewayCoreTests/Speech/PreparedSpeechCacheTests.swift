import Testing
import WorkerProtocol

@testable import GatewayCore

@Suite struct PreparedSpeechCacheTests {
    private let voice = TextToSpeechSettings()

    @Test func `A sentence is found by its words and voice`() {
        var cache = PreparedSpeechCache()
        let hello = PreparedSpeechCache.Key(text: "Hello.", voice: voice)
        #expect(cache.store([1, 2], for: hello) == true)
        #expect(cache[.init(text: "Hello.", voice: voice)] == [1, 2])
        var other = voice
        other.model = "aura-2-orion-en"
        #expect(cache[.init(text: "Hello.", voice: other)] == nil)
        #expect(cache[.init(text: "Goodbye.", voice: voice)] == nil)
    }

    @Test func `Nothing and too much are not kept`() {
        var cache = PreparedSpeechCache()
        let key = PreparedSpeechCache.Key(text: "x", voice: voice)
        #expect(cache.store([], for: key) == false)
        let limit = PreparedSpeechCache.maximumSpeechBytes
        #expect(cache.store([UInt8](repeating: 0, count: limit + 1), for: key) == false)
        #expect(cache.store([UInt8](repeating: 0, count: limit), for: key) == true)
    }

    @Test func `What is not wanted any more is forgotten`() {
        var cache = PreparedSpeechCache()
        let first = PreparedSpeechCache.Key(text: "a", voice: voice)
        let second = PreparedSpeechCache.Key(text: "b", voice: voice)
        cache.store([1], for: first)
        cache.store([2], for: second)
        cache.keepOnly([second])
        #expect(cache.count == 1)
        #expect(cache[second] == [2])
    }
}
