import HTTPServing
import Testing

struct HTTPRequestTests {
    @Test(
        arguments: [
            ("/", "/", nil), ("/a/b?c=d&e", "/a/b", "c=d&e"), ("/a?", "/a", ""), ("/?a?b", "/", "a?b"), ("*", "*", nil),
            ("http://x/a?b", "/a", "b"), ("https://x:1", "/", nil), ("http://x?a", "/", "a"),
            ("/a://b/c", "/a://b/c", nil),
        ] as [(String, String, String?)]
    )
    func targetsAreSplit(target: String, path: String, query: String?) {
        let request = HTTPRequest(method: "GET", target: target)
        #expect(request.target == target)
        #expect(request.path == path)
        #expect(request.query == query)
    }
}
