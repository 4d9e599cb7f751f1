/// The word that somebody may have meant who wrote another: the nearest of some words, for "did you mean".
///
/// Distance is that of Damerau and Levenshtein in its restricted form: letters left out, put in, replaced, or two neighbours exchanged.
///
/// - Parameters:
///   - word: What was written.
///   - words: What could have been meant.
/// - Returns: The nearest, when no more than a third of its letters differ; the first of several. Nil where none is so near.
public func nearestWord(to word: String, among words: some Sequence<String>) -> String? {
  let written = Array(word.utf8.prefix(longestWord + 1))
  guard !written.isEmpty, written.count <= longestWord else { return nil }
  var nearest: (word: String, distance: Int)?
  for candidate in words {
    let meant = Array(candidate.utf8.prefix(longestWord + 1))
    let limit = max(1, min(written.count, meant.count) / 3)
    guard meant.count <= longestWord, abs(meant.count - written.count) <= limit else { continue }
    let distance = editDistance(written, meant)
    if distance <= limit, distance < nearest?.distance ?? .max { nearest = (candidate, distance) }
  }
  return nearest?.word
}

/// How long words may be that are compared; nobody mistypes more.
private let longestWord = 64

/// Counts the fewest letters that are to be left out, put in, replaced or exchanged with a neighbour.
private func editDistance(_ one: [UInt8], _ other: [UInt8]) -> Int {
  var rows = [Array(0...other.count)]
  for i in one.indices {
    var row = [i + 1]
    for j in other.indices {
      var distance = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (one[i] == other[j] ? 0 : 1))
      if i > 0, j > 0, one[i] == other[j - 1], one[i - 1] == other[j] {
        distance = min(distance, rows[i - 1][j - 1] + 1)
      }
      row.append(distance)
    }
    rows.append(row)
  }
  return rows[one.count][other.count]
}
