import NIOCore
import Testing
import WorkerProtocol

@testable import GatewayCore

@Suite struct StalledFramesTests {
    private func body(_ count: Int) -> ByteBuffer { ByteBuffer(repeating: 1, count: count) }

    @Test func `Frames come back in order`() {
        var stalled = StalledFrames()
        #expect(stalled.append(.control, session: 1, body: body(1), at: 0) == true)
        #expect(stalled.append(.audio, session: 1, body: body(2), at: 1) == true)
        #expect(stalled.append(.text, session: 2, body: body(3), at: 2) == true)
        #expect(stalled.takeAll(at: 3).map(\.body.readableBytes) == [1, 2, 3])
        #expect(stalled.isEmpty)
    }

    @Test func `Audio older than its limit is dropped and counted, control is kept`() {
        var stalled = StalledFrames()
        _ = stalled.append(.control, session: 1, body: body(1), at: 0)
        _ = stalled.append(.audio, session: 1, body: body(160), at: 0)
        _ = stalled.append(.control, session: 1, body: body(2), at: 1)
        _ = stalled.append(.audio, session: 1, body: body(161), at: 1999)
        #expect(stalled.takeAll(at: 2500).map(\.body.readableBytes) == [1, 2, 161])
        #expect(stalled.droppedAudioBytes == 160)
    }

    @Test func `One session's audio cannot take more than its share`() {
        var stalled = StalledFrames()
        for _ in 0..<101 { _ = stalled.append(.audio, session: 1, body: body(160), at: 0) }
        _ = stalled.append(.audio, session: 2, body: body(160), at: 0)
        #expect(stalled.droppedAudioBytes == 160)
        #expect(stalled.takeAll(at: 0).count == 101)
    }

    @Test func `A session's oldest audio gives way to its newest`() {
        var limits = StalledFrames.Limits()
        limits.audioBytesPerSession = 300
        var stalled = StalledFrames(limits: limits)
        for count in [100, 150, 120] { _ = stalled.append(.audio, session: 1, body: body(count), at: 0) }
        _ = stalled.append(.audio, session: 1, body: body(301), at: 0)
        #expect(stalled.droppedAudioBytes == 401)
        #expect(stalled.takeAll(at: 0).map(\.body.readableBytes) == [150, 120])
    }

    @Test func `Too much control gives the link up`() {
        var limits = StalledFrames.Limits()
        limits.controlBytes = 10
        var stalled = StalledFrames(limits: limits)
        #expect(stalled.append(.control, session: 1, body: body(10), at: 0) == true)
        #expect(stalled.append(.text, session: 1, body: body(1), at: 0) == false)
    }
}
