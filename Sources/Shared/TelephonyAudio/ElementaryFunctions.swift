/// The few functions of a real variable that signal processing needs, accurate to about 1e-11.
enum ElementaryFunctions {
    /// The decimal logarithm of a positive, finite number.
    static func log10(_ value: Double) -> Double {
        let ratio = (value.significand - 1) / (value.significand + 1)  // 0 to 1/3
        let square = ratio * ratio
        var sum = 0.0
        var power = ratio
        for divisor in stride(from: 1.0, through: 21, by: 2) {
            sum += power / divisor
            power *= square
        }
        return (Double(value.exponent) * 0.693_147_180_559_945_309 + 2 * sum) * 0.434_294_481_903_251_828
    }

    /// The sine of an angle in radians, within some thousand turns.
    static func sine(_ angle: Double) -> Double {
        let turn = 2 * Double.pi
        var reduced = angle - (angle / turn).rounded() * turn  // -pi to pi
        if reduced > .pi / 2 { reduced = .pi - reduced }
        if reduced < -.pi / 2 { reduced = -.pi - reduced }
        let square = reduced * reduced
        var term = reduced
        var sum = reduced
        for divisor in stride(from: 3.0, through: 17, by: 2) {
            term *= -square / (divisor * (divisor - 1))
            sum += term
        }
        return sum
    }

    /// The cosine of an angle in radians, within some thousand turns.
    static func cosine(_ angle: Double) -> Double {
        sine(angle + .pi / 2)
    }
}
