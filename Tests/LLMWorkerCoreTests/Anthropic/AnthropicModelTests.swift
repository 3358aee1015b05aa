import JSONText
import Testing

@testable import LLMWorkerCore

@Suite("Anthropic models")
struct AnthropicModelTests {
    @Test(
        "the lowest legal thinking is chosen unless more is asked for",
        arguments: [
            ("claude-haiku-5-5", nil, "disabled"), ("claude-haiku-5-5", "disabled", "disabled"),
            ("claude-haiku-5-5", "between_tools", "disabled"), ("claude-haiku-5-5", "adaptive", "adaptive"),
            ("claude-haiku-5-5-20261007", nil, "disabled"),
            ("claude-sonnet-5-5", nil, "between_tools"), ("claude-sonnet-5-5", "disabled", "between_tools"),
            ("claude-sonnet-5-5", "adaptive", "adaptive"),
            ("claude-opus-5-5", nil, nil), ("claude-opus-5-5", "disabled", nil), ("claude-fable-5-1", "adaptive", nil),
            ("claude-fable-5-2", nil, nil),
            ("claude-sonnet-5", nil, "disabled"), ("claude-opus-5", nil, "disabled"),
            ("claude-opus-4-6", nil, "disabled"), ("claude-sonnet-4-8-20260101", nil, "disabled"),
            ("claude-haiku-4-5", nil, nil), ("claude-haiku-4-5-20251001", "disabled", nil),
            ("claude-sonnet-4-5", nil, nil), ("claude-opus-4-20250514", nil, nil),
            ("some-model", nil, nil), ("some-model", "disabled", "disabled"),
        ] as [(String, String?, String?)]
    )
    func thinking(id: String, asked: String?, expected: String?) {
        #expect(AnthropicModel(id: id).thinking(asked: asked)?["type"]?.stringValue == expected)
    }

    @Test(
        "effort is sent where it is understood, within what is legal",
        arguments: [
            ("claude-haiku-5-5", "low", nil, "low"), ("claude-haiku-5-5", nil, nil, nil),
            ("claude-haiku-5-5", "max", nil, "high"), ("claude-haiku-5-5", "max", "adaptive", "max"),
            ("claude-sonnet-5-5", "xhigh", "adaptive", "high"), ("claude-opus-5-5", nil, nil, "low"),
            ("claude-opus-5-5", nil, "adaptive", nil), ("claude-opus-5-5", "max", nil, "max"),
            ("claude-haiku-4-5", "low", nil, nil), ("some-model", "low", nil, "low"),
        ] as [(String, String?, String?, String?)]
    )
    func effort(id: String, asked: String?, thinking: String?, expected: String?) {
        #expect(AnthropicModel(id: id).effort(asked: asked, thinking: thinking) == expected)
    }

    @Test(
        "it is known which settings mean silence",
        arguments: [
            ("claude-haiku-5-5", nil, false), ("claude-haiku-5-5", "adaptive", true), ("claude-sonnet-5-5", nil, true),
            ("claude-opus-5-5", nil, true), ("claude-haiku-4-5", "adaptive", false), ("some-model", nil, false),
        ] as [(String, String?, Bool)]
    )
    func thinks(id: String, asked: String?, expected: Bool) {
        #expect(AnthropicModel(id: id).thinks(asked: asked) == expected)
    }
}
