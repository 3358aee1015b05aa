import Synchronization

/// Texts and their speech: renders each text once, keeps it, and finds rendered speech again in a stream.
///
/// Safe from every thread. The caller of a test renders what it says here; the simulated transcriber looks here what a
/// stream contains, so that each of many calls at once is transcribed as its own words and no others. With a `directory`
/// two processes share a library. Rendering runs a child process off the event loops; if the engine is missing or fails,
/// `TonePattern` takes its place.
package final class VoiceLibrary: Sendable {
    private struct Key: Hashable {
        let engine: VoiceEngine
        let text: String
    }

    private struct State {
        var rendered: [Key: RenderedUtterance] = [:]
        var pending: [Key: Task<RenderedUtterance, Never>] = [:]
        var recognisable: Set<Key> = []
        var index = UtteranceIndex()
        var fallbacks = 0
        var foundInDirectory: Set<String> = []
    }

    /// Most utterances kept rendered; beyond it the cache starts afresh.
    package static let maximumRendered = 4096

    /// The engine used when none is named.
    package let engine: VoiceEngine
    private let directory: VoiceDirectory?
    private let state = Mutex(State())

    /// Creates an empty library.
    ///
    /// `directory`, if given, is a folder where rendered speech is kept and shared with other processes.
    package init(engine: VoiceEngine, directory: String? = nil) {
        self.engine = engine
        self.directory = directory.map(VoiceDirectory.init(path:))
    }

    /// Creates a library with the best engine installed.
    package static func automatic(directory: String? = nil) async -> VoiceLibrary {
        VoiceLibrary(engine: await .automatic(), directory: directory)
    }

    /// How often an engine failed and tones were used instead.
    package var fallbacks: Int { self.state.withLock { $0.fallbacks } }

    /// The speech of `text`, rendered now or taken from the cache.
    ///
    /// `recognisable` puts it among the utterances a stream is searched for. Never fails: see `fallbacks`.
    package func utterance(
        _ text: String,
        engine: VoiceEngine? = nil,
        recognisable: Bool = true
    ) async -> RenderedUtterance {
        let key = Key(engine: engine ?? self.engine, text: text)
        let task: Task<RenderedUtterance, Never> = self.state.withLock { state in
            if let pending = state.pending[key] { return pending }
            if let ready = state.rendered[key] { return Task { ready } }
            let task = Task { await self.render(key) }
            state.pending[key] = task
            return task
        }
        let utterance = await task.value
        self.keep(utterance, key, recognisable: recognisable)
        return utterance
    }

    /// The speech of `text` if it is already rendered.
    package func cached(_ text: String, engine: VoiceEngine? = nil) -> RenderedUtterance? {
        self.state.withLock { $0.rendered[Key(engine: engine ?? self.engine, text: text)] }
    }

    /// Makes audio that was made elsewhere known under its text.
    package func register(_ utterance: RenderedUtterance) {
        self.state.withLock { $0.index.insert(utterance) }
    }

    /// Reads utterances other processes have put into the directory since the last call.
    package func refresh() async {
        guard let directory = self.directory else { return }
        let known = self.state.withLock { $0.foundInDirectory }
        let new = directory.read(except: known)
        guard !new.isEmpty else { return }
        self.state.withLock { state in
            for (name, utterance) in new where state.foundInDirectory.insert(name).inserted {
                state.index.insert(utterance)
            }
        }
    }

    /// The words of known utterances in `audio`, mu-law at 8 kHz, in order and as written.
    package func transcribe(_ audio: [UInt8]) -> String {
        var tracker = UtteranceTracker()
        self.track(audio[...], with: &tracker)
        return tracker.words(in: 0..<audio.count, settled: true).map(\.text).joined(separator: " ")
    }

    /// Feeds the next bytes of a stream to its tracker.
    func track(_ audio: ArraySlice<UInt8>, with tracker: inout UtteranceTracker) {
        self.state.withLock { tracker.hear(audio, in: $0.index) }
    }

    private func keep(_ utterance: RenderedUtterance, _ key: Key, recognisable: Bool) {
        let isNew = self.state.withLock { state in
            state.pending[key] = nil
            if state.rendered.count >= Self.maximumRendered { state.rendered.removeAll() }
            state.rendered[key] = utterance
            guard recognisable, state.recognisable.insert(key).inserted else { return false }
            state.index.insert(utterance)
            if let directory = self.directory {
                state.foundInDirectory.insert(directory.name(of: key.text, engine: key.engine))
            }
            return true
        }
        if isNew { self.directory?.write(utterance, engine: key.engine) }
    }

    private func render(_ key: Key) async -> RenderedUtterance {
        if let stored = self.directory?.read(key.text, engine: key.engine) { return stored }
        do {
            return RenderedUtterance(text: key.text, audio: try await key.engine.render(key.text))
        } catch {
            self.state.withLock { $0.fallbacks += 1 }
            return RenderedUtterance(text: key.text, audio: TonePattern.render(key.text))
        }
    }
}
