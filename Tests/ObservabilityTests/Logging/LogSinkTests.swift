import Glibc
import Logging
import Synchronization
import Testing

@testable import Observability

@Suite struct LogSinkTests {
    private func pipeEnds() throws -> (reader: CInt, writer: CInt) {
        var ends: [CInt] = [-1, -1]
        // Two descriptors are written into an array of two.
        try #require(unsafe pipe(&ends) == 0)
        return (ends[0], ends[1])
    }

    private func read(_ descriptor: CInt, upTo count: Int) -> String {
        var bytes = [UInt8](repeating: 0, count: count)
        // At most `count` bytes are written into storage of that size.
        let got = unsafe bytes.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
        return String(decoding: bytes.prefix(max(0, got)), as: UTF8.self)
    }

    private func handler(_ sink: any LogSink) -> ServiceLogHandler {
        ServiceLogHandler(
            label: "test",
            target: .init(role: "tts", instance: "2", showsSensitive: false, sink: sink),
            logLevel: .info
        )
    }

    @Test func `what a logger is told reaches the descriptor as one line`() throws {
        let (reader, writer) = try pipeEnds()
        defer {
            close(reader)
            close(writer)
        }
        let sink = DescriptorLogSink(descriptor: writer) { $0.sentence() + "\n" }
        var logger = Logger(label: "test") { _ in handler(sink) }
        logger[metadataKey: "call.sid"] = "CA1"
        logger.debug("Not written")
        logger.info("Session opened", metadata: ["turn": "1"])
        #expect(read(reader, upTo: 4096) == "Session opened  call.sid=CA1 turn=1\n")
    }

    @Test func `a full pipe drops lines instead of waiting and says so afterwards`() throws {
        let (reader, writer) = try pipeEnds()
        defer {
            close(reader)
            close(writer)
        }
        let sink = DescriptorLogSink(descriptor: writer) { $0.sentence() + "\n" }
        let logger = Logger(label: "test") { _ in handler(sink) }
        let filler = String(repeating: "f", count: 900)
        for _ in 0..<200 { logger.info("\(filler)") }
        #expect(read(reader, upTo: 1 << 20).hasPrefix("fff"))
        logger.info("After")
        let text = read(reader, upTo: 4096)
        #expect(text.hasPrefix("Log lines were dropped because nobody read them  log.dropped="))
        #expect(text.hasSuffix("After\n"))
    }

    @Test func `an error is written with its kind`() {
        struct Refused: Error, CustomStringConvertible { let description = "refused with 429" }
        final class Recorder: LogSink {
            let lines = Mutex<[String]>([])
            func write(_ record: LogRecord) { lines.withLock { $0.append(record.sentence()) } }
        }
        let recorder = Recorder()
        let logger = Logger(label: "test") { _ in handler(recorder) }
        logger.error("Provider failed", error: Refused())
        #expect(
            recorder.lines.withLock { $0 } == [
                #"Provider failed  error.kind=Refused error.message="refused with 429""#
            ]
        )
    }

    @Test func `only the very stream of the journal is taken for the journal`() throws {
        let (reader, writer) = try pipeEnds()
        defer {
            close(reader)
            close(writer)
        }
        var status = stat()
        // The kernel fills the structure that is passed.
        try #require(unsafe fstat(writer, &status) == 0)
        #expect(LogBootstrap.isJournal(descriptor: writer, "\(status.st_dev):\(status.st_ino)"))
        #expect(!LogBootstrap.isJournal(descriptor: writer, "\(status.st_dev):\(status.st_ino + 1)"))
        #expect(!LogBootstrap.isJournal(descriptor: writer, nil))
        #expect(!LogBootstrap.isJournal(descriptor: writer, "nonsense"))
        #expect(!LogBootstrap.isJournal(descriptor: -1, "1:2"))
    }

    @Test func `the environment can choose the format`() {
        #expect(LogBootstrap.chosenFormat(["DIALTONE_LOG_FORMAT": "json"]) == .json)
        #expect(LogBootstrap.chosenFormat(["DIALTONE_LOG_FORMAT": "auto"], descriptor: -1) == .text)
        #expect(LogBootstrap.chosenFormat(["DIALTONE_LOG_FORMAT": "loud"], descriptor: -1) == .text)
        #expect(LogBootstrap.chosenFormat([:], descriptor: -1) == .text)
    }
}
