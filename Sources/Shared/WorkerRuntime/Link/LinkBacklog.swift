internal import NIOCore
internal import WorkerProtocol

/// Frames that wait while the link cannot be written.
///
/// Each session has its own queue, so that order is kept within it, one session cannot fill the backlog with audio, and
/// all are served in turn. Audio beyond the bound leaves at the old end and is counted; control and text are kept until
/// the link's bound, where the link must be given up.
struct LinkBacklog {
    /// What became of a frame.
    enum Outcome: Equatable {
        /// It waits; this many bytes of older audio of its session were dropped for it.
        case kept(droppedBytes: Int)

        /// Control and text are over their bound: close the link.
        case overflow
    }

    /// One waiting frame.
    struct Frame: Equatable {
        var kind: LinkFrameKind
        var session: UInt32
        var body: ByteBuffer
    }

    private struct Queue {
        var frames = CircularBuffer<Frame>()
        var audioBytes = 0
    }

    private let audioLimit: Int
    private let controlLimit: Int
    private var queues: [UInt32: Queue] = [:]
    /// Sessions with waiting frames, in the order in which they are served.
    private var turns = CircularBuffer<UInt32>()
    private var controlBytes = 0

    /// An empty backlog.
    init(settings: LinkSettings) {
        audioLimit = settings.audioBacklogBytes
        controlLimit = settings.controlBacklogBytes
    }

    /// Whether nothing waits.
    var isEmpty: Bool { turns.isEmpty }

    /// Keeps a frame until it can be sent.
    mutating func append(_ frame: Frame) -> Outcome {
        let size = frame.body.readableBytes
        if frame.kind != .audio {
            guard controlBytes + size <= controlLimit else { return .overflow }
            controlBytes += size
        }
        if queues[frame.session] == nil { turns.append(frame.session) }
        queues[frame.session, default: Queue()].frames.append(frame)
        guard frame.kind == .audio else { return .kept(droppedBytes: 0) }
        queues[frame.session]?.audioBytes += size
        return .kept(droppedBytes: dropOldAudio(of: frame.session))
    }

    /// Takes the next frame, one session after the other.
    mutating func next() -> Frame? {
        guard let session = turns.popFirst(), let frame = queues[session]?.frames.popFirst() else { return nil }
        if frame.kind == .audio {
            queues[session]?.audioBytes -= frame.body.readableBytes
        } else {
            controlBytes -= frame.body.readableBytes
        }
        if queues[session]?.frames.isEmpty == true {
            queues[session] = nil
        } else {
            turns.append(session)
        }
        return frame
    }

    /// Forgets everything: the link is gone.
    mutating func removeAll() {
        queues.removeAll()
        turns.removeAll()
        controlBytes = 0
    }

    /// Drops audio at the old end until the session is within its bound; control between it stays where it is.
    private mutating func dropOldAudio(of session: UInt32) -> Int {
        var dropped = 0
        while let queue = queues[session], queue.audioBytes > audioLimit, queue.frames.count > 1,
            let oldest = queue.frames.firstIndex(where: { $0.kind == .audio })
        {
            let size = queue.frames[oldest].body.readableBytes
            queues[session]?.frames.remove(at: oldest)
            queues[session]?.audioBytes -= size
            dropped += size
        }
        return dropped
    }
}
