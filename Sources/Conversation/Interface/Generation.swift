/// The number of one attempt at saying something: one request to the model, one synthesis, or both.
///
/// Numbers only grow within a call. A model request and the speech of its reply share a number unless something else
/// (a filler, say) was spoken between them; then the speech takes the next free one. Speech numbers grow in the order
/// in which the caller hears them, so that whatever belongs to an older number than the last one cut off is stale.
package struct Generation: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The bare number; 0 is never used for a live generation.
    package let rawValue: UInt32

    /// Wraps a bare number.
    package init(_ rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package var description: String { "g\(rawValue)" }

    /// Orders generations by age, oldest first.
    package static func < (left: Generation, right: Generation) -> Bool {
        left.rawValue < right.rawValue
    }

    /// The number after this one.
    ///
    /// Wraps around at the end of the range, which no call reaches (one number a millisecond for 49 days).
    package var next: Generation { Generation(rawValue &+ 1) }
}
