import JSONText
import Testing

@testable import GatewayCore

@Suite struct TwilioMessageEncoderTests {
    private let encoder = TwilioMessageEncoder(streamSID: "MZ33333333333333333333333333333333")

    private func text(_ body: (inout [UInt8]) -> Void) -> String {
        var output: [UInt8] = []
        body(&output)
        return String(decoding: output, as: UTF8.self)
    }

    @Test func `The three messages have exactly the documented members`() {
        #expect(
            text { encoder.appendMedia([0xFF, 0x7F, 0x00].span, to: &$0) }
                == #"{"event":"media","streamSid":"MZ33333333333333333333333333333333","media":{"payload":"/38A"}}"#
        )
        #expect(
            text { encoder.appendMark(name: "g4:m17", to: &$0) }
                == #"{"event":"mark","streamSid":"MZ33333333333333333333333333333333","mark":{"name":"g4:m17"}}"#
        )
        #expect(
            text { encoder.appendClear(to: &$0) }
                == #"{"event":"clear","streamSid":"MZ33333333333333333333333333333333"}"#
        )
    }

    @Test func `Messages append behind one another`() {
        var output = Array("x".utf8)
        encoder.appendClear(to: &output)
        #expect(output.first == UInt8(ascii: "x"))
    }

    @Test func `A strange stream id is escaped`() throws {
        let strange = TwilioMessageEncoder(streamSID: "\"}\n")
        var output: [UInt8] = []
        strange.appendMedia([0xFF].span, to: &output)
        #expect(try JSONValue.parse(output)["streamSid"]?.stringValue == "\"}\n")
    }
}
