import JSONText
import NIOCore
import NIOEmbedded
import Testing
import WorkerProtocol

@testable import WorkerRuntime

@Suite struct LinkHandlerTests {
    @Test func `the worker says hello first, with role, capacity and versions`() throws {
        let link = try EmbeddedLink(capacity: 7)
        let frames = try link.take()
        #expect(frames.count == 1)
        let hello = try #require(frames.first)
        #expect(hello.session == 0)
        #expect(
            try LinkMessage(json: hello.json)
                == .hello(Hello(role: "stt", instance: "1", release: "test", capacity: 7, sessions: 0))
        )
    }

    @Test func `without a hello in 250 ms the link is closed`() throws {
        let link = try EmbeddedLink()
        link.advance(.milliseconds(249))
        #expect(link.isOpen)
        link.advance(.milliseconds(1))
        #expect(!link.isOpen)
        #expect(link.metric(#"dialtone_link_faults_total{reason="hello_timeout"}"#) == 1)
    }

    @Test func `no common version closes the link, after our hello`() throws {
        let link = try EmbeddedLink()
        try link.send(.hello(versions: [2, 3]))
        #expect(!link.isOpen)
        #expect(try link.take().first?.type == "hello")
        #expect(link.metric(#"dialtone_link_faults_total{reason="bad_hello"}"#) == 1)
    }

    @Test func `a session's frame or another message before hello closes the link`() throws {
        for frame in [Frame.open(1), .bytes(.audio, 1, [1]), .control(0, ["type": "heartbeat"]), .control(0, ["a": 1])]
        {
            let link = try EmbeddedLink()
            try link.send(frame)
            #expect(!link.isOpen)
            #expect(link.service.events.isEmpty)
        }
    }

    @Test func `a second hello closes the link, an unknown message of the link does not`() throws {
        let link = try EmbeddedLink.opened()
        try link.send(.control(0, ["type": "from_the_future", "x": 1]))
        #expect(link.isOpen)
        try link.send(.hello())
        #expect(!link.isOpen)
    }

    @Test func `each second a heartbeat says how many sessions there are`() throws {
        let link = try EmbeddedLink.opened()
        try link.send(.open(1), .open(2))
        _ = try link.take()
        link.advance(.seconds(1))
        #expect(try link.take().map(\.json) == [["type": "heartbeat", "sessions": 2]])
        link.advance(.seconds(1))
        #expect(try link.take().count == 1)
    }

    @Test func `three missed beats are death, and end the sessions`() throws {
        let link = try EmbeddedLink.opened()
        try link.send(.open(1))
        for _ in 0..<5 {
            link.advance(.seconds(1))
            try link.send(.control(0, ["type": "heartbeat", "sessions": 0]))
        }
        link.advance(.seconds(3))
        #expect(link.isOpen)
        link.advance(.seconds(1))
        #expect(!link.isOpen)
        #expect(link.service.events == ["open 1", "closed 1"])
        #expect(link.admission.sessions == 0)
        #expect(link.metric(#"dialtone_link_faults_total{reason="silence"}"#) == 1)
    }

    @Test func `audio counts as a sign of life`() throws {
        let link = try EmbeddedLink.opened()
        try link.send(.open(1))
        for _ in 0..<10 {
            link.advance(.seconds(1))
            try link.send(.bytes(.audio, 1, [0xFF]))
        }
        #expect(link.isOpen)
    }

    @Test func `frames go to their sessions in order`() throws {
        let link = try EmbeddedLink.opened()
        try link.send(
            .open(1),
            .open(2),
            .bytes(.audio, 1, [1, 2, 3]),
            .bytes(.text, 2, Array("hé".utf8)),
            .control(1, ["type": "finalize"])
        )
        #expect(link.service.events == ["open 1", "open 2", "audio 1 3", "text 2 hé", "control 1 finalize"])
        #expect(link.metric("dialtone_worker_sessions") == 2)
        #expect(link.metric(#"dialtone_link_frames_total{direction="in",kind="audio"}"#) == 1)
    }

    @Test func `frames cut anywhere between reads arrive whole`() throws {
        var buffer = ByteBuffer()
        for frame in [Frame.hello(), .open(1), .bytes(.audio, 1, Array(0..<200)), .control(1, ["type": "finalize"])] {
            try frame.append(to: &buffer)
        }
        let link = try EmbeddedLink()
        while let byte = buffer.readSlice(length: 1) { try link.send(bytes: byte) }
        #expect(link.service.events == ["open 1", "audio 1 200", "control 1 finalize"])
    }

    @Test func `what sessions send in one turn of the loop is one write`() throws {
        let link = try EmbeddedLink.opened()
        try link.send(.open(1), .open(2))
        _ = try link.takeWrites()
        try link.send(
            .control(1, ["type": "play", "count": 160]),
            .control(2, ["type": "say", "text": "hello"]),
            .control(1, ["type": "tell", "number": 5])
        )
        let writes = try link.takeWrites()
        #expect(writes.count == 1)
        var bytes = try #require(writes.first)
        var frames: [Frame] = []
        try LinkFrameDecoder().decode(&bytes) { kind, session, body in
            frames.append(Frame(kind: kind, session: session, body: body))
            return true
        }
        #expect(
            frames == [
                .bytes(.audio, 1, Array(repeating: 1, count: 160)), .bytes(.text, 2, Array("hello".utf8)),
                .control(1, ["type": "told", "number": 5]),
            ]
        )
    }

    @Test func `a full worker refuses and takes again when a session has ended`() throws {
        let link = try EmbeddedLink.opened(capacity: 1)
        try link.send(.open(1), .open(2))
        let refused = try #require(try link.take().first)
        #expect(refused.session == 2)
        guard case .refused(let failure) = try SessionMessage(json: refused.json) else {
            Issue.record("not refused: \(refused.json)")
            return
        }
        #expect(failure.kind == .overloaded)
        #expect(!failure.isPermanent)
        #expect(link.metric(#"dialtone_worker_sessions_refused_total{reason="capacity"}"#) == 1)
        try link.send(.control(1, ["type": "close"]), .open(3))
        #expect(try link.take().map(\.json) == [["type": "closed"]])
        #expect(link.service.events == ["open 1", "control 1 close", "open 3"])
        #expect(link.metric("dialtone_worker_sessions") == 1)
    }

    @Test func `a session the service will not have is refused with its reason`() throws {
        let link = try EmbeddedLink.opened()
        try link.send(.open(1, ["refuse": true]), .bytes(.audio, 1, [1]))
        let refused = try #require(try link.take().first)
        #expect(
            try SessionMessage(json: refused.json)
                == .refused(WorkerFailure(.rejected, isPermanent: true, detail: "no such model"))
        )
        #expect(link.admission.sessions == 0)
        #expect(link.metric("dialtone_link_late_frames_total") == 1)
    }

    @Test(arguments: ["{\"type\":", "[]", "{}", "{\"type\":5}", "\u{0}", ""])
    func `a malformed control body ends its session only`(body: String) throws {
        let link = try EmbeddedLink.opened()
        try link.send(.open(1), .open(2), .bytes(.control, 1, Array(body.utf8)))
        let failed = try #require(try link.take().first)
        #expect(failed.session == 1)
        guard case .failed(let failure) = try SessionMessage(json: failed.json) else {
            Issue.record("not failed: \(failed.json)")
            return
        }
        #expect(failure.kind == .protocolViolation)
        #expect(link.isOpen)
        try link.send(.bytes(.audio, 2, [1]), .bytes(.audio, 1, [1]))
        #expect(link.service.events == ["open 1", "open 2", "closed 1", "audio 2 1"])
        #expect(link.admission.sessions == 1)
    }

    @Test func `a session that is opened twice fails`() throws {
        let link = try EmbeddedLink.opened()
        try link.send(.open(1), .open(1))
        #expect(try link.take().map(\.type) == ["failed"])
        #expect(link.service.events == ["open 1", "closed 1"])
    }

    @Test func `a control message larger than a frame fails its session`() throws {
        let link = try EmbeddedLink.opened()
        try link.send(.open(1), .open(2), .control(1, ["type": "large", "count": 70_000]))
        #expect(try link.take().map(\.type) == ["failed"])
        try link.send(.open(3, ["first": ["type": "large", "count": 70_000]]))
        #expect(try link.take().map(\.session) == [3])
        #expect(link.service.events.contains("closed 1"))
        #expect(link.service.events.contains("closed 3"))
        #expect(link.admission.sessions == 1)
    }

    @Test func `a session may speak and end while it is being opened`() throws {
        let link = try EmbeddedLink.opened()
        try link.send(.open(1, ["first": ["type": "close"]]), .bytes(.audio, 1, [1]))
        #expect(try link.take().map(\.type) == ["closed"])
        #expect(link.admission.sessions == 0)
        #expect(link.service.events == ["open 1", "control 1 close"])
    }

    @Test func `audio and text larger than a frame go in several`() throws {
        let link = try EmbeddedLink.opened()
        try link.send(.open(1, ["first": ["type": "play", "count": 150_000]]))
        let audio = try link.take()
        #expect(audio.count == 3)
        #expect(audio.reduce(0) { $0 + $1.body.readableBytes } == 150_000)
        try link.send(.control(1, ["type": "repeat", "text": "é", "count": 40_000]))
        let pieces = try link.take()
        #expect(pieces.count == 2)
        #expect(pieces.allSatisfy { String(validating: $0.body.readableBytesView, as: UTF8.self) != nil })
        #expect(pieces.map { String(buffer: $0.body) }.joined() == "." + String(repeating: "é", count: 40_000))
    }

    @Test(arguments: [0, 4, 65_537, UInt32.max])
    func `a length outside the limits closes the link at once`(length: UInt32) throws {
        let link = try EmbeddedLink.opened()
        try link.send(.open(1))
        try link.send(bytes: ByteBuffer(integer: length))
        #expect(!link.isOpen)
        #expect(link.service.events == ["open 1", "closed 1"])
        #expect(link.metric(#"dialtone_link_faults_total{reason="bad_frame"}"#) == 1)
    }

    @Test func `an unknown kind, and a link message that is no JSON, close the link`() throws {
        let link = try EmbeddedLink.opened()
        try link.send(bytes: ByteBuffer(bytes: [0, 0, 0, 5, 9, 0, 0, 0, 1]))
        #expect(!link.isOpen)
        for frame in [Frame.bytes(.control, 0, [1]), .bytes(.audio, 0, [1])] {
            let link = try EmbeddedLink.opened()
            try link.send(frame)
            #expect(!link.isOpen)
        }
    }

    @Test func `the end of the link ends every session once, and nothing is sent any more`() throws {
        let link = try EmbeddedLink.opened()
        try link.send(.open(1), .open(2))
        try link.channel.close().wait()
        link.channel.embeddedEventLoop.run()
        #expect(link.service.events.sorted() == ["closed 1", "closed 2", "open 1", "open 2"])
        #expect(link.admission.sessions == 0)
        #expect(link.metric("dialtone_link_connections") == 0)
        #expect(link.metric("dialtone_worker_sessions") == 0)
    }

    @Test func `draining is said on the link, to sessions, and to whoever opens another`() throws {
        let link = try EmbeddedLink.opened()
        try link.send(.open(1))
        link.admission.beginDraining()
        link.handler.drain()
        try link.send(.open(2), .bytes(.audio, 1, [1]))
        let frames = try link.take()
        #expect(frames.map(\.session) == [0, 2])
        #expect(frames.map(\.type) == ["draining", "refused"])
        #expect(link.service.events == ["open 1", "drain 1", "audio 1 1"])
    }

    @Test func `a link that says hello while the worker drains is told so`() throws {
        let link = try EmbeddedLink()
        link.admission.beginDraining()
        link.handler.drain()
        try link.send(.hello())
        #expect(try link.take().map(\.type) == ["hello", "draining"])
    }

    @Test func `random bytes never trap`() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<300 {
            let link = try EmbeddedLink.opened()
            let count = Int.random(in: 1...64, using: &generator)
            try link.send(
                bytes: ByteBuffer(bytes: (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) })
            )
            let body = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            if link.isOpen { try link.send(.bytes(.control, .random(in: 0...2, using: &generator), body)) }
            _ = try? link.channel.finish()
        }
    }
}
