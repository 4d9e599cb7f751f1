import Bytes
import ModelFiles
import Tensors

extension Reference {
  /// The part of a reference that is sealed into a model file: small enough to travel everywhere.
  ///
  /// It is the batch with the fewest tokens, with as many of its points, the smallest first, as fit into `byteCount` bytes.
  /// Every block shows itself in the small points; what is left out is usually the scores over the whole vocabulary.
  public func probe(within byteCount: Int = 1 << 20) -> Probe {
    let batch = batches.min { $0.tokenIDs.shape.elementCount < $1.tokenIDs.shape.elementCount }!
    let inputs = Batch.inputNames.compactMap { name in batch.inputs[name].map { NamedTensor(name, $0) } }
    var points: [NamedTensor] = []
    var total = 0
    let sorted = batch.points.sorted { ($0.value.byteCount, $0.key) < ($1.value.byteCount, $1.key) }
    for (name, tensor) in sorted where total + tensor.byteCount <= byteCount || points.isEmpty {
      points.append(NamedTensor(name, tensor))
      total += tensor.byteCount
    }
    return Probe(inputs: inputs, points: points)
  }

  /// Takes the probes of a model file as one reference, a batch for each.
  ///
  /// - Throws: `Problem` of kind *damaged* when a probe has no token ids, *mismatched* when an array has a type or shape that
  ///   no input or point has.
  public init?(sealedIn model: ModelFile) throws {
    guard !model.probes.isEmpty else { return nil }
    let batches = try model.probes.enumerated().map { number, probe in
      let inputs = Dictionary(probe.inputs.map { ($0.name, $0.tensor) }) { first, _ in first }
      guard inputs["token_ids"] != nil else {
        throw Problem(
          .damaged, file: model.path, object: "ingot.probe.\(number)", found: "a probe without token ids",
          expected: "input.token_ids [B, T]")
      }
      return try Batch(
        inputs: inputs, points: Dictionary(probe.points.map { ($0.name, $0.tensor) }) { first, _ in first },
        number: number, of: model.path)
    }
    self.init(file: model.path, batches: batches)
  }
}
