extension Model {
  /// Whether blocks are attention and feed-forward layers without a gate, and positions take no products of their own.
  ///
  /// Then ``sizes`` tell how many multiplications a pass takes.
  public var hasPlainBlocks: Bool {
    network.stack.blocks.flatMap(\.sublayers).allSatisfy { sublayer in
      switch sublayer.function {
      case .attention(let attention): !attention.dotProduct.positions.multipliesVectors
      case .feedForward(let layers): layers.gate == nil
      case .gatedAttention, .crossAttention: false
      }
    }
  }
}
