internal import Observability
internal import WorkerProtocol

/// What a worker counts about its links and sessions.
struct WorkerMetrics: Sendable {
    /// One counter for each kind of frame.
    struct ByKind: Sendable {
        let audio: Counter
        let text: Counter
        let control: Counter

        init(_ registry: MetricsRegistry, direction: String) {
            func counter(_ kind: String) -> Counter {
                registry.counter(
                    "dialtone_link_frames_total",
                    labels: ["direction": direction, "kind": kind],
                    help: "Frames on links to gateways."
                )
            }
            audio = counter("audio")
            text = counter("text")
            control = counter("control")
        }

        subscript(kind: LinkFrameKind) -> Counter {
            switch kind {
            case .audio: audio
            case .text: text
            case .control: control
            }
        }
    }

    /// Why a session was refused.
    enum Refusal: String, CaseIterable {
        /// The worker has as many as it takes.
        case capacity

        /// The process is stopping.
        case draining

        /// The service would not have it.
        case service
    }

    /// Why a link was closed by this side.
    enum LinkFault: String, CaseIterable {
        /// No hello in time.
        case helloTimeout = "hello_timeout"

        /// A hello that cannot be accepted, or something before it.
        case badHello = "bad_hello"

        /// A frame or a message of the link that cannot be read.
        case badFrame = "bad_frame"

        /// Nothing heard for too long.
        case silence

        /// The peer does not read.
        case backlog

        /// An error of the socket.
        case transport
    }

    let links: Gauge
    let sessions: Gauge
    let opened: Counter
    let violations: Counter
    let framesIn: ByKind
    let framesOut: ByKind
    let audioDropped: Counter
    let lateFrames: Counter
    private let refused: [Refusal: Counter]
    private let faults: [LinkFault: Counter]

    init(_ registry: MetricsRegistry) {
        links = registry.gauge("dialtone_link_connections", help: "Links to gateways.")
        sessions = registry.gauge("dialtone_worker_sessions", help: "Sessions open now.")
        opened = registry.counter("dialtone_worker_sessions_opened_total", help: "Sessions opened.")
        violations = registry.counter(
            "dialtone_worker_session_violations_total",
            help: "Sessions ended because of a malformed message."
        )
        framesIn = ByKind(registry, direction: "in")
        framesOut = ByKind(registry, direction: "out")
        audioDropped = registry.counter(
            "dialtone_link_audio_dropped_bytes_total",
            help: "Audio dropped because the gateway did not read, bytes."
        )
        lateFrames = registry.counter(
            "dialtone_link_late_frames_total",
            help: "Frames for sessions that are over or were never opened."
        )
        refused = Dictionary(
            uniqueKeysWithValues: Refusal.allCases.map { reason in
                (
                    reason,
                    registry.counter(
                        "dialtone_worker_sessions_refused_total",
                        labels: ["reason": reason.rawValue],
                        help: "Sessions refused."
                    )
                )
            }
        )
        faults = Dictionary(
            uniqueKeysWithValues: LinkFault.allCases.map { reason in
                (
                    reason,
                    registry.counter(
                        "dialtone_link_faults_total",
                        labels: ["reason": reason.rawValue],
                        help: "Links closed by this side."
                    )
                )
            }
        )
    }

    /// Counts a refused session.
    func count(refused reason: Refusal) { refused[reason]?.increment() }

    /// Counts a link closed by this side.
    func count(fault: LinkFault) { faults[fault]?.increment() }
}
