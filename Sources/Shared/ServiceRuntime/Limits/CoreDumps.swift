internal import CSystemd
internal import Glibc

/// Keeps what is in memory, credentials among it, out of core files and away from other processes of the same user.
package enum CoreDumps {
    /// Forbids core files and tracing by other processes of the user (`RLIMIT_CORE`, `PR_SET_DUMPABLE`).
    ///
    /// - Returns: whether both took effect.
    @discardableResult
    package static func disable() -> Bool {
        var limit = rlimit(rlim_cur: 0, rlim_max: 0)
        // The structure is read during the call only.
        let isLimited = unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit) == 0
        return dialtone_forbid_dumps() == 0 && isLimited
    }
}

/// The process's limit of open descriptors.
package enum FileDescriptorLimit {
    /// Raises the soft limit to the hard one; every call needs a few descriptors.
    ///
    /// - Returns: the limit in force afterwards.
    @discardableResult
    package static func raise() -> Int {
        var limit = rlimit()
        // The structures are filled and read during the calls only.
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 0 }
        if limit.rlim_cur < limit.rlim_max {
            var raised = rlimit(rlim_cur: limit.rlim_max, rlim_max: limit.rlim_max)
            if unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
        }
        return Int(clamping: limit.rlim_cur)
    }
}
