extension Blueprint {
  /// XLNet (Yang and others 2019) as an encoder: the blocks of BERT, whose attention knows distances and segments as
  /// Transformer-XL does (transformers 4.38.2, `modeling_xlnet.py`).
  ///
  /// This is its content stream, in which each token sees itself. What predicts a token without seeing it, the query stream of
  /// `perm_mask` and `target_mapping`, begins with `embedding.mask.weight` and is not computed; nor are memories of earlier
  /// texts, `mems`.
  static let xlnet = Blueprint(
    name: "xlnet", positions: Assembly.positionsOfContent, blockPositions: Assembly.xlnetPositions,
    hasEmbeddingNorm: false, embeddingPoint: .embeddingToken, attentionBiases: [], heads: [.biasedLanguage],
    hasHeadSetting: false, padding: Padding(token: 5, sparesFirst: false, sight: .othersAndItself))
}
