extension Model {
  /// Whether a batch needs the tokens of a decoder beside those of an encoder.
  public var takesDecoderTokens: Bool { graph.takesDecoderTokens }

  /// Whether a batch needs the features that somebody else's encoder made.
  public var takesContext: Bool { graph.takesContext }

  /// Whether a batch may say where its tokens stand.
  public var takesPositionIDs: Bool { graph.takesPositionIDs }

  /// The last point of the last block: all but the heads.
  public var lastBlockPoint: Point? { points.last { $0.name.contains("block.") } }
}

extension Model {
  /// Whether each token of an encoder's input only fills up the batch, as the model has it.
  package func isPadding(in input: Input) -> [Bool] {
    let tokens = Sequences(input, of: graph.stacks.first { $0.source == .input } ?? graph.main)
    return (0..<tokens.columns).map(tokens.isPadding(column:))
  }
}
