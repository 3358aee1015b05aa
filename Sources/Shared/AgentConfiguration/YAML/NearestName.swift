/// Finds the name that a misspelt one was probably meant to be.
enum NearestName {
    /// The nearest of `names`, if it takes few enough changes; case and `-` for `_` count little.
    static func find(_ name: String, among names: [String]) -> String? {
        let limit = max(1, min(3, name.count / 3))
        let nearest = names.map { (name: $0, distance: distance(normalized(name), normalized($0))) }
            .min { $0.distance < $1.distance }
        guard let nearest, nearest.distance <= limit else { return nil }
        return nearest.name
    }

    private static func normalized(_ name: String) -> [Character] {
        Array(name.lowercased().map { $0 == "-" || $0 == " " ? "_" : $0 }.prefix(64))
    }

    /// How many insertions, deletions, replacements and swaps of neighbours turn one into the other.
    private static func distance(_ one: [Character], _ other: [Character]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...other.count)
        for row in one.indices {
            var current = [row + 1]
            for column in other.indices {
                let replaced = last[column] + (one[row] == other[column] ? 0 : 1)
                var least = min(replaced, last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, one[row] == other[column - 1], one[row - 1] == other[column] {
                    least = min(least, beforeLast[column - 1] + 1)
                }
                current.append(least)
            }
            beforeLast = last
            last = current
        }
        return last[other.count]
    }
}
