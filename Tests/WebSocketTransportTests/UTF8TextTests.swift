import SeededTesting
import Testing
import WebSocketTransport

struct UTF8TextTests {
    @Test(
        arguments: [
            [], [0x00], [0x7F], [0xC2, 0x80], [0xDF, 0xBF], [0xE0, 0xA0, 0x80], [0xED, 0x9F, 0xBF], [0xEE, 0x80, 0x80],
            [0xEF, 0xBF, 0xBF], [0xF0, 0x90, 0x80, 0x80], [0xF4, 0x8F, 0xBF, 0xBF],
            Array("plain ASCII of some length".utf8),
            Array("žluťoučký kůň 🐎, 馬".utf8),
        ] as [[UInt8]]
    )
    func wellFormedTextIsValid(bytes: [UInt8]) {
        let isValid = UTF8Text.isValid(bytes.span)
        #expect(isValid)
    }

    @Test(
        arguments: [
            [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x00], [0xE0, 0x9F, 0xBF], [0xE1, 0x80],
            [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x90, 0x80],
            [0xF4, 0x90, 0x80, 0x80],
            [0xF5, 0x80, 0x80, 0x80], [0xFE], [0xFF], [0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x80],
            [0xE2, 0x82, 0x41],
        ] as [[UInt8]]
    )
    func illFormedTextIsNot(bytes: [UInt8]) {
        let isValid = UTF8Text.isValid(bytes.span)
        #expect(!isValid)
    }

    @Test(arguments: 0..<32) func damagedTextIsJudgedAsTheStandardLibraryDoes(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let text = Array("Grüße aus der Straße, 12 € für 馬 und 🐎; plain words follow here.".utf8)
        for _ in 0..<300 {
            var bytes = text
            for _ in 0..<(generator.next() % 4) {
                let position = Int(generator.next() % UInt64(bytes.count))
                if generator.next() & 1 == 0 {
                    bytes[position] = UInt8(truncatingIfNeeded: generator.next())
                } else {
                    bytes.remove(at: position)
                }
            }
            let isValid = UTF8Text.isValid(bytes.span)
            #expect(isValid == (String(validating: bytes, as: UTF8.self) != nil))
        }
    }
}
