import Testing

@testable import Simulators

@Suite struct PromptCacheTests {
    private func block(_ tokens: Int, _ letter: Character = "a", keep: Int? = nil) -> AnthropicCacheBlock {
        AnthropicCacheBlock(text: String(repeating: letter, count: tokens * 4), keepSeconds: keep)
    }

    @Test func `the first use writes and the second reads`() {
        var cache = PromptCache()
        let prompt = [self.block(600, keep: 3600), self.block(10, "b")]
        let first = cache.use(prompt, floor: 512, now: 0)
        #expect(first == PromptCache.Usage(fresh: 10, written5m: 0, written1h: 600, read: 0))
        let second = cache.use(prompt, floor: 512, now: 100)
        #expect(second == PromptCache.Usage(fresh: 10, written5m: 0, written1h: 0, read: 600))
    }

    @Test(arguments: [(511, 0), (512, 512)])
    func `a prefix below the floor is not kept`(tokens: Int, read: Int) {
        var cache = PromptCache()
        let prompt = [self.block(tokens, keep: 300)]
        _ = cache.use(prompt, floor: 512, now: 0)
        let usage = cache.use(prompt, floor: 512, now: 1)
        #expect(usage.read == read)
    }

    @Test func `a hit renews the time of life`() {
        var cache = PromptCache()
        let prompt = [self.block(600, keep: 300)]
        let reads = [0, 299, 598, 898].map { cache.use(prompt, floor: 512, now: $0).read }
        #expect(reads == [0, 600, 600, 0])
    }

    @Test func `a longer conversation reads what it shares`() {
        var cache = PromptCache()
        _ = cache.use([self.block(600), self.block(50, "b", keep: 300)], floor: 512, now: 0)
        let usage = cache.use(
            [self.block(600), self.block(50, "b"), self.block(20, "c", keep: 300)],
            floor: 512,
            now: 1
        )
        #expect(usage == PromptCache.Usage(fresh: 0, written5m: 20, written1h: 0, read: 650))
        let other = cache.use([self.block(600, "x"), self.block(50, "b", keep: 300)], floor: 512, now: 2)
        #expect(other.read == 0)
    }
}
