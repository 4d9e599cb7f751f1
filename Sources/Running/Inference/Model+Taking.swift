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
