/// The tokens of one source as a pass treats them: sequences of any lengths, one behind the other on one axis, after those tokens
/// that a cache keeps.
///
/// In matrices it has a column for each token.
package struct Sequences: Sendable {
  /// How many tokens of each sequence pass now.
  package let lengths: [Int]
  /// The column of the first token of each sequence.
  package let starts: [Int]
  /// How many tokens of each sequence came before.
  package let past: [Int]
  /// The number of columns, the tokens of all sequences.
  package let columns: Int
  /// The tokens' ids; empty where only features are known.
  package let tokenIDs: [Int32]
  /// The tokens' segments.
  package let segmentIDs: [Int32]
  /// Where each token stands.
  package let positions: [Int]
  /// The sequence that each column belongs to.
  package let rows: [Int]
  /// What each sequence sees of itself, past included.
  package let visibilities: [Visibility]

  /// Joins what is known of tokens.
  ///
  /// - Parameters:
  ///   - given: Where the tokens stand, where somebody says it.
  ///   - rule: Where they stand else.
  ///   - past: The tokens and segments of each sequence that came before.
  package init(
    lengths: [Int], tokenIDs: [Int32], segmentIDs: [Int32], positions given: [Int32]? = nil,
    counted rule: PositionRule = .fromZero, mask: AttentionMask, padding: Padding = Padding(),
    after past: [Cache.Row]? = nil
  ) {
    let past = past ?? lengths.map { _ in Cache.Row() }
    let spans = Sequences.spans(of: lengths)
    self.init(
      lengths: lengths, past: past.map(\.count), tokenIDs: tokenIDs, segmentIDs: segmentIDs,
      positions: given.map { $0.map(Int.init) }
        ?? spans.indices.flatMap {
          rule.positions(of: tokenIDs[spans[$0]], after: past[$0].tokenIDs, padding: padding)
        },
      visibilities: spans.indices.map { row in
        Visibility(
          mask, tokenIDs: past[row].tokenIDs + tokenIDs[spans[row]],
          segmentIDs: past[row].segmentIDs + segmentIDs[spans[row]], padding: padding)
      })
  }

  /// Takes features of which no tokens are known: nothing of them is hidden.
  package init(featuresOf lengths: [Int]) {
    self.init(
      lengths: lengths, past: lengths.map { _ in 0 }, tokenIDs: [], segmentIDs: [],
      positions: lengths.flatMap { Array(0..<$0) }, visibilities: lengths.map(Visibility.init(all:)))
  }

  private init(
    lengths: [Int], past: [Int], tokenIDs: [Int32], segmentIDs: [Int32], positions: [Int], visibilities: [Visibility]
  ) {
    let spans = Sequences.spans(of: lengths)
    self.lengths = lengths
    self.past = past
    self.tokenIDs = tokenIDs
    self.segmentIDs = segmentIDs
    self.positions = positions
    self.visibilities = visibilities
    starts = spans.map(\.lowerBound)
    columns = spans.last?.upperBound ?? 0
    rows = lengths.indices.flatMap { row in Array(repeating: row, count: lengths[row]) }
  }

  private static func spans(of lengths: [Int]) -> [Range<Int>] {
    var end = 0
    return lengths.map { length in
      end += length
      return end - length..<end
    }
  }
}

extension Sequences {
  /// The number of sequences.
  package var count: Int { lengths.count }

  /// The columns of a sequence.
  package func columns(of row: Int) -> Range<Int> { starts[row]..<starts[row] + lengths[row] }

  /// The largest number of tokens of a sequence, past included.
  package var longestTotal: Int { zip(lengths, past).map { $0 + $1 }.max() ?? 0 }

  /// Where the tokens of all sequences stand that pass now, counted without gaps.
  package var places: Range<Int> { (past.min() ?? 0)..<max(longestTotal, 1) }

  /// The one length of all sequences; nil when they differ.
  package var commonLength: Int? { lengths.allSatisfy { $0 == lengths[0] } ? lengths[0] : nil }

  /// The same for some rows of features of which no order counts.
  func selecting(rows: [Int]) -> Sequences {
    let chosen = rows.map { columns(of: $0) }
    return Sequences(
      lengths: rows.map { lengths[$0] }, past: rows.map { past[$0] },
      tokenIDs: tokenIDs.isEmpty ? [] : chosen.flatMap { tokenIDs[$0] },
      segmentIDs: segmentIDs.isEmpty ? [] : chosen.flatMap { segmentIDs[$0] },
      positions: chosen.flatMap { positions[$0] }, visibilities: rows.map { visibilities[$0] })
  }

  /// Whether the token in a column only fills up the batch.
  package func isPadding(column: Int) -> Bool {
    let row = rows[column]
    return visibilities[row].keys[past[row] + column - starts[row]] == 0
  }

  /// Puts zeros in the place of the features of padding.
  package func clearPadding<Scalar>(of x: MatrixView<Scalar>) where Scalar: ExpressibleByIntegerLiteral {
    for column in 0..<columns where isPadding(column: column) {
      for feature in 0..<x.features { x.row(feature)[column] = 0 }
    }
  }
}
