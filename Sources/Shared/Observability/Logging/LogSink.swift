internal import CSystemd
internal import Glibc
internal import Logging
internal import Synchronization

/// Where log entries go.
protocol LogSink: Sendable {
    /// Writes one entry; may be called from any thread and never waits for a reader.
    func write(_ record: LogRecord)
}

/// Writes one line an entry to a descriptor, standard error as a rule.
///
/// An event loop must not wait for whoever reads the lines: when the pipe is full the entry is dropped, and the next
/// one that finds room is preceded by a line that says how many are missing.
final class DescriptorLogSink: LogSink {
    private let descriptor: CInt
    private let format: @Sendable (LogRecord) -> String
    private let dropped = Mutex(0)

    /// A sink on a descriptor that stays open for the life of the process.
    init(descriptor: CInt, format: @escaping @Sendable (LogRecord) -> String) {
        self.descriptor = descriptor
        self.format = format
    }

    func write(_ record: LogRecord) {
        let line = format(record)
        // The lock keeps a line whole and the room just seen free; nothing in it waits.
        dropped.withLock { dropped in
            guard hasRoom() else {
                dropped += 1
                return
            }
            if dropped > 0 {
                var notice = record
                notice.level = .warning
                notice.message = "Log lines were dropped because nobody read them"
                notice.fields = [("log.dropped", String(dropped))]
                dropped = 0
                put(format(notice))
            }
            put(line)
        }
    }

    /// Whether a write of one line will not block: a pipe that polls writable has room for 4,096 bytes.
    private func hasRoom() -> Bool {
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        // One structure, which outlives the call.
        return unsafe poll(&request, 1, 0) == 1 && request.revents & Int16(POLLOUT) != 0
    }

    private func put(_ line: String) {
        var line = line
        line.withUTF8 { bytes in
            // The bytes are borrowed for the call; a failed write of a log line has nobody to be reported to.
            _ = unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        }
    }
}

/// Sends entries to systemd's journal by its native protocol.
final class JournalLogSink: LogSink {
    func write(_ record: LogRecord) {
        // Pointers into `bytes`, used only while it is borrowed below.
        var vectors: [iovec] = unsafe []
        let fields = record.journalFields().map { Array($0.utf8) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(fields.reduce(0) { $0 + $1.count })
        for field in fields { bytes += field }
        unsafe bytes.withUnsafeMutableBytes { buffer in
            guard let base = buffer.baseAddress else { return }
            var offset = 0
            for field in fields {
                unsafe vectors.append(iovec(iov_base: base + offset, iov_len: field.count))
                offset += field.count
            }
            // Each vector points into `buffer`, which outlives the call; the library copies.
            unsafe vectors.withUnsafeBufferPointer { vectors in
                _ = unsafe sd_journal_sendv(vectors.baseAddress, CInt(vectors.count))
            }
        }
    }
}
