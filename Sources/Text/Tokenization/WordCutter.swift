import Bytes

/// Cuts texts into words as jieba does without its hidden Markov model: `jieba.lcut(text, HMM=False)`.
///
/// A run of ideographs, ASCII letters and digits and of `+#&._%-` is cut into the words whose frequencies have the greatest product; ASCII
/// letters and digits that no word covers are gathered, every other scalar that no word covers stands by itself. The time is linear in the
/// text. Source: jieba 0.42.1, `__init__.py`, `cut`, `__cut_DAG_NO_HMM`, `get_DAG` and `calc`, under Python 3.11.
public struct WordCutter: Sendable {
  /// The name that problems show for the dictionary.
  public let file: String
  /// The number of words.
  public var wordCount: Int { scores.count }
  /// The sum of the frequencies of all lines, words that come again among them.
  public let total: Int

  /// The words in UTF-8 that have a frequency, with their places in ``scores``.
  private let words: ByteTrie
  /// For each word the logarithm of its share of the total.
  private let scores: [Double]
  /// The same of a scalar that is no word, to which jieba gives the frequency 1.
  private let otherScore: Double

  /// Gathers what a dictionary says.
  ///
  /// - Parameter words: The words with a frequency, in the order of their bytes, each once.
  init(file: String, words: [(bytes: ArraySlice<UInt8>, frequency: Int)], total: Int) {
    self.file = file
    self.total = total
    let logarithm = naturalLogarithm(total)
    scores = words.map { naturalLogarithm($0.frequency) - logarithm }
    otherScore = naturalLogarithm(1) - logarithm
    self.words = ByteTrie(sorted: words.enumerated().map { ($1.bytes, $0) })
  }

  /// Returns the words of a text, which together are the text.
  public func words(of text: String) -> [String] {
    var text = text
    return text.withUTF8 { text in
      ranges(of: text).map { String(decoding: text[$0], as: UTF8.self) }
    }
  }

  /// Returns the bytes of the words of a text in UTF-8, one after the other.
  public func ranges(of text: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var position = 0
    while position < text.count {
      let start = position
      while position < text.count, isOfWords(text, at: position) { position += scalarLength(text, at: position) }
      if position > start { appendWords(of: start..<position, in: text, to: &ranges) }
      guard position < text.count else { break }
      let isLineEnd = text[position] == 0x0D && position + 1 < text.count && text[position + 1] == 0x0A
      let end = position + (isLineEnd ? 2 : scalarLength(text, at: position))
      ranges.append(position..<end)
      position = end
    }
    return ranges
  }

  /// Appends the words of a run by the most probable way through the graph of all words in it.
  private func appendWords(
    of run: Range<Int>, in text: UnsafeBufferPointer<UInt8>, to ranges: inout [Range<Int>]
  ) {
    let ends = bestEnds(of: run, in: text)
    var start = run.lowerBound
    var gathered = run.lowerBound
    while start < run.upperBound {
      let end = run.lowerBound + ends[start - run.lowerBound]
      if end - start > 1 || !isLetterOrDigit(text[start]) {
        if gathered < start { ranges.append(gathered..<start) }
        ranges.append(start..<end)
        gathered = end
      }
      start = end
    }
    if gathered < start { ranges.append(gathered..<start) }
  }

  /// Returns, for each place where a scalar begins, where the first word of the best way from there ends, counted from the run's start.
  ///
  /// From the last scalar to the first: of all words that begin there, the one whose score and that of what follows have the greatest
  /// sum, the longest of equal ones.
  private func bestEnds(of run: Range<Int>, in text: UnsafeBufferPointer<UInt8>) -> [Int] {
    let text = UnsafeBufferPointer(rebasing: text[run])
    var ends = [Int](repeating: 0, count: text.count)
    var sums = [Double](repeating: 0, count: text.count + 1)
    words.units.withUnsafeBufferPointer { units in
      for start in text.indices.reversed() where text[start] & 0xC0 != 0x80 {
        let next = start + scalarLength(text, at: start)
        var best = (sum: otherScore + sums[next], end: next)
        var isFound = false
        var node: Int32 = 0
        var end = start
        while end < text.count, let child = units.child(of: node, by: text[end]) {
          end += 1
          node = child
          let word = Int(units[Int(node)].id)
          guard word >= 0 else { continue }
          let sum = scores[word] + sums[end]
          if !isFound || sum >= best.sum { best = (sum, end) }
          isFound = true
        }
        ends[start] = best.end
        sums[start] = best.sum
      }
    }
    return ends
  }

  /// Whether jieba looks a scalar up in the dictionary (`re_han_default`).
  private func isOfWords(_ text: UnsafeBufferPointer<UInt8>, at position: Int) -> Bool {
    let byte = text[position]
    if byte < 0x80 { return isLetterOrDigit(byte) || "+#&._%-".utf8.contains(byte) }
    // U+4E00 to U+9FD5.
    guard byte & 0xF0 == 0xE0, position + 2 < text.count else { return false }
    let value = UInt32(byte & 0xF) << 12 | UInt32(text[position + 1] & 0x3F) << 6 | UInt32(text[position + 2] & 0x3F)
    return 0x4E00...0x9FD5 ~= value
  }

  private func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"):
      true
    default: false
    }
  }

  /// The length of the scalar that begins at a place, at most what is left.
  private func scalarLength(_ text: UnsafeBufferPointer<UInt8>, at position: Int) -> Int {
    let length =
      switch text[position] {
      case 0xF0...: 4
      case 0xE0...: 3
      case 0xC0...: 2
      default: 1
      }
    return min(length, text.count - position)
  }
}
