import Architectures
import Bytes
import HDF5
import JSON
import ModelFiles
import NumPy
import SafeTensors
import TensorFlow
import Tensors

extension Export {
  /// The bytes of all tensors as they are written, without headers and indexes.
  public var byteCount: Int { readings.reduce(0) { $0 + $1.source.byteCount } }

  /// Writes the folder, which appears under its name only when every file in it is whole.
  ///
  /// Tensors are streamed from the mapped model file in tiles, all of them in parallel. Every digest of the model file is
  /// compared before the folder has its name, so that an export never carries damage on.
  ///
  /// - Parameters:
  ///   - folder: The folder's path: nothing, or an empty folder.
  ///   - progress: Takes the number of bytes after each tile, on any thread.
  /// - Returns: What a narrower element type cost, tensor by tensor, and which tensors of the model hold NaN or infinities.
  /// - Throws: `Problem` of kind *refused* when something has the name or a value does not fit the narrower element type;
  ///   *damaged* when the model file is not as it was written; *unsupported* for what the destination cannot hold; what writing throws.
  public func write(
    to folder: String, progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) throws -> Conversion.Outcome {
    let draft = try FolderDraft(of: folder)
    let readings = readings
    let tensors = try joined(readings.map { (name: $0.name, source: $0.source) })
    try draft.write { folder in
      switch destination {
      case .huggingface, .sentenceTransformers:
        try SafeTensorsWriter.write(
          tensors, metadata: [("format", "pt")], to: "\(folder)/model.safetensors", progress: progress)
      case .keras:
        let weights = try kerasWeights(tensors, in: folder)
        try HDF5FileWriter.write(weights.root, to: "\(folder)/weights.h5", progress: progress)
      case .tensorflow:
        try CheckpointWriter.write(tensors, to: folder, prefix: "model.ckpt", progress: progress)
      case .npz:
        try NumPyArchiveWriter.write(tensors, to: "\(folder)/weights.npz", progress: progress)
      }
    }
    let narrowed = try readings.compactMap { try $0.converted?.narrowing(of: $0.name, in: model.path, to: "Export") }
    try model.checkDigests()
    let width = plan.size(named: "width") ?? 0
    try modules?.writeLayers(to: draft, behind: width)
    let files =
      attachedFiles
      + (modules?.files(behind: width, positions: plan.size(named: "positions")) ?? []).map { ($0, Export.text($1)) }
    let record = Export.text(try record(beside: files).json)
    for (name, bytes) in files + [(ExportRecord.name, record)] { try draft.write(bytes, to: name) }
    try draft.publish()
    let peculiar = try model.tensorsOfNoNumbers().map { Conversion.Peculiarity(tensor: $0.name, count: $0.count) }
    return Conversion.Outcome(peculiar: peculiar, narrowed: narrowed)
  }

  /// Checks that the files can hold these tensors under these names, of which nothing is read.
  ///
  /// - Parameter folder: The folder that is to be written, for messages.
  /// - Throws: `Problem` as ``write(to:progress:)`` does about what the destination cannot hold.
  public func check(for folder: String) throws {
    let tensors = try joined(readings.map { (name: $0.name, source: $0.source) })
    switch destination {
    case .keras:
      try HDF5FileWriter.check(kerasWeights(tensors, in: folder).root, for: Path(folder).appending("weights.h5").text)
    case .npz: try NumPyArchiveWriter.check(tensors, for: Path(folder).appending("weights.npz").text)
    case .huggingface, .sentenceTransformers, .tensorflow: break
    }
  }

  private func kerasWeights(
    _ tensors: [(name: String, source: any TensorSource)], in folder: String
  ) throws -> KerasWeights {
    try KerasWeights(
      tensors, weightless: weightlessLayers, witnesses: architecture.naming(plan.naming)?.witnesses ?? [],
      file: folder)
  }

  /// The tensors with those that are parts of one put together, in the place of the first part.
  private func joined(
    _ tensors: [(name: String, source: any TensorSource)]
  ) throws -> [(name: String, source: any TensorSource)] {
    let sources = Dictionary(tensors.map { ($0.name, $0.source) }) { first, _ in first }
    return try tensors.compactMap { name, source in
      guard let part = TensorPart(addressedAs: name) else { return (name, source) }
      guard part.index == 0 else { return nil }
      guard let whole = whole(of: part, among: sources) else {
        throw Problem(
          .mismatched, file: model.path, object: part.whole, found: "parts of several types or shapes, or some of them",
          expected: "all its parts, of one type and shape")
      }
      return (part.whole, whole)
    }
  }

