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
    /// Before the feed-forward layers and after the block (GPT2-ML).
    case inner
  }

  /// What normalisations are made of.
  struct NormParts {
    var kind = Normalization.Kind.layer
    var hasGamma = true
    var hasBeta = true
  }

  /// The dense layers of attention.
  enum Projection: Int, CaseIterable {
    case query, key, value, output
  }

  /// What tells something from the features of a stack.
  enum HeadKind {
    /// A dense layer on the first token, and next-sentence prediction, where weights show them.
    case pooler
    /// The vocabulary after a dense layer and a normalisation, where weights show them.
    case masked
    /// The token embedding as it is, or after a projection where weights show one.
    case projected
    /// The token embedding, after the last block of a decoder.
    case language
    /// The same with a bias for each token, where weights show it.
    case biasedLanguage
    /// A matrix of its own, where weights show one, after the last block of a decoder.
    case separateLanguage
    /// Whether tokens have been replaced, where weights show it.
    case discriminator
  }

  /// The name, as model files bear it.
  var name: String
  /// The scheme that says where tokens stand, of its weights and settings.
  var positions: @Sendable (inout Assembly) throws -> any PositionScheme = Assembly.learnedPositions
  /// The scheme of one block's attention, of the weights below a name, where each block has its own; else the same as above.
  var blockPositions: (@Sendable (inout Assembly, _ attention: String) throws -> any PositionScheme)?
  var hasEmbeddingNorm = true
  /// Where the embedding is observed when nothing normalises it.
  var embeddingPoint = Point.embeddingSum
  var placement = Placement.post
  var norm = NormParts()
  /// Whether dense layers have biases.
  var hasBiases = true
  /// The layers of attention that have them, where dense layers do.
  var attentionBiases = Set(Projection.allCases)
  /// Whether one matrix makes queries, keys and values: it has for each head the rows of all three, in this order.
  var hasJointProjection = false
  /// Whether a block is one gated attention unit.
  var hasGatedAttention = false
  /// Whether feed-forward layers have a gate.
  var hasGate = false
  /// Whether scores are divided by the root of a head's size.
  var scalesScores = true
  /// Whether one block's weights serve all blocks.
  var sharesBlock = false
  /// Whether there are two stacks: an encoder, and a decoder that reads what it made.
  var hasTwoStacks = false
  var heads: [HeadKind] = [.pooler, .masked]
  /// Whether a setting tells the number of heads; else a weight does, or there is one.
  var hasHeadSetting = true
  /// The mask, where the architecture has no choice.
  var mask: AttentionMask?
  /// Which tokens are padding; a setting may name another token.
  var padding = Padding()
}

extension Blueprint {
  /// Every architecture that can be computed.
  static let all = [
    bert, albert, deberta, debertaV2, electra, gau, gpt, gpt2, gpt2ML, nezha, roformer, roformerV2, t5, t5Gated, xlnet,
  ]

  /// The architecture of a name; nil when it cannot be computed.
  init?(named name: String) {
    guard let blueprint = Blueprint.all.first(where: { $0.name == name }) else { return nil }
    self = blueprint
  }
}
