import JSONText
import NIOCore
import NIOHTTP1
import NIOPosix
import Simulators
import Testing

@Suite struct FakeTwilioTests {
    private static let settings = FakeTwilioSettings()
    private static let base = "/2010-04-01/Accounts/\(settings.accountSID)/Calls"
    private static let order = "To=%2B441632960002&From=%2B441632960001"

    /// A Twilio whose callee never answers, so that calls stay where they are.
    private func start(_ change: (inout FakeTwilioSettings) -> Void = { _ in }) async throws -> FakeTwilio {
        var settings = Self.settings
        settings.countsSIDs = true
        settings.dialing.dialMilliseconds = 60_000
        change(&settings)
        return try await .start(settings: settings)
    }

    private func send(
        _ fake: FakeTwilio,
        _ method: HTTPMethod,
        _ path: String,
        _ body: String? = nil,
        user: String = settings.accountSID + ":" + settings.authToken
    ) async throws -> HTTPExchange {
        let headers = [
            ("Authorization", "Basic " + Base64.encode(Array(user.utf8))),
            ("Content-Type", "application/x-www-form-urlencoded"),
        ]
        return try await .send(method, fake.url + path, body, headers: headers)
    }

    /// Forms that lack something, each with the code it is refused with.
    private static let faulty: [(form: String, code: Int)] = [
        ("", 21201), ("To=%2B441632960002", 21213), ("To=555&From=%2B441632960001&Twiml=x", 21211),
        ("To=%2B441632960002&From=me&Twiml=x", 21212), ("ORDER", 21205), ("ORDER&Url=ftp://x", 21205),
        ("ORDER&Url=https://a_b.example", 21205), ("ORDER&Url=https://x&Method=PUT", 20001),
        ("ORDER&Twiml=LONG", 32018), ("ORDER&Twiml=x&StatusCallback=/relative", 21609),
        ("ORDER&Twiml=x&Timeout=601", 20001),
    ]

    @Test(arguments: faulty)
    func `a call that lacks something is refused with its code`(form: String, code: Int) async throws {
        let fake = try await start()
        let long = String(repeating: "x", count: 4001)
        let body = form.replacing("ORDER", with: Self.order).replacing("LONG", with: long)
        let answer = try await send(fake, .POST, Self.base + ".json", body)
        #expect(answer.status == 400)
        #expect(answer.json?["code"]?.intValue == code)
        #expect(answer.json?["more_info"]?.stringValue == "https://www.twilio.com/docs/errors/\(code)")
        #expect(fake.calls.isEmpty)
        await fake.stop()
    }

    @Test(arguments: [
        ("AC11111111111111111111111111111111:wrong", 401), ("", 401), ("SK1:secret", 200), ("SK1:other", 401),
    ])
    func `only the account and its keys are let in`(user: String, status: Int) async throws {
        let fake = try await start { $0.apiKeys = ["SK1": "secret"] }
        let answer = try await send(fake, .GET, Self.base + ".json", user: user)
        #expect(answer.status == status)
        if status == 401 {
            #expect(
                answer.json == [
                    "code": 20003, "message": "Authenticate",
                    "more_info": "https://www.twilio.com/docs/errors/20003", "status": 401,
                ]
            )
        }
        await fake.stop()
    }

    @Test func `a call is created, found, listed, taken back and forgotten`() async throws {
        let fake = try await start()
        let created = try await send(
            fake,
            .POST,
            Self.base + ".json",
            Self.order + "&Twiml=%3CResponse/%3E&Record=true"
        )
        #expect(created.status == 201)
        let sid = "CA00000000000000000000000000000001"
        #expect(created.json?["sid"]?.stringValue == sid)
        #expect(created.json?["status"] == "queued")
        #expect(created.json?["direction"] == "outbound-api")
        let path = Self.base + "/\(sid).json"
        #expect(created.json?["uri"]?.stringValue == path)
        _ = try await fake.events.waitFor("warning") { $0 == .warning(callSID: sid, "Record is not simulated") }
        #expect(try await send(fake, .GET, path).json?["to"] == "+441632960002")
        #expect(try await send(fake, .GET, Self.base + "/\(sid)").json?["code"] == 20404)
        #expect(try await send(fake, .GET, Self.base + "/CA9.json").status == 404)
        #expect(try await send(fake, .PUT, path).status == 405)

        for (query, count) in [("?Status=queued", 1), ("?To=%2B441632960002&PageSize=1", 1), ("?From=%2B449", 0)] {
            let list = try await send(fake, .GET, Self.base + ".json" + query)
            #expect(list.json?["calls"]?.arrayValue?.count == count)
        }
        #expect(try await send(fake, .GET, Self.base + ".json?PageSize=0").status == 400)

        #expect(try await send(fake, .DELETE, path).json?["code"] == 21220)
        #expect(try await send(fake, .POST, path, "Twiml=%3CResponse/%3E").json?["code"] == 21220)
        #expect(try await send(fake, .POST, path, "Status=paused").json?["code"] == 20001)
        #expect(try await send(fake, .POST, path, "Status=completed").json?["status"] == "canceled")
        #expect(try await send(fake, .POST, path, "Status=completed").json?["code"] == 21220)
        fake.update { $0.lateHangUp = .notFound }
        #expect(try await send(fake, .POST, path, "Status=completed").status == 404)
        await fake.waitForCalls()
        #expect(try await send(fake, .DELETE, path).status == 204)
        #expect(try await send(fake, .GET, path).status == 404)
        await fake.stop()
    }

    @Test func `too many requests and failures on demand are answered as Twilio does`() async throws {
        let fake = try await start()
        fake.failNext(with: .status(503))
        #expect(try await send(fake, .GET, Self.base + ".json").status == 503)
        fake.update { $0.requestLimit = 0 }
        let answer = try await send(fake, .GET, Self.base + ".json")
        #expect(answer.status == 429)
        #expect(answer.json?["code"] == 20429)
        #expect(answer.headers.first(name: "Twilio-Concurrent-Requests") == "1")
        await fake.stop()
    }

    @Test(arguments: [
        (CallDialing.Outcome.busy, CallStatus.busy), (.noAnswer, .noAnswer), (.fail, .failed), (.answer, .completed),
    ])
    func `a call ends by what the one called does`(outcome: CallDialing.Outcome, status: CallStatus) async throws {
        let fake = try await start {
            $0.dialing.dialMilliseconds = 0
            $0.dialing.ringMilliseconds = 0
            $0.dialing.outcome = outcome
        }
        let form = Self.order + "&Timeout=1&Twiml=%3CResponse%3E%3CSay%3EHello%3C/Say%3E%3C/Response%3E"
        _ = try await send(fake, .POST, Self.base + ".json", form)
        await fake.waitForCalls()
        #expect(fake.calls.map(\.status) == [status])
        await fake.stop()
    }

    @Test func `nobody calls in without a voice URL`() async throws {
        let fake = try await start()
        #expect(try await send(fake, .POST, "/call?to=%2B44", user: "").status == 400)
        await fake.stop()
    }
}
