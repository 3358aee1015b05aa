/// A span of time in milliseconds.
package typealias Milliseconds = Int64

/// A moment of a call: milliseconds since the call began.
///
/// The shell takes it from a monotonic clock; the conversation itself never reads one. Arithmetic saturates, so
/// that no input can overflow it.
package struct CallTime: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Milliseconds since the beginning of the call.
    package let milliseconds: Milliseconds

    /// The beginning of the call.
    package static let zero = CallTime(0)

    /// Makes the moment that lies this many milliseconds after the beginning of the call.
    package init(_ milliseconds: Milliseconds) {
        self.milliseconds = milliseconds
    }

    package var description: String { "\(milliseconds) ms" }

    /// Orders moments by time.
    package static func < (left: CallTime, right: CallTime) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// The moment this many milliseconds later.
    package static func + (time: CallTime, span: Milliseconds) -> CallTime {
        let (sum, overflow) = time.milliseconds.addingReportingOverflow(span)
        return CallTime(overflow ? (span > 0 ? .max : .min) : sum)
    }

    /// The moment this many milliseconds earlier.
    package static func - (time: CallTime, span: Milliseconds) -> CallTime {
        let (difference, overflow) = time.milliseconds.subtractingReportingOverflow(span)
        return CallTime(overflow ? (span > 0 ? .min : .max) : difference)
    }

    /// The milliseconds from `right` to `left`.
    package static func - (left: CallTime, right: CallTime) -> Milliseconds {
        let (difference, overflow) = left.milliseconds.subtractingReportingOverflow(right.milliseconds)
        return overflow ? (left.milliseconds > 0 ? .max : .min) : difference
    }
}
