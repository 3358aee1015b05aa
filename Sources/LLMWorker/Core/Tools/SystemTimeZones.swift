import FoundationEssentials
import Synchronization

/// The time zones of the system's tz database.
package final class SystemTimeZones: Sendable {
    /// Where the database is unless `TZDIR` says otherwise.
    package static let defaultDirectory = "/usr/share/zoneinfo"

    /// The most zones kept in memory.
    package static let maximumKept = 64

    private let directory: String
    private let kept = Mutex<[String: TimeZoneFile]>([:])

    /// The database in a directory.
    package init(directory: String = SystemTimeZones.defaultDirectory) {
        self.directory = directory
    }

    /// Reads a zone, or takes it from memory; blocks for a small file, so it is not for an event loop.
    ///
    /// - Returns: Nil if there is no such zone.
    package func zone(_ name: String) -> TimeZoneFile? {
        if let known = kept.withLock({ $0[name] }) { return known }
        guard Self.isName(name),
            let contents = FileManager.default.contents(atPath: directory + "/" + name),
            contents.count <= TimeZoneFile.maximumBytes,
            let zone = TimeZoneFile([UInt8](contents))
        else { return nil }
        kept.withLock { zones in
            if zones.count < Self.maximumKept { zones[name] = zone }
        }
        return zone
    }

    /// As `Europe/London` or `Etc/GMT+1`: never a path out of the database.
    private static func isName(_ name: String) -> Bool {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        return (1...64).contains(name.utf8.count)
            && parts.allSatisfy { part in
                part.first?.isLetter == true
                    && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_+-".contains($0)) }
            }
    }
}
