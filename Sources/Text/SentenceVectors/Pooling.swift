/// How one vector is made of the vectors of a text's tokens.
///
/// Every token that the model reads takes part, `[CLS]` and `[SEP]` among them; padding never does. The names are those of the post that
/// compares them (kexue.fm/archives/8069: P1 to P4) and of sentence-transformers 5.1, `models/Pooling.py`.
public enum Pooling: String, CaseIterable, Sendable {
  /// The last block's vector of the first token, `[CLS]` (P1).
  case cls
  /// The pooler: the dense layer on that vector, with the activation that the model's settings name (P2).
  case pooler
  /// The mean of the last block's vectors (P3).
  case mean
  /// Half the sum of two means: that of the first *block's* output, which is not the embedding's, and that of the last one's (P4).
  case firstLastMean = "first-last-mean"
  /// The greatest of the last block's values, feature by feature.
  case max
}
