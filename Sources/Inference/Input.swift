import Bytes

/// A batch of token sequences of one length, padded with token 0.
public struct Input: Equatable, Sendable {
  /// The number of sequences, B.
  public let batch: Int
  /// The number of tokens of each sequence, T.
  public let length: Int
  /// The tokens' ids, [B, T].
  public let tokenIDs: [Int32]
  /// The tokens' segments, [B, T].
  public let segmentIDs: [Int32]

  /// Checks and keeps a batch; without segments, all tokens are in segment 0.
  ///
  /// Whether the ids exist in a model is checked when it runs.
  ///
  /// - Throws: `Problem` of kind *mismatched* when there is no token, or the rows differ in length.
  public init(tokenIDs: [[Int32]], segmentIDs: [[Int32]]? = nil) throws {
    let length = tokenIDs.first?.count ?? 0
    guard length > 0 else {
      throw Problem(.mismatched, file: "input", object: "token ids", found: "no tokens", expected: "at least one")
    }
    func check(_ rows: [[Int32]], _ name: String) throws {
      if rows.count != tokenIDs.count {
        throw Problem(
          .mismatched, file: "input", object: name, found: "\(rows.count) rows",
          expected: "\(tokenIDs.count), one for each row of token ids")
      }
      if let row = rows.firstIndex(where: { $0.count != length }) {
        throw Problem(
          .mismatched, file: "input", object: "\(name), row \(row)", found: "\(rows[row].count) ids",
          expected: "\(length), as in the first row", advice: "Pad shorter rows with 0")
      }
    }
    try check(tokenIDs, "token ids")
    if let segmentIDs { try check(segmentIDs, "segment ids") }
    batch = tokenIDs.count
    self.length = length
    self.tokenIDs = Array(tokenIDs.joined())
    self.segmentIDs = segmentIDs.map { Array($0.joined()) } ?? Array(repeating: 0, count: batch * length)
  }

  /// The number of tokens, padding included: B · T.
  public var tokenCount: Int { batch * length }

  /// Checks that every id names a row of its table.
  ///
  /// - Parameter segments: The rows of the segment table; nil when the model has none.
  func check(
    vocabulary: Int, positions: Int?, segments: Int?, mask: AttentionMask, after memory: Memory? = nil
  ) throws {
    let total = length + (memory?.length ?? 0)
    if let positions, total > positions {
      throw Problem(
        .mismatched, file: "input", object: "token ids", found: "\(total) tokens in a row",
        expected: "at most \(positions), the positions of the model", advice: "Shorten the text")
    }
    func check(_ ids: [Int32], below limit: Int, _ name: String, of what: String) throws {
      if let index = ids.firstIndex(where: { $0 < 0 || Int($0) >= limit }) {
        throw Problem(
          .mismatched, file: "input", object: "\(name), row \(index / length), position \(index % length)",
          found: "id \(ids[index])",
          expected: "\(limit == 1 ? "0" : "0 to \(limit - 1)"), \(what)")
      }
    }
    try check(tokenIDs, below: vocabulary, "token ids", of: "the vocabulary of the model")
    if let segments {
      try check(segmentIDs, below: segments, "segment ids", of: "the segments of the model")
    } else if mask == .unilm {
      try check(segmentIDs, below: 2, "segment ids", of: "what the unilm mask distinguishes")
    } else {
      try check(segmentIDs, below: 1, "segment ids", of: "for the model has no segments")
    }
  }
}

/// One token of a batch.
public struct TokenPosition: Hashable, Sendable {
  /// The sequence, from 0.
  public var row: Int
  /// The position in the sequence, from 0.
  public var position: Int

  /// Names a token.
  public init(row: Int, position: Int) {
    self.row = row
    self.position = position
  }
}
