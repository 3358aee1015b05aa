import JSONText
import NIOCore
import Testing
import WorkerProtocol

@testable import WorkerRuntime

@Suite struct LinkBackpressureTests {
    private func play(_ session: UInt32, _ byte: Int64, count: Int64 = 1_600) -> Frame {
        .control(session, ["type": "play", "byte": .integer(byte), "count": .integer(count)])
    }

    @Test func `while the gateway does not read nothing is written, afterwards all in order`() throws {
        let link = try EmbeddedLink.opened()
        try link.send(.open(1))
        _ = try link.take()
        link.setWritable(false)
        try link.send(
            .control(1, ["type": "tell", "number": 1]),
            play(1, 7, count: 10),
            .control(1, ["type": "say", "text": "x"])
        )
        try link.send(.control(1, ["type": "tell", "number": 2]))
        #expect(try link.take().isEmpty)
        link.setWritable(true)
        #expect(
            try link.take() == [
                .control(1, ["type": "told", "number": 1]), .bytes(.audio, 1, Array(repeating: 7, count: 10)),
                .bytes(.text, 1, Array("x".utf8)), .control(1, ["type": "told", "number": 2]),
            ]
        )
        #expect(link.service.events.last == "writable 1")
    }

    @Test func `audio over two seconds of a session is dropped oldest first, and counted, control is kept`() throws {
        let link = try EmbeddedLink.opened()
        try link.send(.open(1), .open(2))
        _ = try link.take()
        link.setWritable(false)
        try link.send(.control(1, ["type": "tell", "number": 1]))
        for byte in 1...12 { try link.send(play(1, Int64(byte))) }
        try link.send(.control(1, ["type": "tell", "number": 2]), play(2, 99))
        link.setWritable(true)
        let frames = try link.take()
        let own = frames.filter { $0.session == 1 }
        #expect(own.first?.json["number"] == 1)
        #expect(own.last?.json["number"] == 2)
        let audio = own.filter { $0.kind == .audio }.compactMap { $0.body.readableBytesView.first }
        #expect(audio == Array(3...12))
        #expect(frames.contains { $0.session == 2 && $0.kind == .audio })
        #expect(link.metric("dialtone_link_audio_dropped_bytes_total") == 3_200)
    }

    @Test func `sessions are served in turn, so that one cannot hold up another`() throws {
        let link = try EmbeddedLink.opened()
        try link.send(.open(1), .open(2))
        _ = try link.take()
        link.setWritable(false)
        for byte in 1...8 { try link.send(play(1, Int64(byte))) }
        try link.send(.control(2, ["type": "tell", "number": 5]))
        link.setWritable(true)
        #expect(try link.take().map(\.session).prefix(3) == [1, 2, 1])
    }

    @Test func `control beyond its bound closes the link`() throws {
        var settings = LinkSettings()
        settings.controlBacklogBytes = 1_000
        let link = try EmbeddedLink.opened(settings: settings)
        try link.send(.open(1))
        link.setWritable(false)
        try link.send(.control(1, ["type": "large", "count": 900]))
        #expect(link.isOpen)
        try link.send(.control(1, ["type": "large", "count": 100]))
        #expect(!link.isOpen)
        #expect(link.service.events.last == "closed 1")
        #expect(link.metric(#"dialtone_link_faults_total{reason="backlog"}"#) == 1)
    }

    @Test func `heartbeats are not piled up for a gateway that does not read`() throws {
        let link = try EmbeddedLink.opened()
        link.setWritable(false)
        try link.send(.open(1), play(1, 1))
        link.advance(.seconds(1))
        #expect(try link.take().isEmpty)
        link.setWritable(true)
        #expect(try link.take().map(\.kind) == [.audio])
    }

    @Test func `a large batch is written before the turn ends`() throws {
        let link = try EmbeddedLink.opened()
        try link.send(.open(1))
        _ = try link.takeWrites()
        try link.send(play(1, 1, count: 40_000), play(1, 2, count: 40_000), play(1, 3, count: 100))
        #expect(try link.takeWrites().count == 2)
    }
}
