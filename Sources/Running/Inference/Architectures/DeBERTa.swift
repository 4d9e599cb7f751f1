extension Blueprint {
  /// DeBERTa (He and others 2021): the blocks of BERT, whose queries and keys look at the vectors of distances too
  /// (transformers 4.38.2, `modeling_deberta.py`).
  ///
  /// Padding is zeros after the embedding, and sees nothing.
  static let deberta = Blueprint(
    name: "deberta", positions: Assembly.optionalPositions, blockPositions: Assembly.disentangledPositions,
    attentionBiases: [.query, .value, .output], hasJointProjection: true, heads: [.masked], mask: AttentionMask.none,
    padding: Padding(sight: .nothing))

  /// DeBERTa V2 and V3 (He and others 2021 and 2023): distances in buckets, whose vectors the matrices of the contents project
  /// too, and a convolution beside the first block, where weights show one (`modeling_deberta_v2.py`).
  static let debertaV2 = {
    var blueprint = deberta
    blueprint.name = "deberta-v2"
    blueprint.attentionBiases = Set(Projection.allCases)
    blueprint.hasJointProjection = false
    return blueprint
  }()
}
