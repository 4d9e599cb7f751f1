import Bytes
import Inference
import JSON
import Tensors

/// Weights in memory.
struct Weights: WeightStore {
  let file = "tiny.ingot"
  var tensors: [String: Tensor] = [:]

  var names: [String] { tensors.keys.sorted() }
  func weight(_ name: String) -> Tensor? { tensors[name] }
}

extension Weights {
  /// Every weight of a BERT with two blocks: V 40, P 16, S 2, E and H 16 (E 12 when projected), F 32.
  ///
  /// Values are seeded, and large enough that a mistake anywhere shows everywhere after it.
  static func tiny(projected: Bool = false, heads: Bool = true) -> Weights {
    let (vocabulary, positions, segments, width, feedForward) = (40, 16, 2, 16, 32)
    let embedding = projected ? 12 : width
    var numbers = SeededNumbers(seed: 2018)
    var weights = Weights()
    func add(_ name: String, _ extents: Int..., center: Float = 0) {
      let shape = Shape(extents)!
      let values = numbers.floats(shape.elementCount, scale: 0.5).map { center + $0 }
      weights.tensors[name] = Tensor(values, shape: shape)!
    }
    func addLinear(_ name: String, _ outputs: Int, _ inputs: Int) {
      add("\(name).weight", outputs, inputs)
      add("\(name).bias", outputs)
    }
    func addNorm(_ name: String, _ size: Int) {
      add("\(name).gamma", size, center: 1)
      add("\(name).beta", size)
    }
    add("embedding.token.weight", vocabulary, embedding)
    add("embedding.segment.weight", segments, embedding)
    add("embedding.position.weight", positions, embedding)
    addNorm("embedding.norm", embedding)
    if projected { addLinear("embedding.projection", width, embedding) }
    for block in 0..<2 {
      for part in ["query", "key", "value", "output"] { addLinear("block.\(block).attention.\(part)", width, width) }
      addNorm("block.\(block).attention.norm", width)
      addLinear("block.\(block).feedforward.intermediate", feedForward, width)
      addLinear("block.\(block).feedforward.output", width, feedForward)
      addNorm("block.\(block).feedforward.norm", width)
    }
    if heads {
      addLinear("pooler", width, width)
      addLinear("nsp", 2, width)
      addLinear("mlm.dense", embedding, width)
      addNorm("mlm.norm", embedding)
      add("mlm.bias", vocabulary)
    }
    return weights
  }

  /// The same weights narrowed to bfloat16 by cutting off bits, or those narrowed ones as float32.
  func cut(to type: ElementType) -> Weights {
    var weights = self
    weights.tensors = tensors.mapValues { tensor in
      let upper = tensor.withElements(of: Float.self) { $0.map { UInt16($0.bitPattern >> 16) } }
      switch type {
      case .bfloat16:
        return Tensor(.bfloat16, tensor.shape, bytes: ByteView(upper.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }))!
      default:
        return Tensor(upper.map { Float(bitPattern: UInt32($0) << 16) }, shape: tensor.shape)!
      }
    }
    return weights
  }

  /// The same weights at odd addresses.
  func unaligned() throws -> Weights {
    var weights = self
    weights.tensors = try tensors.mapValues { tensor in
      let view = ByteView([0] + tensor.bytes.array())
      return Tensor(
        tensor.elementType, tensor.shape, bytes: try view.slice(at: 1, count: view.count - 1, of: "a tensor"))!
    }
    return weights
  }
}

extension JSON {
  /// The settings of a BERT.
  static func bert(
    heads: Int = 4, epsilon: Double = 1e-12, activation: Activation = .geluErf, mask: AttentionMask = .none
  ) -> JSON {
    [
      "heads": .integer(heads), "epsilon": .double(epsilon), "activation": .string(activation.rawValue),
      "mask": .string(mask.rawValue), "pooler.activation": "tanh",
    ]
  }
}

extension Model {
  /// The tiny model.
  static func tiny(
    projected: Bool = false, mask: AttentionMask = .none, activation: Activation = .geluErf
  ) throws -> Model {
    try Model(
      weights: Weights.tiny(projected: projected), architecture: "bert",
      settings: .bert(activation: activation, mask: mask))
  }
}

extension Input {
  /// Three rows of ten tokens: one full, one with a gap and padding, one short.
  static func padded() throws -> Input {
    try Input(
      tokenIDs: [
        [2, 11, 25, 39, 4, 3, 21, 6, 30, 3],
        [2, 7, 0, 19, 3, 12, 3, 0, 0, 0],
        [2, 28, 14, 3, 0, 0, 0, 0, 0, 0],
      ],
      segmentIDs: [
        [0, 0, 0, 0, 0, 0, 1, 1, 1, 1],
        [0, 0, 0, 0, 0, 1, 1, 0, 0, 0],
        [0, 0, 1, 1, 0, 0, 0, 0, 0, 0],
      ])
  }
}
