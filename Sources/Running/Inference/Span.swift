/// A stretch of tokens that passes through a stack at once: B rows of T tokens, after those that a memory keeps.
///
/// In matrices it has a column for each token, row after row.
struct Span {
  /// The number of sequences, B.
  let batch: Int
  /// The number of tokens of each sequence that pass now, T.
  let length: Int
  /// The number of tokens of each sequence that came before.
  let past: Int
  /// The tokens' ids, [B, T]; empty for a span of which only the features are known.
  let tokenIDs: [Int32]
  /// The tokens' segments, [B, T].
  let segmentIDs: [Int32]
  /// The position of each token, [B, T], where somebody gave it; else they are counted.
  let positionIDs: [Int32]?
  /// What each sequence sees of itself, past included.
  let visibilities: [Visibility]

  /// The number of columns, B · T.
  var columns: Int { batch * length }

  /// Whether the token in a column only fills up the batch.
  func isPadding(column: Int) -> Bool {
    visibilities[column / length].keys[past + column % length] == 0
  }

  /// The position of the token in a column.
  func position(ofColumn column: Int) -> Int {
    positionIDs.map { Int($0[column]) } ?? past + column % length
  }
}

extension Span {
  /// Puts zeros in the place of the features of padding; x is [features, B·T].
  func clearPadding<Scalar>(of x: Matrix<Scalar>) {
    for column in 0..<columns where isPadding(column: column) {
      for feature in 0..<x.features { x.view.row(feature)[column] = 0 }
    }
  }

  /// Takes tokens, after those that a memory keeps.
  init(
    batch: Int, length: Int, tokenIDs: [Int32], segmentIDs: [Int32], positionIDs: [Int32]? = nil, mask: AttentionMask,
    padding: Padding = Padding(), after memory: Memory?
  ) {
    self.init(
      batch: batch, length: length, past: memory?.length ?? 0, tokenIDs: tokenIDs, segmentIDs: segmentIDs,
      positionIDs: positionIDs,
      visibilities: (0..<batch).map { row in
        let columns = row * length..<(row + 1) * length
        return Visibility(
          mask, tokenIDs: (memory?.tokenIDs(ofRow: row) ?? []) + tokenIDs[columns],
          segmentIDs: (memory?.segmentIDs(ofRow: row) ?? []) + segmentIDs[columns], padding: padding)
      })
  }
}
