import Simulators
import Testing

@Suite struct XMLParserTests {
    @Test func `TwiML is read with its attributes, text and entities`() throws {
        let root = try XMLParser.parse(
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <!-- comment --><Response>
              <Connect action="https://x/y?a=1&amp;b=2"><Stream url='wss://x/m'><Parameter name="n" value="&lt;&#65;&#x42;&gt;"/></Stream></Connect>
              <Say>Tom &amp; Jerry</Say>
            </Response>
            """
        )
        #expect(root.name == "Response")
        let connect = try #require(root.children.first)
        #expect(connect["action"] == "https://x/y?a=1&b=2")
        let parameter = try #require(connect.children.first?.children.first)
        #expect(parameter["value"] == "<AB>")
        #expect(root.children.last?.text == "Tom & Jerry")
    }

    @Test(arguments: [
        "", "text", "<a>", "<a></b>", "<a", "<a b=c/>", "<a b=\"1\" b=\"2\"/>", "<a>&nbsp;</a>", "<a>1 & 2</a>",
        "<a/><b/>", "<a b=\"<\"/>", "<1/>", "<a>&#xD800;</a>", "<!DOCTYPE a><a/>",
        String(repeating: "<a>", count: 100) + String(repeating: "</a>", count: 100),
    ])
    func `what is not well-formed is refused`(text: String) {
        #expect(throws: XMLSyntaxError.self) { try XMLParser.parse(text) }
    }
}
