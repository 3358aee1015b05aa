import Glibc
import Synchronization

/// Writes whole lines to standard output, coloured when it is a terminal.
struct Console: Sendable {
    /// A colour of the eight every terminal has.
    enum Colour: Int, Sendable {
        case red = 31
        case green = 32
        case yellow = 33
        case blue = 34
        case magenta = 35
        case cyan = 36
        case grey = 90
    }

    private let isColoured: Bool

    /// Colours only for a terminal, and not when `NO_COLOR` is set.
    init() {
        // getenv's answer is only compared with nil.
        let hasNoColour = unsafe getenv("NO_COLOR") != nil
        isColoured = isatty(STDOUT_FILENO) == 1 && !hasNoColour
    }

    /// The text in a colour.
    func paint(_ text: String, _ colour: Colour?, bold: Bool = false) -> String {
        guard isColoured, let colour else { return text }
        return "\u{1B}[\(bold ? "1;" : "")\(colour.rawValue)m\(text)\u{1B}[0m"
    }

    /// Writes one line and flushes, so that lines of several threads do not mix.
    func line(_ text: String) {
        var bytes = Array((text + "\n").utf8)[...]
        while !bytes.isEmpty {
            // The buffer lives through the call.
            let written = unsafe bytes.withUnsafeBytes { unsafe write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            guard written > 0 else { return }
            bytes = bytes.dropFirst(written)
        }
    }

    /// The colour of a process of the stack.
    static func colour(of process: String) -> Colour {
        switch process.prefix(3) {
        case "gat": .cyan
        case "stt": .green
        case "llm": .magenta
        case "tts": .yellow
        default: .blue
        }
    }
}

extension String {
    /// The text filled with spaces on the right to a width.
    func padded(to width: Int) -> String {
        count >= width ? self : self + String(repeating: " ", count: width - count)
    }
}
