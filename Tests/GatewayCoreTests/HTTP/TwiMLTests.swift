import Testing

@testable import GatewayCore

@Suite struct TwiMLTests {
    @Test(arguments: [
        ("plain", "plain"),
        ("a&b", "a&amp;b"),
        ("<Hangup/>", "&lt;Hangup/&gt;"),
        ("\"quoted\" 'single'", "&quot;quoted&quot; &apos;single&apos;"),
        ("]]>", "]]&gt;"),
        ("tab\there\nline\rreturn", "tab&#9;here&#10;line&#13;return"),
        ("nul\u{0}bell\u{7}", "nulbell"),
        ("\u{FFFE}\u{FFFF}", ""),
        ("Zoë 🎧", "Zoë 🎧"),
    ])
    func `Text is escaped so that it stays text`(text: String, escaped: String) {
        #expect(TwiML.escape(text) == escaped)
    }

    @Test func `A stream is connected with its parameters`() {
        let document = TwiML.connectStream(
            action: "https://voice.example.com/twilio/after-stream",
            url: "wss://voice.example.com/twilio/media",
            parameters: [("token", "a.b"), ("from", "+441632960001")]
        )
        #expect(
            document.text == """
                <?xml version="1.0" encoding="UTF-8"?>
                <Response><Connect action="https://voice.example.com/twilio/after-stream" method="POST">\
                <Stream url="wss://voice.example.com/twilio/media">\
                <Parameter name="token" value="a.b"/><Parameter name="from" value="+441632960001"/>\
                </Stream></Connect></Response>
                """
        )
    }

    @Test func `A caller's number cannot add a verb`() {
        let document = TwiML.connectStream(
            action: "https://h/a?x=1&y=2",
            url: "wss://h/m",
            parameters: [("from", "\"/><Hangup/><x y=\"")]
        )
        #expect(!document.text.contains("<Hangup/>"))
        #expect(document.text.contains("action=\"https://h/a?x=1&amp;y=2\""))
    }

    @Test func `A parameter is cut to what Twilio passes on`() {
        let document = TwiML.connectStream(
            action: "a",
            url: "b",
            parameters: [("from", String(repeating: "x", count: 600))]
        )
        #expect(document.text.contains("value=\"\(String(repeating: "x", count: 495))\""))
    }

    @Test func `A number is dialled as a number and an address as SIP`() {
        #expect(TwiML.dial("+441632960009").text.hasSuffix("<Dial><Number>+441632960009</Number></Dial></Response>"))
        #expect(TwiML.dial("sip:a@b.example").text.hasSuffix("<Dial><Sip>sip:a@b.example</Sip></Dial></Response>"))
        #expect(TwiML.dial("<x>").text.contains("<Number>&lt;x&gt;</Number>"))
    }

    @Test func `The short documents are what Twilio expects`() {
        #expect(TwiML.empty.text.hasSuffix("<Response></Response>"))
        #expect(TwiML.hangUp.text.hasSuffix("<Response><Hangup/></Response>"))
        #expect(TwiML(document: "<Response/>").text == "<Response/>")
    }
}
