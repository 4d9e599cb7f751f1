/// What the layers of bert4keras' models have in common in one architecture, and in others not (bert4keras 0.11.5, `models.py`).
///
/// No setting expresses it: a name table of the architecture means it.
struct BERT4KerasFamily {
  /// How the names of bert4keras' own layers begin; what a user's head holds says nothing of the encoder.
  var beginnings = ["Embedding-", "Transformer-", "Pooler-", "NSP-", "MLM-"]
  /// Whether attention divides its scores by the root of a head's width.
  var isScaled = true
  /// Whether layer normalisation takes away the mean.
  var isCentred = true
  /// How many matrices the first half of a feed-forward layer has; all but the first are linear.
  var gates = 1
  /// The settings of the architecture, by which it says in how many parts epsilons differ.
  let settings: Set<String>

  /// Looks up an architecture by the name of its table.
  init(_ architecture: String, settings: [String]) {
    self.settings = Set(settings)
    switch architecture {
    case "electra": beginnings.append("Discriminator-")
    case "gau", "roformer-v2": isCentred = false
    case "t5", "t5-gated":
      beginnings += ["Encoder-", "Decoder-"]
      (isScaled, isCentred) = (false, false)
      gates = architecture == "t5" ? 1 : 2
    default: break
    }
  }

  /// The setting that holds the epsilon of a layer.
  func epsilon(of layer: String) -> String {
    let part =
      layer.hasPrefix("Embedding-")
      ? "embedding.epsilon" : layer.hasPrefix("MLM-") ? "mlm.epsilon" : "block.epsilon"
    return settings.contains(part) ? part : "epsilon"
  }
}
