import JSONText
import Logging
import NIOCore
import NIOEmbedded
import Testing
import WorkerProtocol
import WorkerRuntime

@Suite struct SessionOutboxTests {
    private let sink = RecordingLinkSink()
    private let loop = EmbeddedEventLoop()

    private func outbox() -> SessionOutbox {
        SessionOutbox(session: 3, eventLoop: loop, logger: Logger(label: "test"), sink: sink)
    }

    @Test func `what a session sends is recorded in order`() {
        let outbox = outbox()
        outbox.send(SessionMessage.opened)
        outbox.send(text: "hello")
        outbox.send(audio: ByteBuffer(bytes: [1, 2]))
        outbox.finish()
        #expect(
            sink.sent == [.control(["type": "opened"]), .text("hello"), .audio(ByteBuffer(bytes: [1, 2])), .finish]
        )
        #expect(sink.controls == [["type": "opened"]])
        #expect(sink.audio == [1, 2])
        #expect(sink.text == "hello")
        #expect(sink.isFinished)
    }

    @Test func `after the end nothing is sent and the sink is let go`() {
        let outbox = outbox()
        outbox.finish()
        outbox.finish()
        outbox.send(text: "late")
        outbox.send(audio: ByteBuffer(bytes: [1]))
        outbox.send(control: ["type": "late"])
        #expect(sink.takeSent() == [.finish])
        #expect(outbox.isFinished)
        #expect(!outbox.isWritable)
    }

    @Test func `a failure is the last word`() {
        let outbox = outbox()
        outbox.fail(WorkerFailure(.unavailable, detail: "gone"))
        #expect(sink.controls.first?["type"] == "failed")
        #expect(sink.isFinished)
    }

    @Test func `empty text and audio are not sent`() {
        let outbox = outbox()
        outbox.send(text: "")
        outbox.send(audio: ByteBuffer())
        #expect(sink.sent.isEmpty)
    }

    @Test func `writability is the sink's`() {
        let outbox = outbox()
        #expect(outbox.isWritable)
        sink.isWritable = false
        #expect(!outbox.isWritable)
    }
}
