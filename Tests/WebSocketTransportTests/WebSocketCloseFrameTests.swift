import NIOCore
import Testing
import WebSocketTransport

struct WebSocketCloseFrameTests {
    @Test(arguments: [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999])
    func codesThatMayBeSentAreAccepted(code: UInt16) throws {
        var payload = ByteBuffer(integer: code)
        payload.writeString("why")
        let frame = try WebSocketCloseFrame(payload: payload)
        #expect(frame.code == code)
        #expect(frame.reason == "why")
    }

    @Test(arguments: [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535])
    func codesThatMayNotBeSentAreRefusedAndReplaced(code: UInt16) {
        #expect(throws: WebSocketProtocolError.closeFrameMalformed) {
            try WebSocketCloseFrame(payload: ByteBuffer(integer: code))
        }
        #expect(WebSocketCloseFrame(code: code).code == 1000)
    }

    @Test func anEmptyPayloadCarriesNoCode() throws {
        let frame = try WebSocketCloseFrame(payload: ByteBuffer())
        #expect(frame == WebSocketCloseFrame(code: nil))
        #expect(frame.code == nil)
    }

    @Test func aReasonIsCutAt123BytesBetweenCharacters() {
        #expect(WebSocketCloseFrame(code: 1000, reason: String(repeating: "a", count: 123)).reason.utf8.count == 123)
        #expect(WebSocketCloseFrame(code: 1000, reason: String(repeating: "a", count: 124)).reason.utf8.count == 123)
        #expect(WebSocketCloseFrame(code: 1000, reason: String(repeating: "ü", count: 62)).reason.utf8.count == 122)
    }
}
