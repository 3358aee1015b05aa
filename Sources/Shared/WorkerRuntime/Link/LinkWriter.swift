internal import JSONText
internal import NIOCore
internal import Observability
internal import WorkerProtocol

/// What a link's writer tells the link.
protocol LinkWriterOwner: AnyObject {
    /// A session said that it is over.
    func sessionFinished(_ session: UInt32)

    /// A session sent what cannot be sent, and must be ended.
    func sessionFaulted(_ session: UInt32, _ failure: WorkerFailure)

    /// Control frames cannot be kept any longer: the link must be closed.
    func writerOverflowed()

    /// What waited has gone out and more can follow.
    func writerBecameWritable()
}

/// Gathers what all sessions of a link send, and writes it once in a turn of the loop.
///
/// Loop-bound. While the peer does not read, frames wait in a ``LinkBacklog``.
final class LinkWriter: LinkSink {
    /// Told about the ends of sessions and of the link.
    weak var owner: (any LinkWriterOwner)?

    private let channel: any Channel
    private let settings: LinkSettings
    private let metrics: WorkerMetrics
    private var batch: ByteBuffer
    private var scratch: [UInt8] = []
    private var backlog: LinkBacklog
    private var isChannelWritable = true
    private var isFlushScheduled = false
    private var isClosed = false

    /// A writer of an open channel.
    init(channel: any Channel, settings: LinkSettings, metrics: WorkerMetrics) {
        self.channel = channel
        self.settings = settings
        self.metrics = metrics
        batch = channel.allocator.buffer(capacity: 4_096)
        backlog = LinkBacklog(settings: settings)
    }

    var isWritable: Bool { isChannelWritable && backlog.isEmpty && !isClosed }

    // MARK: - What sessions send

    func append(control: JSONValue, session: UInt32) {
        guard !isClosed else { return }
        scratch.removeAll(keepingCapacity: true)
        control.serialize(into: &scratch)
        guard scratch.count <= LinkFrame.maximumBody else {
            let detail = "a control message of \(scratch.count) bytes is over a frame's \(LinkFrame.maximumBody)"
            owner?.sessionFaulted(session, WorkerFailure(.protocolViolation, detail: detail))
            return
        }
        append(.control, session: session, body: ByteBuffer(bytes: scratch))
    }

    func append(audio: ByteBuffer, session: UInt32) {
        var rest = audio
        while let piece = rest.readSlice(length: min(rest.readableBytes, LinkFrame.maximumBody)),
            piece.readableBytes > 0
        {
            append(.audio, session: session, body: piece)
        }
    }

    func append(text: String, session: UInt32) {
        var rest = ByteBuffer(string: text)
        while rest.readableBytes > 0 {
            let length = Self.wholeCharacters(in: rest, atMost: LinkFrame.maximumBody)
            guard let piece = rest.readSlice(length: length) else { return }
            append(.text, session: session, body: piece)
        }
    }

    func finish(session: UInt32) {
        owner?.sessionFinished(session)
    }

    // MARK: - The link itself

    /// Sends a message about the link at once, before anything that waits.
    func send(_ message: LinkMessage) {
        guard !isClosed else { return }
        scratch.removeAll(keepingCapacity: true)
        message.json.serialize(into: &scratch)
        write(.control, session: LinkFrame.linkSession, body: ByteBuffer(bytes: scratch))
    }

    /// The channel's writability has changed.
    func writabilityChanged(_ isWritable: Bool) {
        isChannelWritable = isWritable
        guard isWritable, !isClosed, !backlog.isEmpty else { return }
        while isChannelWritable, let frame = backlog.next() {
            write(frame.kind, session: frame.session, body: frame.body)
        }
        flush()
        if self.isWritable { owner?.writerBecameWritable() }
    }

    /// Writes what has gathered; the rest is lost with the link.
    func close() {
        guard !isClosed else { return }
        flush()
        isClosed = true
        backlog.removeAll()
    }

    // MARK: - Frames

    private func append(_ kind: LinkFrameKind, session: UInt32, body: ByteBuffer) {
        guard !isClosed else { return }
        if isWritable {
            write(kind, session: session, body: body)
            return
        }
        switch backlog.append(LinkBacklog.Frame(kind: kind, session: session, body: body)) {
        case .kept(let dropped): metrics.audioDropped.increment(by: dropped)
        case .overflow: owner?.writerOverflowed()
        }
    }

    private func write(_ kind: LinkFrameKind, session: UInt32, body: ByteBuffer) {
        do {
            try LinkFrame.append(kind, session: session, body: body, to: &batch)
        } catch {
            // Every caller has cut the body to a frame's size.
            assertionFailure("\(error)")
            return
        }
        metrics.framesOut[kind].increment()
        if batch.readableBytes >= settings.batchBytes { flush() } else { scheduleFlush() }
    }

    private func scheduleFlush() {
        guard !isFlushScheduled else { return }
        isFlushScheduled = true
        channel.eventLoop.assumeIsolated().execute { [weak self] in
            self?.isFlushScheduled = false
            self?.flush()
        }
    }

    private func flush() {
        guard batch.readableBytes > 0, !isClosed else { return }
        let full = batch
        // A new buffer rather than a copy of the one that is on its way out.
        batch = channel.allocator.buffer(capacity: min(full.readableBytes, settings.batchBytes))
        channel.writeAndFlush(full, promise: nil)
    }

    /// The most bytes of UTF-8, up to `limit`, that end with a whole character.
    static func wholeCharacters(in buffer: ByteBuffer, atMost limit: Int) -> Int {
        guard buffer.readableBytes > limit else { return buffer.readableBytes }
        var length = limit
        while length > limit - 3, let next = buffer.getInteger(at: buffer.readerIndex + length, as: UInt8.self),
            next & 0xC0 == 0x80
        {
            length -= 1
        }
        return length
    }
}
