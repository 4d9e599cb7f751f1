extension Blueprint {
  /// GPT (Radford and others 2018): the blocks of BERT, causal, on embeddings that nothing normalises (bert4keras 0.11.5,
  /// `models.py:1497-1613`).
  static let gpt = Blueprint(name: "gpt", hasEmbeddingNorm: false, heads: [.language], mask: .lm)

  /// GPT-2 (Radford and others 2019): normalises before each sublayer and once at the end (`models.py:1616-1778`).
  static let gpt2 = Blueprint(
    name: "gpt2", hasEmbeddingNorm: false, placement: .pre, heads: [.language], mask: .lm)

  /// GPT2-ML (Zhang 2019, after Grover, Zellers and others 2019): attention without a normalisation of its own, and two
  /// around the feed-forward layers, the second after the residual (`models.py:1781-1969`).
  static let gpt2ML = Blueprint(name: "gpt2-ml", placement: .inner, heads: [.language], mask: .lm)
}
