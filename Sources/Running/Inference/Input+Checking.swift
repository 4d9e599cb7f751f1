import Bytes

extension Input {
  /// The number of tokens of each sequence that the main stack of a network treats.
  func mainLength(in network: Network) -> Int {
    network.reader == nil ? length : (decoderTokenIDs?.count ?? 0) / batch
  }

  /// Checks that a model has a use for everything, and that every id names a row of its table.
  ///
  /// - Throws: `Problem` of kind *mismatched*.
  func check(_ sizes: Model.Sizes, _ network: Network, after memory: Memory?) throws {
    try checkParts(sizes, network)
    let total = mainLength(in: network) + (memory?.length ?? 0)
    if let positionIDs {
      guard network.stack.takesPositionIDs else {
        throw Problem(
          .mismatched, file: "input", object: "position ids", found: "some",
          expected: "none, for the model counts tokens by itself")
      }
      try check(positionIDs, length, below: sizes.positions ?? .max, "position ids", of: "the positions of the model")
    } else if let positions = sizes.positions, total > positions {
      throw Problem(
        .mismatched, file: "input", object: "token ids", found: "\(total) tokens in a row",
        expected: "at most \(positions), the positions of the model", advice: "Shorten the text")
    }
    try check(tokenIDs, length, below: sizes.vocabulary, "token ids", of: "the vocabulary of the model")
    if let decoderTokenIDs {
      try check(
        decoderTokenIDs, mainLength(in: network), below: sizes.vocabulary, "decoder token ids",
        of: "the vocabulary of the model")
    }
    if let segments = sizes.segments {
      try check(segmentIDs, length, below: segments, "segment ids", of: "the segments of the model")
    } else if network.stack.comparesSegments {
      try check(segmentIDs, length, below: Int(Int32.max) + 1, "segment ids", of: "numbers to compare")
    } else if network.mask == .unilm {
      try check(segmentIDs, length, below: 2, "segment ids", of: "what the unilm mask distinguishes")
    } else {
      try check(segmentIDs, length, below: 1, "segment ids", of: "for the model has no segments")
    }
  }

  private func check(_ ids: [Int32], _ length: Int, below limit: Int, _ name: String, of what: String) throws {
    if let index = ids.firstIndex(where: { $0 < 0 || Int($0) >= limit }) {
      throw Problem(
        .mismatched, file: "input", object: "\(name), row \(index / length), position \(index % length)",
        found: "id \(ids[index])",
        expected: "\(limit == 1 ? "0" : "0 to \(limit - 1)"), \(what)")
    }
  }

  /// Checks that decoder tokens and context are there exactly where the network reads them.
  private func checkParts(_ sizes: Model.Sizes, _ network: Network) throws {
    func check(_ isThere: Bool, _ isWanted: Bool, _ name: String, _ reason: String) throws {
      if isThere != isWanted {
        throw Problem(
          .mismatched, file: "input", object: name, found: isThere ? "some" : "none",
          expected: "\(isWanted ? "some" : "none"), for the model \(reason)")
      }
    }
    try check(
      decoderTokenIDs != nil, network.reader != nil, "decoder token ids",
      network.reader == nil ? "is no encoder with a decoder" : "is an encoder with a decoder")
    let readsContext = network.hasCrossAttention && network.reader == nil
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
