import Bytes

/// A batch of token sequences, and what else a model takes beside them.
///
/// Sequences may have any lengths. Those that are padded, with token 0 or the one that a setting names, compute as the frameworks
/// do that need it; without padding they compute the same in less time.
public struct Input: Equatable, Sendable {
  /// The number of sequences, B.
  public let batch: Int
  /// The number of tokens of each sequence, T.
  public let lengths: [Int]
  /// The tokens' ids, one sequence behind the other.
  public let tokenIDs: [Int32]
  /// The tokens' segments.
  public let segmentIDs: [Int32]
  /// The tokens' positions, for a model that takes them; nil for 0, 1, 2, ….
  public let positionIDs: [Int32]?
  /// What the normalisation of each sequence depends on, for a model with conditional ones, [B, 1, C].
  public let condition: Features?
  /// The ids of the tokens of a decoder that reads what an encoder makes of the others.
  public let decoderTokenIDs: [Int32]?
  /// The number of tokens of each sequence of the decoder; empty where there is none.
  public let decoderLengths: [Int]
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
  /// - Throws: `Problem` of kind *mismatched* when there is no token, or what is said of tokens is of others in number.
  public init(
    tokenIDs: [[Int32]], segmentIDs: [[Int32]]? = nil, positionIDs: [[Int32]]? = nil,
    decoderTokenIDs: [[Int32]]? = nil, condition: Features? = nil, context: Features? = nil
  ) throws {
    lengths = try Input.lengths(of: tokenIDs, "token ids")
    if let segmentIDs { try Input.check(segmentIDs, "segment ids", haveLengths: lengths) }
    if let positionIDs { try Input.check(positionIDs, "position ids", haveLengths: lengths) }
    decoderLengths = try decoderTokenIDs.map { try Input.lengths(of: $0, "decoder token ids") } ?? []
    if let decoderTokenIDs { try Input.check(decoderTokenIDs, "decoder token ids", haveRows: lengths.count) }
    batch = lengths.count
    self.tokenIDs = Array(tokenIDs.joined())
    self.segmentIDs = segmentIDs.map { Array($0.joined()) } ?? Array(repeating: 0, count: lengths.reduce(0, +))
    self.decoderTokenIDs = decoderTokenIDs.map { Array($0.joined()) }
    self.positionIDs = positionIDs.map { Array($0.joined()) }
    self.condition = condition
    self.context = context
  }

  /// The number of tokens of all sequences, padding included.
  public var tokenCount: Int { tokenIDs.count }

  /// The lengths of rows, which must not be empty.
  private static func lengths(of ids: [[Int32]], _ name: String) throws -> [Int] {
    if ids.isEmpty || ids == [[]] {
      throw Problem(.mismatched, file: "input", object: name, found: "no tokens", expected: "at least one")
    }
    if let row = ids.firstIndex(where: \.isEmpty) {
      throw Problem(
        .mismatched, file: "input", object: "\(name), row \(row)", found: "no tokens", expected: "at least one")
    }
    return ids.map(\.count)
  }

  private static func check(_ ids: [[Int32]], _ name: String, haveRows rows: Int) throws {
    guard ids.count != rows else { return }
    throw Problem(
      .mismatched, file: "input", object: name, found: "\(ids.count) rows",
      expected: "\(rows), one for each row of token ids")
  }

  private static func check(_ ids: [[Int32]], _ name: String, haveLengths lengths: [Int]) throws {
    try check(ids, name, haveRows: lengths.count)
    guard let row = lengths.indices.first(where: { ids[$0].count != lengths[$0] }) else { return }
    throw Problem(
      .mismatched, file: "input", object: "\(name), row \(row)", found: "\(ids[row].count) ids",
      expected: "\(lengths[row]), one for each token")
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
