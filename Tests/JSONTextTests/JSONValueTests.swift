import JSONText
import SeededTesting
import Testing

@Suite("JSON values")
struct JSONValueTests {
    @Test("text is written compactly, in order, with exactly the needed escapes")
    func compact() {
        let value: JSONValue = [
            "b": [1, 2.5, nil, true], "a": ["\"\\\n\t\r\u{8}\u{C}\u{1F}\u{7F}/é😀": "x"], "e": [:], "f": [],
        ]
        let text = #"{"b":[1,2.5,null,true],"a":{"\"\\\n\t\r\b\f\u001f"# + "\u{7F}/é😀" + #"":"x"},"e":{},"f":[]}"#
        #expect(value.serialized() == text)
    }

    @Test("control characters are written as two hexadecimal digits")
    func controlCharacters() {
        #expect(JSONValue.string("\u{0}\u{1}\u{A}\u{10}\u{1A}").serialized() == #""\u0000\u0001\n\u0010\u001a""#)
    }

    @Test("pretty text has one member a line")
    func pretty() throws {
        let value: JSONValue = ["a": [1, ["b": nil]], "c": [], "d": [:]]
        let text = """
            {
              "a": [
                1,
                {
                  "b": null
                }
              ],
              "c": [],
              "d": {}
            }
            """
        #expect(value.serializedPretty() == text)
        #expect(try JSONValue.parse(text) == value)
    }

    @Test("doubles read back bit for bit", arguments: [21, 22] as [UInt64])
    func doubles(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<5_000 {
            let number = Double(bitPattern: generator.next())
            guard number.isFinite else { continue }
            let text = JSONValue.number(number).serialized()
            guard case .number(let back) = try JSONValue.parse(text) else {
                Issue.record("\(text) did not read back as a number")
                continue
            }
            #expect(back.bitPattern == number.bitPattern, "\(text)")
        }
    }

    @Test("numbers that are not finite are written as null")
    func notFinite() {
        #expect(JSONValue.array([.number(.nan), .number(.infinity)]).serialized() == "[null,null]")
    }

    @Test("integers read back at their limits", arguments: [Int64.min, -1, 0, 1, .max])
    func integers(integer: Int64) throws {
        #expect(try JSONValue.parse(JSONValue.integer(integer).serialized()) == .integer(integer))
    }

    @Test("typed views answer only for their own kind")
    func views() {
        #expect(JSONValue.integer(3).intValue == 3)
        #expect(JSONValue.number(3).intValue == 3)
        #expect(JSONValue.number(3.5).intValue == nil)
        #expect(JSONValue.number(1e300).intValue == nil)
        #expect(JSONValue.string("3").intValue == nil)
        #expect(JSONValue.integer(3).doubleValue == 3)
        #expect(JSONValue.bool(true).boolValue == true)
        #expect(JSONValue.integer(1).boolValue == nil)
        #expect(JSONValue.null.stringValue == nil)
        #expect(JSONValue.null.arrayValue == nil)
        #expect(JSONValue.null.objectValue == nil)
    }

    @Test(
        "a lenient integer is a number or a string of digits",
        arguments: [
            (.integer(5), 5), (.number(5), 5), (.string("5"), 5), (.string("-5"), -5),
            (.string("9223372036854775807"), .max),
            (.string("9223372036854775808"), nil), (.string("+5"), nil), (.string(" 5"), nil), (.string(""), nil),
            (.string("-"), nil), (.string("5.0"), nil), (.bool(true), nil),
        ] as [(JSONValue, Int?)]
    )
    func lenientInt(value: JSONValue, integer: Int?) {
        #expect(value.lenientInt == integer)
    }

    @Test("an object keeps its order through changes, small or large", arguments: [3, 12, 13, 200])
    func objectOrder(count: Int) {
        var object = JSONObject()
        for index in 0..<count { object["k\(index)"] = .integer(Int64(index)) }
        object["k1"] = "changed"
        object["k0"] = nil
        object["absent"] = nil
        object["last"] = true
        #expect(object.count == count)
        #expect(object.keys == (1..<count).map { "k\($0)" } + ["last"])
        #expect(object["k1"] == "changed")
        #expect(object["k\(count - 1)"] != nil)
        #expect(object["k0"] == nil)
    }

    @Test("objects are equal whatever their order")
    func objectEquality() {
        let one: JSONObject = ["a": 1, "b": 2]
        let other: JSONObject = ["b": 2, "a": 1]
        #expect(one == other)
        #expect(one != ["a": 1])
        #expect(one != ["a": 1, "c": 2])
    }

    @Test("many members are read in linear time")
    func manyMembers() throws {
        let members = (0..<20_000).map { "\"key\($0)\":\($0)" }
        let value = try JSONValue.parse("{" + members.joined(separator: ",") + "}")
        #expect(value.objectValue?.count == 20_000)
        #expect(value["key19999"] == 19_999)
    }
}
