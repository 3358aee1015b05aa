package import JSONText
package import Logging
package import NIOCore
package import WorkerProtocol

/// Fills the cache of fixed sentences: has each spoken once through a synthesis session of its own.
///
/// Loop-bound. Begins as soon as a synthesis worker is there, greetings first, one sentence at a time; a sentence that
/// fails is tried again after a wait that doubles.
package final class PreparedSpeechRenderer {
    /// A sentence to be rendered.
    package struct Order: Sendable {
        /// The words.
        package var text: String

        /// How they are to sound.
        package var voice: TextToSpeechSettings

        /// Where the cache keeps them.
        package var key: PreparedSpeechCache.Key { .init(text: text, voice: voice) }

        /// Orders a sentence.
        package init(text: String, voice: TextToSpeechSettings) {
            self.text = text
            self.voice = voice
        }
    }

    private struct Work {
        let order: Order
        let generation: UInt32
        var audio: [UInt8] = []
        var isBegun = false
    }

    private static let firstRetry: Int64 = 1_000
    private static let longestRetry: Int64 = 30_000
    private static let deadline: Int64 = 30_000

    /// What has been rendered.
    package private(set) var cache = PreparedSpeechCache()

    /// Called when a sentence was added to the cache.
    package var onStore: (() -> Void)?

    private let pool: WorkerLinkPool
    private let logger: Logger
    private var orders: [Order] = []
    private var session: RoleSession?
    private var sessionVoice: TextToSpeechSettings?
    private var work: Work?
    private var lastGeneration: UInt32 = 0
    private var failures = 0
    private var retryTimer: LoopTimers.Handle?
    private var deadlineTimer: LoopTimers.Handle?

    /// Makes a renderer with nothing to do.
    package init(pool: WorkerLinkPool, logger: Logger) {
        self.pool = pool
        self.logger = logger
    }

    /// Sentences that are not rendered yet.
    package var pendingCount: Int { orders.count }

    /// Says which sentences are wanted; others are forgotten, those at hand are kept.
    package func want(_ wanted: [Order]) {
        cache.keepOnly(Set(wanted.map(\.key)))
        var seen: Set<PreparedSpeechCache.Key> = []
        orders = wanted.filter { cache[$0.key] == nil && seen.insert($0.key).inserted }
        proceed()
    }

    /// A synthesis worker has appeared.
    package func workerAppeared() {
        guard work == nil else { return }
        pool.timers.cancel(retryTimer)
        retryTimer = nil
        proceed()
    }

    /// Ends what is under way.
    package func stop() {
        orders.removeAll()
        closeSession()
        pool.timers.cancel(retryTimer)
        retryTimer = nil
    }

    private func proceed() {
        guard work == nil, retryTimer == nil else { return }
        guard let order = orders.first else {
            closeSession()
            return
        }
        guard pool.openLinks(.tts) > 0 else { return }
        let session = session(for: order.voice)
        session.open()
        lastGeneration += 1
        work = Work(order: order, generation: lastGeneration)
        session.send(control: TextToSpeechCommand.begin(generation: lastGeneration).json)
        session.send(text: order.text)
        session.send(control: TextToSpeechCommand.end(generation: lastGeneration).json)
        deadlineTimer = pool.timers.set(milliseconds: Self.deadline) { [weak self] in
            self?.failed(WorkerFailure(.timedOut, detail: "not spoken in time"), order)
        }
    }

    private func session(for voice: TextToSpeechSettings) -> RoleSession {
        if let session, sessionVoice == voice { return session }
        closeSession()
        let opened = RoleSession(
            role: .tts,
            openMessage: TextToSpeechCommand.open(call: "prepared-speech", settings: voice).json,
            pool: pool,
            limits: pool.settings.session,
            delegate: self
        )
        session = opened
        sessionVoice = voice
        return opened
    }

    private func closeSession() {
        pool.timers.cancel(deadlineTimer)
        work = nil
        session?.close()
        session = nil
        sessionVoice = nil
    }

    private func finished(_ done: Work) {
        pool.timers.cancel(deadlineTimer)
        work = nil
        guard !done.audio.isEmpty else {
            failed(WorkerFailure(.unavailable, detail: "no audio"), done.order)
            return
        }
        failures = 0
        orders.removeAll { $0.key == done.order.key }
        if cache.store(done.audio, for: done.order.key) {
            onStore?()
        } else {
            logger.notice("fixed sentence is too long to be held", metadata: ["bytes": "\(done.audio.count)"])
        }
        proceed()
    }

    private func failed(_ failure: WorkerFailure, _ order: Order) {
        closeSession()
        // Another sentence may fare better than this one, which may not be wanted any more.
        if let index = orders.firstIndex(where: { $0.key == order.key }) { orders.append(orders.remove(at: index)) }
        let wait = min(Self.longestRetry, Self.firstRetry << Int64(min(failures, 8)))
        failures += 1
        logger.info(
            "fixed sentence could not be rendered",
            metadata: [
                "error.kind": "\(failure.kind.rawValue)", "reason": "\(failure.detail)", "retry_ms": "\(wait)",
            ]
        )
        retryTimer = pool.timers.set(milliseconds: wait) { [weak self] in
            self?.retryTimer = nil
            self?.proceed()
        }
    }
}

extension PreparedSpeechRenderer: RoleSessionDelegate {
    package func roleSessionOpened(_ session: RoleSession) {}

    package func roleSession(_ session: RoleSession, lost failure: WorkerFailure) {
        guard session === self.session else { return }
        if let work {
            failed(failure, work.order)
        } else {
            closeSession()
        }
    }

    package func roleSession(_ session: RoleSession, received control: JSONValue) {
        guard session === self.session, let event = try? TextToSpeechEvent(json: control) else { return }
        switch event {
        case .begin(let generation): if generation == work?.generation { work?.isBegun = true }
        case .end(let generation, cancelled: _):
            if let done = work, done.generation == generation { finished(done) }
        case .failed(let generation, let failure):
            if let work, work.generation == generation { failed(failure, work.order) }
        case .segment, .session: break
        }
    }

    package func roleSession(_ session: RoleSession, receivedAudio audio: ByteBuffer) {
        guard session === self.session, let current = work, current.isBegun else { return }
        guard current.audio.count + audio.readableBytes <= PreparedSpeechCache.maximumSpeechBytes else { return }
        work?.audio.append(contentsOf: audio.readableBytesView)
    }

    package func roleSession(_ session: RoleSession, receivedText text: ByteBuffer) {}
}
