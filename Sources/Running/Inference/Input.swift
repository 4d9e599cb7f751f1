import Bytes

/// A batch of token sequences of one length, padded with token 0 or the one that a setting names, and what else a model takes
/// beside them.
public struct Input: Equatable, Sendable {
  /// The number of sequences, B.
  public let batch: Int
  /// The number of tokens of each sequence, T.
  public let length: Int
  /// The tokens' ids, [B, T].
  public let tokenIDs: [Int32]
  /// The tokens' segments, [B, T].
  public let segmentIDs: [Int32]
  /// The tokens' positions, [B, T], for a model that takes them; nil for 0, 1, 2, ….
  public let positionIDs: [Int32]?
  /// What the normalisation of each sequence depends on, for a model with conditional ones, [B, 1, C].
  public let condition: Features?
  /// The ids of the tokens of a decoder that reads what an encoder makes of the others, [B, D].
  public let decoderTokenIDs: [Int32]?
  /// What a decoder reads instead, where its model has no encoder.
  public let context: Features?

  /// Features of every token of a batch, token by token.
  public struct Features: Equatable, Sendable {
    /// The number of sequences, B.
    public let batch: Int
    /// The number of tokens of each sequence, S.
    public let length: Int
    /// The number of features of each token, H.
    public let width: Int
    /// The features, [B, S, H].
    public let values: [Float]

    /// Keeps features.
    ///
    /// - Throws: `Problem` of kind *mismatched* when there are none, or another number than the extents say.
    public init(batch: Int, length: Int, width: Int, values: [Float]) throws {
      guard batch > 0, length > 0, width > 0, values.count == batch * length * width else {
        throw Problem(
          .mismatched, file: "input", object: "features", found: "\(values.count) numbers",
          expected: "\(batch) × \(length) × \(width), and not none")
      }
      self.batch = batch
      self.length = length
      self.width = width
      self.values = values
    }
  }

  /// Checks and keeps a batch; without segments, all tokens are in segment 0.
  ///
  /// Whether the ids exist in a model, and whether it takes what is given, is checked when it runs.
  ///
  /// - Throws: `Problem` of kind *mismatched* when there is no token, or the rows differ in length or number.
  public init(
    tokenIDs: [[Int32]], segmentIDs: [[Int32]]? = nil, positionIDs: [[Int32]]? = nil,
    decoderTokenIDs: [[Int32]]? = nil, condition: Features? = nil, context: Features? = nil
  ) throws {
    let rows = tokenIDs.count
    length = try Input.length(of: tokenIDs, rows: rows, "token ids")
    if let segmentIDs { try Input.check(segmentIDs, rows: rows, length: length, "segment ids") }
    if let positionIDs { try Input.check(positionIDs, rows: rows, length: length, "position ids") }
    if let decoderTokenIDs { _ = try Input.length(of: decoderTokenIDs, rows: rows, "decoder token ids") }
    batch = rows
    self.tokenIDs = Array(tokenIDs.joined())
    self.segmentIDs = segmentIDs.map { Array($0.joined()) } ?? Array(repeating: 0, count: batch * length)
    self.decoderTokenIDs = decoderTokenIDs.map { Array($0.joined()) }
    self.positionIDs = positionIDs.map { Array($0.joined()) }
    self.condition = condition
    self.context = context
  }

  /// The number of tokens, padding included: B · T.
  public var tokenCount: Int { batch * length }

  /// The length of rows, which must not be empty.
  private static func length(of ids: [[Int32]], rows: Int, _ name: String) throws -> Int {
    let length = ids.first?.count ?? 0
    guard length > 0 else {
      throw Problem(.mismatched, file: "input", object: name, found: "no tokens", expected: "at least one")
    }
    try check(ids, rows: rows, length: length, name)
    return length
  }

  private static func check(_ ids: [[Int32]], rows: Int, length: Int, _ name: String) throws {
    if ids.count != rows {
      throw Problem(
        .mismatched, file: "input", object: name, found: "\(ids.count) rows",
        expected: "\(rows), one for each row of token ids")
    }
    if let row = ids.firstIndex(where: { $0.count != length }) {
      throw Problem(
        .mismatched, file: "input", object: "\(name), row \(row)", found: "\(ids[row].count) ids",
        expected: "\(length), as in the first row", advice: "Pad shorter rows with 0")
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
