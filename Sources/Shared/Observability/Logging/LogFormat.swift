/// How log lines are written.
package enum LogFormat: String, Sendable, CaseIterable {
    /// One line of readable text on standard error.
    case text
    /// One JSON object a line on standard error.
    case json
    /// Entries with fields, straight to systemd's journal.
    case journal
    /// What `DIALTONE_LOG_FORMAT` says, else the journal if it is what standard error is connected to, else text.
    case auto
}
