extension Blueprint {
  /// DeBERTa (He and others 2021): the blocks of BERT, whose queries and keys look at the vectors of distances too
  /// (transformers 4.38.2, `modeling_deberta.py`).
  ///
  /// Padding is zeros after the embedding, and sees nothing.
  static let deberta = Blueprint(
    name: "deberta", positions: Assembly.optionalPositions, blockPositions: Assembly.disentangledPositions,
    attentionBiases: [.query, .value, .output], hasJointProjection: true, heads: [.masked], mask: AttentionMask.none,
    padding: Padding(sight: .nothing))
}
