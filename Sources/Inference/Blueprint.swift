import Tensors

/// What an architecture is made of: the parts that its name implies, and no file says.
///
/// The rest is shown by weights (sizes, and which optional parts there are) or said by ``Configuration``. Each architecture
/// is one value, in a file of its own under `Architectures`; the defaults are those of BERT.
struct Blueprint: Sendable {
  /// Where a block normalises.
  enum Placement {
    /// After each sublayer's residual.
    case post
    /// Before each sublayer, and once after the last block.
    case pre
  }

  /// What tells the probabilities of tokens.
  enum VocabularyHead {
    /// A dense layer, a normalisation and the token embedding with a bias, where weights show them (`mlm.*`).
    case masked
    /// The token embedding alone (`lm.*`).
    case tied
  }

  /// The name, as model files bear it.
  let name: String
  /// The scheme that says where tokens stand, of its weights.
  var positions: @Sendable (inout Assembly) -> any PositionScheme = Assembly.learnedPositions
  var hasEmbeddingNorm = true
  var placement = Placement.post
  var norm = NormParts()
  /// Whether dense layers have biases.
  var hasBiases = true
  /// Whether scores are divided by the root of a head's size.
  var scalesScores = true
  var vocabularyHead = VocabularyHead.masked
  /// The mask, where the architecture has no choice.
  var mask: AttentionMask?

  /// What normalisations are made of.
  struct NormParts {
    var kind = Normalization.Kind.layer
    var hasGamma = true
    var hasBeta = true
  }
}

extension Blueprint {
  /// Every architecture that can be computed.
  static let all = [bert]

  /// The architecture of a name; nil when it cannot be computed.
  init?(named name: String) {
    guard let blueprint = Blueprint.all.first(where: { $0.name == name }) else { return nil }
    self = blueprint
  }
}
