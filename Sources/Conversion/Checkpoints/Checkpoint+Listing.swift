import Bytes

extension Checkpoint {
  /// The tensors as they are listed for people.
  ///
  /// That is the file's own order where it means something: the model's layers, a state dict. The order of safetensors files is one of
  /// types, and one by name puts `layer_10` before `layer_2`: such tensors are listed as a model has them, embeddings first, then the
  /// blocks by their numbers, an encoder's before a decoder's, then what stands on top.
  public var listed: [CheckpointTensor] {
    let isOfTypes = [.safetensors, .shardedSafetensors].contains(container)
    let isByName = zip(tensors, tensors.dropFirst()).allSatisfy { Spelling($0.name) < Spelling($1.name) }
    guard isOfTypes || isByName else { return tensors }
    let placed = tensors.map { (place: ModelPlace(of: $0.name), tensor: $0) }
    let isModel = placed.contains { $0.place == .embedding }
    return placed.sorted { one, other in
      isModel && one.place != other.place
        ? one.place < other.place : precedesNaturally(one.tensor.name, other.tensor.name)
    }.map(\.tensor)
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

/// The part of a model that a tensor belongs to by its name, in the order in which a model has them.
private enum ModelPlace: Int, Comparable {
  case embedding
  case blocks
  case decoder
  case top

  /// What names of embeddings have in them, or are called: `wte` and `wpe` of GPT-2, `shared` of T5.
  private static let embeddings = (parts: ["embed", "mask_emb"], names: ["wte", "wpe", "shared"])

  /// What stands before the number of a block: `layer_0`, `transformer-0-feedforward`, `h0` of OpenAI's GPT-2.
  private static let numbered = ["layer_", "block_", "transformer-", "encoder-", "h"]

  init(of name: String) {
    let words = name.lowercased().split { "./[".contains($0) }
    let isNumbered = words.contains { word in
      word.allSatisfy(\.isNumber)
        || Self.numbered.contains { word.hasPrefix($0) && word.dropFirst($0.count).first?.isNumber == true }
    }
    let isEmbedding = words.contains { word in
      Self.embeddings.names.contains(String(word)) || Self.embeddings.parts.contains { word.contains($0) }
    }
    if isEmbedding, !isNumbered {
      self = .embedding
    } else if words.contains("decoder") {
      self = .decoder
    } else {
      self = isNumbered || words.contains("encoder") ? .blocks : .top
    }
  }

  static func < (one: ModelPlace, other: ModelPlace) -> Bool { one.rawValue < other.rawValue }
}

/// Where the bytes of a tensor lie.
private struct Place: Hashable {
  let file: Spelling
  let start: Int
  let count: Int
}
