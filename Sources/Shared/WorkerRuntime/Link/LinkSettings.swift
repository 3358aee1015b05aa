internal import NIOCore

/// Times and bounds of the worker's end of a link.
struct LinkSettings: Sendable {
    /// How long the peer may take to say hello: a connect proves nothing about health.
    var helloDeadline = TimeAmount.milliseconds(250)

    /// How often each side says that it is there.
    var heartbeatInterval = TimeAmount.seconds(1)

    /// Beats in which nothing at all was heard before the peer counts as dead.
    var missedBeats = 3

    /// Audio kept for one session while the link cannot be written, bytes: 2 s of telephone audio.
    var audioBacklogBytes = 16_000

    /// Control and text kept for all sessions while the link cannot be written, bytes; beyond it the link is closed.
    ///
    /// Many seconds of everything a full worker says besides audio.
    var controlBacklogBytes = 1_024 * 1_024

    /// Bytes gathered before they are written within a turn of the loop.
    var batchBytes = 64 * 1_024

    /// When the channel counts as not writable, bytes waiting for the kernel, and when again as writable.
    var writeBuffer = ChannelOptions.Types.WriteBufferWaterMark(low: 64 * 1_024, high: 256 * 1_024)

    /// Bytes read at once: one link carries all calls, so one large buffer is cheap.
    var receiveBufferBytes = 64 * 1_024

    /// Connections that wait to be accepted while the process restarts.
    static let listenBacklog: Int32 = 1_024

    /// The settings used in production.
    init() {}
}
