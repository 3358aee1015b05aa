import NIOCore
import Testing
import WorkerProtocol

@testable import WorkerRuntime

@Suite struct LinkBacklogTests {
    private func settings(audio: Int = 100, control: Int = 100) -> LinkSettings {
        var settings = LinkSettings()
        settings.audioBacklogBytes = audio
        settings.controlBacklogBytes = control
        return settings
    }

    private func frame(_ kind: LinkFrameKind, _ session: UInt32, _ count: Int, byte: UInt8 = 0) -> LinkBacklog.Frame {
        LinkBacklog.Frame(kind: kind, session: session, body: ByteBuffer(repeating: byte, count: count))
    }

    @Test func `at the audio bound nothing is dropped, one byte more drops the oldest frame`() {
        var backlog = LinkBacklog(settings: settings())
        #expect(backlog.append(frame(.audio, 1, 60, byte: 1)) == .kept(droppedBytes: 0))
        #expect(backlog.append(frame(.audio, 1, 40, byte: 2)) == .kept(droppedBytes: 0))
        #expect(backlog.append(frame(.audio, 1, 1, byte: 3)) == .kept(droppedBytes: 60))
        #expect(backlog.next() == frame(.audio, 1, 40, byte: 2))
        #expect(backlog.next() == frame(.audio, 1, 1, byte: 3))
        #expect(backlog.next() == nil)
        #expect(backlog.isEmpty)
    }

    @Test func `at the control bound all is kept, one byte more overflows`() {
        var backlog = LinkBacklog(settings: settings())
        #expect(backlog.append(frame(.control, 1, 50)) == .kept(droppedBytes: 0))
        #expect(backlog.append(frame(.text, 2, 50)) == .kept(droppedBytes: 0))
        #expect(backlog.append(frame(.control, 3, 1)) == .overflow)
        #expect(backlog.next()?.session == 1)
        #expect(backlog.append(frame(.control, 3, 50)) == .kept(droppedBytes: 0))
    }

    @Test func `a single frame larger than the audio bound is kept until a newer one comes`() {
        var backlog = LinkBacklog(settings: settings())
        #expect(backlog.append(frame(.audio, 1, 500)) == .kept(droppedBytes: 0))
        #expect(backlog.append(frame(.audio, 1, 10)) == .kept(droppedBytes: 500))
        #expect(backlog.next() == frame(.audio, 1, 10))
    }

    @Test func `bounds are each session's own`() {
        var backlog = LinkBacklog(settings: settings())
        for session in 1...5 {
            #expect(backlog.append(frame(.audio, UInt32(session), 100)) == .kept(droppedBytes: 0))
        }
        backlog.removeAll()
        #expect(backlog.isEmpty)
        #expect(backlog.next() == nil)
    }
}
