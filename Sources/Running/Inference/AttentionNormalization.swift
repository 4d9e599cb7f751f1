/// How the scores of a query become the weights of what it attends to.
public enum AttentionNormalization: String, CaseIterable, Sendable {
  /// exp(s) / Σ exp(s)
  case softmax
  /// The softmax of s · log(max(l, 16)) / log 512 for the l keys that are seen, which keeps its sharpness at every length
  /// (Su 2021; bert4keras 0.11.5, `backend.py:324-341`).
  case softmaxPlus = "softmax-plus"
  /// max(0, s)² / l (Hua and others 2022).
  case squaredRelu = "squared-relu"
}
