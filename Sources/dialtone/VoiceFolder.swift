/// Where rendered speech is kept, so that a simulated recogniser in another process knows what a caller says.
enum VoiceFolder {
    /// `~/.cache/dialtone`, as the XDG base directories have it.
    static var standard: String {
        let home = ProcessEnvironment.value("HOME") ?? "/tmp"
        return (ProcessEnvironment.value("XDG_CACHE_HOME") ?? home + "/.cache") + "/dialtone"
    }
}
