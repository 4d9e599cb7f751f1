import Architectures
import Foundation
import Tensors
import Testing

/// The repository's root.
let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

func float32(_ name: String, _ shape: Shape) -> SourceTensor {
  SourceTensor(name: name, elementType: .float32, shape: shape)
}

/// The table under test; that it exists is `EveryTable`'s concern.
let bert = Architecture.named("bert")!

/// The tensors of a tiny BERT as bert4keras names them, listed by hand: V 40, P 10, S 2, H 8, F 12, L 2.
func tinyBERT(pooler: Bool = true, nsp: Bool = true, mlm: Bool = true, embedding E: Int = 8) -> [SourceTensor] {
  var tensors = [
    float32("Embedding-Token[0]", [40, E]),
    float32("Embedding-Segment[0]", [2, E]),
    float32("Embedding-Position[0]", [10, E]),
    float32("Embedding-Norm[0]", [E]),
    float32("Embedding-Norm[1]", [E]),
  ]
  if E != 8 { tensors += [float32("Embedding-Mapping[0]", [E, 8]), float32("Embedding-Mapping[1]", [8])] }
  for block in 0..<2 {
    for part in 0..<4 {
      tensors.append(float32("Transformer-\(block)-MultiHeadSelfAttention[\(2 * part)]", [8, 8]))
      tensors.append(float32("Transformer-\(block)-MultiHeadSelfAttention[\(2 * part + 1)]", [8]))
    }
    tensors += [
      float32("Transformer-\(block)-MultiHeadSelfAttention-Norm[0]", [8]),
      float32("Transformer-\(block)-MultiHeadSelfAttention-Norm[1]", [8]),
      float32("Transformer-\(block)-FeedForward[0]", [8, 12]),
      float32("Transformer-\(block)-FeedForward[1]", [12]),
      float32("Transformer-\(block)-FeedForward[2]", [12, 8]),
      float32("Transformer-\(block)-FeedForward[3]", [8]),
      float32("Transformer-\(block)-FeedForward-Norm[0]", [8]),
      float32("Transformer-\(block)-FeedForward-Norm[1]", [8]),
    ]
  }
  if mlm {
    tensors += [
      float32("MLM-Dense[0]", [8, E]), float32("MLM-Dense[1]", [E]),
      float32("MLM-Norm[0]", [E]), float32("MLM-Norm[1]", [E]),
    ]
  }
  if pooler { tensors += [float32("Pooler-Dense[0]", [8, 8]), float32("Pooler-Dense[1]", [8])] }
  if mlm { tensors.append(float32("MLM-Bias[0]", [40])) }
  if nsp { tensors += [float32("NSP-Proba[0]", [8, 2]), float32("NSP-Proba[1]", [2])] }
  return tensors
}

/// The same model as Google's code names its variables.
func tinyGoogleBERT() -> [SourceTensor] {
  func dense(_ name: String, _ shape: Shape) -> [SourceTensor] {
    [float32("\(name)/kernel", shape), float32("\(name)/bias", [shape.dimensions[1]])]
  }
  func norm(_ name: String) -> [SourceTensor] {
    [float32("\(name)/LayerNorm/beta", [8]), float32("\(name)/LayerNorm/gamma", [8])]
  }
  let blocks = (0..<2).map { "bert/encoder/layer_\($0)" }.flatMap { block in
    ["query", "key", "value"].flatMap { dense("\(block)/attention/self/\($0)", [8, 8]) }
      + dense("\(block)/attention/output/dense", [8, 8]) + norm("\(block)/attention/output")
      + dense("\(block)/intermediate/dense", [8, 12]) + dense("\(block)/output/dense", [12, 8])
      + norm("\(block)/output")
  }
  return [
    float32("bert/embeddings/word_embeddings", [40, 8]), float32("bert/embeddings/token_type_embeddings", [2, 8]),
    float32("bert/embeddings/position_embeddings", [10, 8]),
  ] + norm("bert/embeddings") + blocks + dense("bert/pooler/dense", [8, 8])
    + dense("cls/predictions/transform/dense", [8, 8]) + norm("cls/predictions/transform")
    + [
      float32("cls/predictions/output_bias", [40]), float32("cls/seq_relationship/output_weights", [2, 8]),
      float32("cls/seq_relationship/output_bias", [2]),
    ]
}

/// The tensors of a tiny BERT under transformers' names.
func tinyStateDict(prefix: String = "bert.") throws -> [SourceTensor] {
  let plan = try bert.plan(for: tinyBERT(), of: "x.h5")
  let rows = try #require(bert.naming("huggingface")).rows
  return plan.steps.map { step in
    let block = step.tensor.split(separator: ".").dropFirst().first.flatMap { Int($0) }
    let row = rows.first { row in
      step.tensor == row.tensor || block.map { step.tensor == row.tensor.replacing("{L}", with: "\($0)") } == true
    }!
    let name = row.pattern.spelling.replacing("(bert.|)", with: prefix).replacing("(weight|gamma)", with: "weight")
      .replacing("(bias|beta)", with: "bias").replacing("{L}", with: "\(block ?? 0)")
    return float32(name, step.shape)
  }
}

extension [SourceTensor] {
  /// The list with one tensor under another name, of another shape or of another type.
  func replacing(
    _ name: String, with other: String? = nil, shape: Shape? = nil, elementType: ElementType? = nil
  ) -> [SourceTensor] {
    map { tensor in
      tensor.name != name
        ? tensor
        : SourceTensor(
          name: other ?? name, elementType: elementType ?? tensor.elementType, shape: shape ?? tensor.shape)
    }
  }

  /// The list without some tensors.
  func without(_ names: String...) -> [SourceTensor] {
    filter { !names.contains($0.name) }
  }
}

/// The text of the problems that a plan of these tensors meets; empty when it meets none.
func complaints(
  _ tensors: [SourceTensor], naming: String? = "bert4keras", extras: ExtraPolicy = .refuse
) -> [String] {
  do throws(Problems) {
    _ = try bert.plan(for: tensors, of: "x.h5", naming: naming, extras: extras)
    return []
  } catch {
    return error.all.map(\.description)
  }
}
