import DequeModule
package import NIOCore
package import WorkerProtocol

/// Frames that wait because the link cannot be written to just now.
///
/// Audio grows old: what is older than the limit is dropped, oldest first, and counted; nobody's audio can take more
/// than its own share. Control and text are kept in order; over their limit the link is as good as dead.
package struct StalledFrames {
    /// The bounds.
    package struct Limits: Sendable, Equatable {
        /// Audio older than this is dropped, milliseconds.
        package var audioAgeMilliseconds: Int64 = 2000

        /// Audio bytes kept for one session: 2 s of telephone audio.
        package var audioBytesPerSession = 16_000

        /// Bytes of control and text kept for the whole link.
        package var controlBytes = 4 * 1024 * 1024

        /// The bounds used in production.
        package init() {}
    }

    /// One waiting frame.
    package struct Frame {
        /// What it carries.
        package var kind: LinkFrameKind

        /// The session on the link.
        package var session: UInt32

        /// Its body.
        package var body: ByteBuffer

        fileprivate var since: Int64
    }

    private let limits: Limits
    private var frames: Deque<Frame> = []
    private var overdueControl: Deque<Frame> = []
    private var audioBytes: [UInt32: Int] = [:]
    private var controlBytes = 0

    /// Audio bytes dropped so far.
    package private(set) var droppedAudioBytes = 0

    /// Nothing waiting.
    package init(limits: Limits = Limits()) {
        self.limits = limits
    }

    /// Whether nothing waits.
    package var isEmpty: Bool { frames.isEmpty && overdueControl.isEmpty }

    /// Keeps one frame.
    ///
    /// - Returns: `false` when control and text are over their limit: the link must be given up.
    package mutating func append(
        _ kind: LinkFrameKind,
        session: UInt32,
        body: ByteBuffer,
        at now: Int64
    ) -> Bool {
        if kind == .audio {
            dropOld(at: now)
            guard body.readableBytes <= limits.audioBytesPerSession else {
                droppedAudioBytes += body.readableBytes
                return true
            }
            makeRoom(for: body.readableBytes, session: session)
            audioBytes[session, default: 0] += body.readableBytes
        } else {
            guard controlBytes + body.readableBytes <= limits.controlBytes else { return false }
            controlBytes += body.readableBytes
        }
        frames.append(Frame(kind: kind, session: session, body: body, since: now))
        return true
    }

    /// Takes everything that is still worth sending, in order.
    package mutating func takeAll(at now: Int64) -> [Frame] {
        dropOld(at: now)
        let all = Array(overdueControl) + Array(frames)
        removeAll()
        return all
    }

    /// Forgets everything: the link is gone.
    package mutating func removeAll() {
        frames.removeAll()
        overdueControl.removeAll()
        audioBytes.removeAll()
        controlBytes = 0
    }

    /// A session's oldest audio gives way to its newest, which is what the caller says now.
    private mutating func makeRoom(for bytes: Int, session: UInt32) {
        while audioBytes[session, default: 0] + bytes > limits.audioBytesPerSession {
            guard let oldest = frames.firstIndex(where: { $0.kind == .audio && $0.session == session }) else { return }
            let size = frames.remove(at: oldest).body.readableBytes
            audioBytes[session, default: 0] -= size
            droppedAudioBytes += size
        }
    }

    /// Old frames leave from the front: audio is dropped, control steps aside with its order kept.
    private mutating func dropOld(at now: Int64) {
        while let oldest = frames.first, now - oldest.since > limits.audioAgeMilliseconds {
            frames.removeFirst()
            if oldest.kind == .audio {
                droppedAudioBytes += oldest.body.readableBytes
                audioBytes[oldest.session, default: 0] -= oldest.body.readableBytes
            } else {
                overdueControl.append(oldest)
            }
        }
    }
}
