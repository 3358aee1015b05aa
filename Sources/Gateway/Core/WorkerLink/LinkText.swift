/// Cuts text for the link.
package enum LinkText {
    /// Cuts text into pieces of at most `maximumBytes` UTF-8 bytes, never inside a character's encoding.
    ///
    /// - Parameters:
    ///   - text: any text; an empty one has no pieces.
    ///   - maximumBytes: at least 4, the longest encoding of a scalar.
    /// - Returns: the pieces in order.
    package static func pieces(of text: String, maximumBytes: Int) -> [Substring] {
        guard text.utf8.count > maximumBytes else { return text.isEmpty ? [] : [text[...]] }
        var pieces: [Substring] = []
        var start = text.startIndex
        var end = start
        var bytes = 0
        while end < text.endIndex {
            let width = UTF8.width(text.unicodeScalars[end])
            if bytes + width > maximumBytes {
                pieces.append(text[start..<end])
                start = end
                bytes = 0
            }
            bytes += width
            end = text.unicodeScalars.index(after: end)
        }
        pieces.append(text[start..<end])
        return pieces
    }
}
