import Testing

@testable import LLMWorkerCore

@Suite("Time zones")
struct TimeZoneTests {
    /// 2026-07-01 12:00:00 UTC.
    private static let summer: Int64 = 1_782_907_200
    /// 2026-12-01 12:00:00 UTC.
    private static let winter: Int64 = 1_796_126_400

    @Test(
        "rules say what is in force in summer and in winter",
        arguments: [
            ("GMT0BST,M3.5.0/1,M10.5.0", 3600, 0), ("EST5EDT,M3.2.0,M11.1.0", -14_400, -18_000),
            ("AEST-10AEDT,M10.1.0,M4.1.0/3", 36_000, 39_600), ("<+0545>-5:45", 20_700, 20_700), ("UTC0", 0, 0),
            ("IST-1GMT0,M10.5.0,M3.5.0/1", 3600, 0), ("XXX3YYY,J60/0,J300", -7200, -10_800),
            ("XXX3YYY1:30:30,59/0,299", -5430, -10_800), ("<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", -7200, -10_800),
        ]
    )
    func rules(text: String, summer: Int, winter: Int) throws {
        let rule = try #require(PosixTimeZone(text))
        #expect(rule.offset(at: Self.summer).seconds == summer)
        #expect(rule.offset(at: Self.winter).seconds == winter)
    }

    @Test("the clocks change at the very second")
    func change() throws {
        let london = try #require(PosixTimeZone("GMT0BST,M3.5.0/1,M10.5.0"))
        // 2026-03-29 01:00 and 2026-10-25 01:00, both UTC.
        #expect(london.offset(at: 1_774_745_999).abbreviation == "GMT")
        #expect(london.offset(at: 1_774_746_000).abbreviation == "BST")
        #expect(london.offset(at: 1_792_889_999).abbreviation == "BST")
        #expect(london.offset(at: 1_792_890_000).abbreviation == "GMT")
    }

    @Test(
        "what is not a rule is not read",
        arguments: [
            "", "A", "GMT", "GMT0BST", "GMT0BST,M3.5.0", "GMT0BST,M13.5.0,M10.5.0", "GMT0BST,M3.6.0,M10.5.0", "<+03",
            "GMT0BST,M3.5.0,M10.5.0,x", "GMT999999999999999999999", "GMT0:99", "GMT0BST,J0,J1", "GMT0BST,M3.5,M10.5.0",
        ]
    )
    func badRules(text: String) {
        #expect(PosixTimeZone(text) == nil)
    }

    /// A zone that was at 1:00 until the moment 1,000, is at 2:00 until 2,000 and then follows a rule.
    private static func file(rule: String = "ABC-3") -> [UInt8] {
        func counts(_ time: UInt8, _ type: UInt8, _ characters: UInt8) -> [UInt8] {
            Array("TZif2".utf8) + [UInt8](repeating: 0, count: 15 + 12) + [
                0, 0, 0, time, 0, 0, 0, type, 0, 0, 0, characters,
            ]
        }
        return counts(0, 1, 4) + [0, 0, 0, 0, 0, 0] + Array("UTC\0".utf8) + counts(2, 2, 8)
            + [0, 0, 0, 0, 0, 0, 0x03, 0xE8, 0, 0, 0, 0, 0, 0, 0x07, 0xD0] + [1, 0]
            + [0, 0, 0x0E, 0x10, 0, 0, 0, 0, 0x1C, 0x20, 1, 4] + Array("AAA\0BBB\0".utf8) + Array("\n\(rule)\n".utf8)
    }

    @Test("a file says what is in force before, between and after its changes")
    func file() throws {
        let zone = try #require(TimeZoneFile(Self.file()))
        #expect(zone.offset(at: 0) == ZoneOffset(seconds: 3600, isDaylight: false, abbreviation: "AAA"))
        #expect(zone.offset(at: 999).seconds == 3600)
        #expect(zone.offset(at: 1000) == ZoneOffset(seconds: 7200, isDaylight: true, abbreviation: "BBB"))
        #expect(zone.offset(at: 2000) == ZoneOffset(seconds: 10_800, isDaylight: false, abbreviation: "ABC"))
        #expect(try #require(TimeZoneFile(Self.file(rule: ""))).offset(at: 2000).abbreviation == "AAA")
    }

    @Test("a file cut anywhere, or damaged, never traps")
    func damaged() {
        let whole = Self.file()
        for length in 0..<(whole.count - 7) { #expect(TimeZoneFile(Array(whole[..<length])) == nil) }
        for index in whole.indices {
            for value in [0, 1, 0x7F, 0xFF] as [UInt8] {
                var bytes = whole
                bytes[index] = value
                _ = TimeZoneFile(bytes)?.offset(at: 1500)
                _ = TimeZoneFile(bytes)?.offset(at: 5000)
            }
        }
    }

    @Test(
        "names cannot lead out of the database",
        arguments: [
            "../etc/passwd", "/etc/passwd", "Europe/../../etc/passwd", "", "Europe//London", ".hidden",
            "Europe/London\0",
        ]
    )
    func badNames(name: String) {
        #expect(SystemTimeZones().zone(name) == nil)
    }

    @Test("the answer can be read aloud and computed with")
    func currentTime() {
        #expect(
            CurrentTime.text(
                at: Self.summer,
                zone: "Europe/London",
                offset: ZoneOffset(seconds: 3600, isDaylight: true, abbreviation: "BST")
            )
                == "Wednesday, 1 July 2026, 1:00 PM, time zone Europe/London (BST). ISO 8601: 2026-07-01T13:00:00+01:00"
        )
        #expect(
            CurrentTime.text(
                at: 0,
                zone: "X",
                offset: ZoneOffset(seconds: -16_200, isDaylight: false, abbreviation: "X")
            )
                == "Wednesday, 31 December 1969, 7:30 PM, time zone X (X). ISO 8601: 1969-12-31T19:30:00-04:30"
        )
        #expect(CurrentTime.text(at: 1, zone: "UTC", offset: .utc).hasPrefix("Thursday, 1 January 1970, 12:00 AM"))
    }
}
