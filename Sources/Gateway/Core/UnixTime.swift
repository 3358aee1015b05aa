#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The wall clock, for what must agree with other machines or outlive a process.
enum UnixTime {
    /// Seconds since 1970.
    static func now() -> Int64 {
        Int64(time(nil))
    }
}