  /// The tensor that has a part, made of all its parts.
  private func whole(of part: TensorPart, among sources: [String: any TensorSource]) -> (any TensorSource)? {
    var parts: [any TensorSource] = []
    while let next = sources[TensorPart(of: part.whole, index: parts.count, sharing: part.sharing).address] {
      parts.append(next)
    }
    return JoinedTensor(parts, part.sharing)
  }

  /// Everything that is written, in the order of the naming, as readings of the model file.
  private var readings: [(name: String, source: any TensorSource, converted: ConvertedTensor?)] {
    let steps = plan.steps.map { (name: $0.source, tensor: $0.tensor, transforms: $0.inverse) }
    let extras = plan.extras.map { extra in
      let known = head.tensors.first { $0.name == extra.source }
      return (name: extra.source, tensor: known?.tensor ?? extra.tensor, transforms: known?.transforms ?? [])
    }
    let own = (steps + extras).map { name, tensor, transforms in
      // The plan was made of the model's own tensors and those that are stored for the sake of the files.
      var source: any TensorSource = stored.first { $0.name == tensor }?.source ?? model.tensor(tensor)!
      for transform in transforms { source = transform.reading(source)! }
      return (name: name, source: source)
    }
    return (own + sinusoids).map { name, source in
      guard let elementType = options.elementType, source.elementType.isFloatingPoint,
        source.elementType != elementType, let converted = source.converted(to: elementType)
      else { return (name, source, nil) }
      return (name, converted, converted)
    }
  }

  /// The names of layers without weights that tell a Keras file's attention mask (`BERT4KerasSettings`).
  private var weightlessLayers: [String] {
    switch settings["mask"] {
    case "lm": ["Attention-LM-Mask"]
    case "unilm": ["Attention-UniLM-Mask"]
    default: []
    }
  }

  /// The configuration, the vocabulary, and whatever else travels inside the model file and is no configuration.
  private var attachedFiles: [(name: String, bytes: ByteView)] {
    var files = [(destination.isOfTransformers ? "config.json" : "bert_config.json", Export.text(configuration))]
    if let told = tokenizer.configuration { files.append((TokenizerFile.configuration, Export.text(told))) }
    let vocabulary = model.vocabulary
    if let vocabulary, let told = tokenizer.configuration,
      let fast = FastTokenizer(vocabulary: vocabulary.bytes, configuration: told, beside: model.attachments)
    {
      files.append((TokenizerFile.fast, ByteView(Array(fast.json.indented.utf8))))
    }
    if let vocabulary { files.append((TokenizerFile.vocabulary, vocabulary.bytes)) }
    let taken = Set(
      files.map(\.0) + ["model.safetensors", "weights.h5", "weights.npz", "checkpoint", ExportRecord.name])
    for attached in model.attachments
    where attached.name != vocabulary?.name && !attached.isConfiguration && !isLeftBehind(attached) {
      let name = exportedName(of: attached)
      if !taken.contains(name), !name.hasPrefix("model.ckpt") { files.append((name, attached.bytes)) }
    }
    return files
  }

  /// A file of JSON as people read it.
  private static func text(_ json: JSON) -> ByteView { ByteView(Array((json.indented + "\n").utf8)) }
}

extension Export {
  /// Whether a companion is of no use beside these files: without its folders, sentence-transformers loads none of its own.
  func isLeftBehind(_ attached: Attachment) -> Bool {
    Companions.isOfSentenceTransformers(attached.name)
      || Companions.isNamed(attached.name) && !destination.isOfTransformers
  }
}

extension Transform {
  /// The transformed reading of a tensor; nil for a shape that the transform does not take.
  func reading(_ source: any TensorSource) -> (any TensorSource)? {
    switch self {
    case .transpose: source.transposed()
    case .reshape(let before, let after): source.shape == before ? source.reshaped(to: after) : nil
    }
  }
}
