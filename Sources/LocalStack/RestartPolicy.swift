/// How soon a process that died is started again.
///
/// A process that lived for a while is restarted at once; one that dies young waits longer each time, so that a
/// configuration that can not work does not turn into a busy loop.
package struct RestartPolicy: Sendable {
    /// A life shorter than this counts as dying young, milliseconds.
    package static let youngMilliseconds = 5000

    /// The longest wait, milliseconds.
    package static let longestMilliseconds = 5000

    private var youngDeaths = 0

    /// Nothing has died yet.
    package init() {}

    /// How long to wait before starting again.
    ///
    /// - Parameter lived: how long the process lived, milliseconds.
    /// - Returns: milliseconds: 0 after a long life, then 200, 400, … up to ``longestMilliseconds``.
    package mutating func delay(afterLiving lived: Int) -> Int {
        guard lived < Self.youngMilliseconds else {
            youngDeaths = 0
            return 0
        }
        youngDeaths += 1
        return youngDeaths == 1 ? 0 : min(Self.longestMilliseconds, 100 << min(youngDeaths - 1, 10))
    }
}
