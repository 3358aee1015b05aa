extension Unicode.Scalar {
    /// An ASCII digit.
    var isDigit: Bool {
        ("0"..."9").contains(self)
    }

    /// Something a word or a number is made of.
    var isLetterOrDigit: Bool {
        properties.isAlphabetic || properties.numericType != nil
    }

    /// A scalar that no voice can read: emoji, pictures, joiners, controls.
    ///
    /// The degree and numero signs are pictures by their category, and are read nevertheless.
    var isUnspeakable: Bool {
        let signs: [Unicode.Scalar] = ["°", "№", "℃", "℉"]
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .modifierSymbol, .enclosingMark:
            // A zero-width non-joiner shapes words of some scripts.
            return self != "\u{200C}" && self != "\u{B4}"
        case .otherSymbol:
            return !signs.contains(self)
        default:
            return properties.isVariationSelector || properties.isEmojiPresentation
                || (properties.isEmoji && value >= 0x203C)
        }
    }
}
