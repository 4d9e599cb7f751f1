import Bytes

extension Checkpoint {
  /// The tensors as they are listed for people.
  ///
  /// That is the file's own order where it means something: the model's layers, a state dict. The order of safetensors files is one of
  /// types, and one by name puts `layer_10` before `layer_2`: in both, numbers in names are counted instead.
  public var listed: [CheckpointTensor] {
    let isOfTypes = [.safetensors, .shardedSafetensors].contains(container)
    let isByName = zip(tensors, tensors.dropFirst()).allSatisfy { Spelling($0.name) < Spelling($1.name) }
    return isOfTypes || isByName ? tensors.sorted { precedesNaturally($0.name, $1.name) } : tensors
  }
}

extension [CheckpointTensor] {
  /// The tensors without those whose bytes an earlier one has already: tied weights are several tensors in one place.
  public var withoutShared: [CheckpointTensor] {
    var seen: Set<Place> = []
    return filter { tensor in
      guard let bytes = tensor.source.contiguousBytes, bytes.count > 0 else { return true }
      return seen.insert(Place(file: Spelling(bytes.file), start: bytes.start, count: bytes.count)).inserted
    }
  }
}

/// Where the bytes of a tensor lie.
private struct Place: Hashable {
  let file: Spelling
  let start: Int
  let count: Int
}
