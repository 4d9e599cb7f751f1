import Tensors

@testable import Inference

extension PlantedComputationTests {
  /// A model in which everything is planted that can be mistaken in any architecture.
  struct Subject {
    let model: String
    /// What the names of the attention's weights begin with.
    var attention = "block.0.attention"
    /// The first point that knows what attention gives.
    var mixed = "block.0.attention.output"
    /// Whether scores are divided by the root of a head's width.
    var isScaled = true
    /// Whether matrices of queries and keys stand alone.
    var hasMatrices = true
    /// The first normalisation; nil where norms have no weights.
    var norm: String? = "embedding.norm"
    /// Where the first normalisation of any kind is observed.
    var normalized = "embedding.norm"
    var hasBeta = true
    /// Whether norms subtract the mean.
    var isCentred = true
    var feedForward = "block.0.feedforward.output"
    /// The activation that it has not.
    var activation = Activation.geluTanh
    /// Whether there is a reference in float64, which alone shows an epsilon.
    var showsEpsilon = true

    var mistakes: [Mistake] {
      var mistakes = [
        Mistake("the activation \(activation.rawValue)", in: model, at: feedForward) { [activation] in
          $0.settings["activation"] = .string(activation.rawValue)
        },
        Mistake(
          isCentred ? "root-mean-square for layer normalisation" : "layer for root-mean-square normalisation",
          in: model, at: normalized
        ) { [isCentred] in
          $0.rewriting = { graph in
            graph.mapOperations { operation in
              guard case .normalize(var normalize) = operation else { return operation }
              normalize.kind = isCentred ? .rootMeanSquare : .layer
              return .normalize(normalize)
            }
          }
        },
        Mistake(
          "a matrix that is not transposed", in: model, at: mixed,
          plant: { [attention] in $0.weights["\(attention).output.weight"] = { transposed($1) } }),
      ]
      if hasMatrices {
        mistakes += [
          Mistake(
            "scores \(isScaled ? "not " : "")divided by √d", in: model, at: mixed,
            plant: attentions { [isScaled] in $0.divisor = isScaled ? nil : $1 }),
          Mistake(
            "query for key", in: model, at: mixed,
            plant: exchange("\(attention).query.weight", "\(attention).key.weight")),
          Mistake(
            "key for value", in: model, at: mixed,
            plant: exchange("\(attention).key.weight", "\(attention).value.weight")),
        ]
      }
      if let norm, hasBeta {
        mistakes.append(
          Mistake("gamma for beta", in: model, at: normalized, plant: exchange("\(norm).gamma", "\(norm).beta")))
      }
      if showsEpsilon {
        mistakes.append(
          Mistake("another epsilon", in: model, at: normalized, isSmall: true) {
            let name = $0.settings["epsilon"] == nil ? "embedding.epsilon" : "epsilon"
            $0.settings[name] = .double($0.settings[name]?.double == 1e-12 ? 1e-7 : 1e-12)
            if $0.settings["block.epsilon"] != nil { $0.settings["block.epsilon"] = $0.settings[name] }
          })
      }
      return mistakes
    }
  }

  /// The transposed matrix; its extents stay, for a mistake keeps the shape.
  private static func transposed(_ tensor: Tensor) -> Tensor {
    let (rows, columns) = (tensor.shape.dimensions[0], tensor.shape.dimensions[1])
    let values: [Float] = tensor.withElements { Array($0) }
    return Tensor((0..<rows * columns).map { values[$0 % rows * columns + $0 / rows] }, shape: tensor.shape)!
  }

  static let common: [Mistake] = [
    Subject(model: "encoder"),
    Subject(model: "tanh-gelu", activation: .geluErf),
    Subject(model: "albert", attention: "block.attention"),
    Subject(model: "albert-unshared"),
    Subject(model: "nezha"),
    Subject(model: "electra"),
    Subject(model: "roberta"),
    Subject(model: "mpnet"),
    Subject(model: "roformer"),
    Subject(model: "roformer-sim"),
    Subject(model: "roformer-v2", norm: nil, isCentred: false, activation: .geluErf),
    Subject(model: "gpt", norm: "block.0.attention.norm", normalized: "block.0.attention.norm"),
    Subject(model: "gpt2", norm: "block.0.attention.norm", normalized: "block.0.attention.norm"),
    Subject(model: "gpt2-ml"),
    Subject(
      model: "xlnet", norm: "block.0.attention.norm", normalized: "block.0.attention.norm", showsEpsilon: false),
    Subject(model: "deberta", hasMatrices: false, showsEpsilon: false),
    Subject(model: "deberta-v2"),
    Subject(model: "deberta-v3"),
    Subject(
      model: "gau", hasMatrices: false, norm: nil, isCentred: false, feedForward: "block.0.attention.output",
      activation: .geluErf),
    t5("t5", activation: .geluErf),
    t5("t5-gated", activation: .geluTanh),
    t5("mt5", activation: .geluTanh),
    t5("t5-gated-tied", activation: .geluErf, showsEpsilon: false),
  ].flatMap(\.mistakes)

  private static func t5(_ model: String, activation: Activation, showsEpsilon: Bool = true) -> Subject {
    Subject(
      model: model, attention: "encoder.block.0.attention", mixed: "encoder.block.0.attention.output", isScaled: false,
      norm: "encoder.block.0.attention.norm", normalized: "encoder.block.0.attention.norm", hasBeta: false,
      isCentred: false,
      feedForward: "encoder.block.0.feedforward.output", activation: activation, showsEpsilon: showsEpsilon)
  }
}
