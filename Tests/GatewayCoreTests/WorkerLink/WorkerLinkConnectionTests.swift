import Logging
import NIOCore
import NIOEmbedded
import Testing
import WorkerProtocol

@testable import GatewayCore

@Suite struct WorkerLinkConnectionTests {
    @Test func `Reads that always end inside a frame do not pile up`() throws {
        let channel = EmbeddedChannel()
        let link = WorkerLink(
            socket: WorkerSocket(role: .tts, instance: "1", path: "/nowhere", inode: 1),
            eventLoop: channel.eventLoop,
            hello: Hello(role: "gateway", instance: "0", release: "test", capacity: 0, sessions: 0),
            generator: SplitMix64(seed: 1),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            owner: Owner()
        )
        let connection = WorkerLinkConnection(link: link)
        link.connection = connection
        try channel.pipeline.syncOperations.addHandler(connection)
        var frame = ByteBuffer()
        try LinkFrame.append(.audio, session: 7, bytes: [UInt8](repeating: 1, count: 4000), to: &frame)
        let half = frame.readableBytes / 2
        let head = ByteBuffer(frame.readableBytesView.prefix(half))
        let rest = ByteBuffer(frame.readableBytesView.dropFirst(half))
        try channel.writeInbound(head)
        for _ in 0..<1000 {
            var read = rest
            read.writeImmutableBuffer(head)
            try channel.writeInbound(read)
        }
        #expect(connection.unread.readableBytes == half)
        #expect(connection.unread.storageCapacity <= 64 * 1024)
        link.connection = nil
        _ = try channel.finish()
    }

    private final class Owner: WorkerLinkOwner {
        func linkOpened(_ link: WorkerLink) {}
        func linkUnavailable(_ link: WorkerLink, failure: WorkerFailure?) {}
        func link(_ link: WorkerLink, droppedAudioBytes bytes: Int) {}
    }
}
