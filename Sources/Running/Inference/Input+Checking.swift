import Bytes

extension Input {
  /// The number of tokens of each sequence that the main stack of a graph treats.
  func mainLengths(in graph: Graph) -> [Int] { graph.takesDecoderTokens ? decoderLengths : lengths }

  /// Lengths in words: one number where all are the same.
  static func spelling(of lengths: [Int]) -> String {
    Set(lengths).count == 1 ? "\(lengths[0])" : lengths.map(String.init).joined(separator: ", ")
  }

  /// Checks that a model has a use for everything, and that every id names a row of its table.
  ///
  /// - Throws: `Problem` of kind *mismatched*.
  func check(_ sizes: Model.Sizes, _ graph: Graph, after cache: Cache?) throws {
    try checkParts(sizes, graph)
    let past = cache?.lengths ?? []
    let total = mainLengths(in: graph).enumerated().map { $1 + (past.indices.contains($0) ? past[$0] : 0) }.max() ?? 0
    if let positionIDs {
      guard graph.takesPositionIDs else {
        throw Problem(
          .mismatched, file: "input", object: "position ids", found: "some",
          expected: "none, for the model counts tokens by itself")
      }
      try check(positionIDs, lengths, below: sizes.positions ?? .max, "position ids", of: "the positions of the model")
    } else if let positions = sizes.positions, total > positions {
      throw Problem(
        .mismatched, file: "input", object: "token ids", found: "\(total) tokens in a row",
        expected: "at most \(positions), the positions of the model", advice: "Shorten the text")
    }
    try check(tokenIDs, lengths, below: sizes.vocabulary, "token ids", of: "the vocabulary of the model")
    if let decoderTokenIDs {
      try check(
        decoderTokenIDs, decoderLengths, below: sizes.vocabulary, "decoder token ids",
        of: "the vocabulary of the model")
    }
    if let segments = sizes.segments {
      try check(segmentIDs, lengths, below: segments, "segment ids", of: "the segments of the model")
    } else if graph.comparesSegments {
      try check(segmentIDs, lengths, below: Int(Int32.max) + 1, "segment ids", of: "numbers to compare")
    } else if graph.main.mask == .unilm {
      try check(segmentIDs, lengths, below: 2, "segment ids", of: "what the unilm mask distinguishes")
    } else {
      try check(segmentIDs, lengths, below: 1, "segment ids", of: "for the model has no segments")
    }
  }

  private func check(_ ids: [Int32], _ lengths: [Int], below limit: Int, _ name: String, of what: String) throws {
    guard let index = ids.firstIndex(where: { $0 < 0 || Int($0) >= limit }) else { return }
    var (row, position) = (0, index)
    while position >= lengths[row] { (row, position) = (row + 1, position - lengths[row]) }
    throw Problem(
      .mismatched, file: "input", object: "\(name), row \(row), position \(position)", found: "id \(ids[index])",
      expected: "\(limit == 1 ? "0" : "0 to \(limit - 1)"), \(what)")
  }

  /// Checks that decoder tokens and context are there exactly where the network reads them.
  private func checkParts(_ sizes: Model.Sizes, _ graph: Graph) throws {
    func check(_ isThere: Bool, _ isWanted: Bool, _ name: String, _ reason: String) throws {
      if isThere != isWanted {
        throw Problem(
          .mismatched, file: "input", object: name, found: isThere ? "some" : "none",
          expected: "\(isWanted ? "some" : "none"), for the model \(reason)")
      }
    }
    try check(
      decoderTokenIDs != nil, graph.takesDecoderTokens, "decoder token ids",
      graph.takesDecoderTokens ? "is an encoder with a decoder" : "is no encoder with a decoder")
    let readsContext = graph.takesContext
    try check(
      context != nil, readsContext, "context", readsContext ? "is a decoder alone" : "is no decoder alone")
    try check(
      condition != nil, sizes.condition != nil, "condition",
      sizes.condition == nil ? "has no conditional normalisation" : "has conditional normalisations")
    if let condition, condition.batch != batch || condition.length != 1 || condition.width != sizes.condition {
      throw Problem(
        .mismatched, file: "input", object: "condition",
        found: "\(condition.batch) rows of \(condition.length * condition.width) features",
        expected: "\(batch) rows of \(sizes.condition ?? 0)")
    }
    if let context, context.batch != batch || context.width != sizes.width {
      throw Problem(
        .mismatched, file: "input", object: "context",
        found: "\(context.batch) rows of \(context.width) features",
        expected: "\(batch) rows of \(sizes.width), the width of the model")
    }
  }
}
