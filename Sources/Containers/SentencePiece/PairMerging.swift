/// Splits a text into characters and merges neighbours, the pair whose joined piece has the highest score first, and of equal ones the
/// leftmost.
///
/// Symbols of the user are never merged; pieces that are not to be used are split again as they came about. The time is that of
/// sorting the pairs. Source: sentencepiece 0.2.1, `bpe_model.cc:38-203`.
struct PairMerging {
  private let model: SentencePieceModel

  init(_ model: SentencePieceModel) { self.model = model }

  /// A part of the text; one that was merged into its left neighbour is empty.
  private struct Part {
    let start: Int
    var count: Int
    var previous: Int
    var next: Int
    let isSymbol: Bool
  }

  /// Two neighbours that may be merged.
  private struct Pair: Comparable {
    let score: Float
    let left: Int
    let right: Int
    let count: Int

    /// Whether a pair is merged after another.
    static func < (one: Pair, other: Pair) -> Bool {
      one.score != other.score ? one.score < other.score : one.left > other.left
    }
  }

  func segments(of text: UnsafeBufferPointer<UInt8>) -> [Segment] {
    var parts = parts(of: text)
    var pairs = Heap<Pair>()
    /// How many bytes of an unused piece its left half has; of several ways to make it, the last that was considered.
    var leftCounts: [[UInt8]: Int] = [:]
    func consider(_ left: Int, _ right: Int) {
      guard left >= 0, right >= 0, !parts[left].isSymbol, !parts[right].isSymbol else { return }
      let range = parts[left].start..<parts[left].start + parts[left].count + parts[right].count
      guard range.count <= SentencePieceModel.longestPiece,
        let id = model.trie.id(of: UnsafeBufferPointer(rebasing: text[range]))
      else { return }
      pairs.push(Pair(score: model.scores[id], left: left, right: right, count: range.count))
      if model.kinds[id] == .unused { leftCounts[Array(text[range])] = parts[left].count }
    }
    for right in parts.indices.dropFirst() { consider(right - 1, right) }
    while let pair = pairs.pop() {
      let (left, right) = (parts[pair.left], parts[pair.right])
      guard left.count > 0, right.count > 0, left.count + right.count == pair.count else { continue }
      parts[pair.left].count = pair.count
      parts[pair.left].next = right.next
      if right.next >= 0 { parts[right.next].previous = pair.left }
      parts[pair.right].count = 0
      consider(parts[pair.left].previous, pair.left)
      consider(pair.left, parts[pair.left].next)
    }
    var segments: [Segment] = []
    var index = 0
    while index >= 0 {
      append(parts[index].start..<parts[index].start + parts[index].count, of: text, leftCounts, to: &segments)
      index = parts[index].next
    }
    return segments
  }

  /// The characters and symbols of a text.
  private func parts(of text: UnsafeBufferPointer<UInt8>) -> [Part] {
    var parts: [Part] = []
    var position = 0
    while position < text.count {
      let symbol = model.symbols?.longestMatch(in: text, at: position)
      let count = symbol ?? UTF8Character.announcedLength(in: text, at: position)
      let next = position + count
      parts.append(
        Part(
          start: position, count: count, previous: parts.count - 1, next: next < text.count ? parts.count + 1 : -1,
          isSymbol: symbol != nil))
      position = next
    }
    return parts
  }

  /// Appends a piece, or what an unused one was made of.
  private func append(
    _ range: Range<Int>, of text: UnsafeBufferPointer<UInt8>, _ leftCounts: [[UInt8]: Int],
    to segments: inout [Segment]
  ) {
    let id = model.id(of: UnsafeBufferPointer(rebasing: text[range]))
    guard model.kinds[id] == .unused, let leftCount = leftCounts[Array(text[range])] else {
      segments.append(Segment(range: range, id: id))
      return
    }
    let seam = range.lowerBound + leftCount
    append(range.lowerBound..<seam, of: text, leftCounts, to: &segments)
    append(seam..<range.upperBound, of: text, leftCounts, to: &segments)
  }
}

/// A binary heap, the greatest element on top.
private struct Heap<Element: Comparable> {
  private var elements: [Element] = []

  mutating func push(_ element: Element) {
    elements.append(element)
    var child = elements.count - 1
    while child > 0, elements[(child - 1) / 2] < elements[child] {
      elements.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func pop() -> Element? {
    guard let top = elements.first, let last = elements.popLast() else { return nil }
    guard !elements.isEmpty else { return top }
    elements[0] = last
    var parent = 0
    while true {
      var greatest = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < elements.count && elements[greatest] < elements[child] { greatest = child }
      guard greatest != parent else { return top }
      elements.swapAt(parent, greatest)
      parent = greatest
    }
  }
}
