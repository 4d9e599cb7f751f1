import Architectures
import Bytes
import Checkpoints
import Heads
import JSON
import ModelFiles
import SentenceVectors
import Synchronization
import Tensors

extension Conversion {
  /// What writing a model file brought to light.
  public struct Outcome: Sendable {
    /// The tensors that hold NaN or infinities, in the order of the plan.
    public var peculiar: [Peculiarity] = []
    /// The tensors that lost something to a narrower element type, in the order of the plan.
    public var narrowed: [Narrowing] = []
    /// The norms whose gamma looks like a beta and whose beta looks like a gamma, in the order of the plan.
    public var swappedNorms: [SwappedNorm] = []
  }

  /// A norm with a gamma near 0 and a beta near 1, which training hardly gives and swapped tensors do.
  public struct SwappedNorm: Hashable, Sendable {
    /// What the names of both begin with: `block.0.attention.norm`.
    public let norm: String
    /// The mean of gamma.
    public let gamma: Double
    /// The mean of beta.
    public let beta: Double
  }

  /// Values in a checkpoint that are carried over as they are and that no healthy weight has.
  public struct Peculiarity: Hashable, Sendable {
    /// The tensor's name in the model file.
    public let tensor: String
    /// How many of its values are no finite numbers.
    public let count: NonFiniteCount
  }

  /// What a narrower element type cost one tensor.
  public struct Narrowing: Hashable, Sendable {
    /// The tensor's name in the model file.
    public let tensor: String
    /// The error, and how many values became zero.
    public let cost: NarrowingCost
  }

  /// Writes the model file: every tensor read, transformed, digested and written in tiles.
  ///
  /// - Parameters:
  ///   - path: The model file's path; the file appears only when it is whole.
  ///   - replacing: Whether a file that has this name is replaced.
  ///   - probes: References to seal into the file.
  ///   - progress: Takes the number of bytes after each tile, on any thread.
  ///   - verify: Takes the complete model file before it has its name; when it throws, there will be no file.
  /// - Throws: `Problem` of kind *refused* when a value does not fit the narrower element type, and what
  ///   reading, writing and `verify` throw.
  public func write(
    to path: String, replacing: Bool = false, probes: [Probe] = [], progress: @Sendable (Int) -> Void = { _ in },
    verifying verify: (ModelFile) throws -> Void = { _ in }
  ) throws -> Outcome {
    try checkCopies()
    let source = source
    let kept = plan.steps.contains(where: \.keepsRows) ? keptTokens?.ids ?? [] : []
    var ledger = Ledger(of: plan, for: source, keeping: kept)
    ledger.namingBeforeExport = try told?.origin(beside: configurationPath)
    let tensors = try ledger.rows.map { row in
      try DerivedTensor(row, from: source, keeping: kept, as: options.elementType)
    }
    var contents = ModelContents(
      architecture: plan.architecture, revision: Digest(hexadecimal: plan.revision)!, settings: settings.json,
      assumed: settings.assumed.map(\.name), text: texts?.json,
      tensors: tensors.map { TensorDeclaration($0.name, $0.source.elementType, $0.source.shape) },
      attachments: try attachments(), ledger: ledger.json, probes: probes)
    if let told = toldVectors {
      (contents.vectors, contents.vectorTensors) = (told.settings, told.tensors)
    } else {
      vectors?.settings.store(in: &contents)
    }
    contents.head = head?.settings.json ?? toldHead
    let writer = try ModelWriter(creating: path, contents: contents, replacing: replacing)
    try writer.append(tensors.map { ($0.name, $0.source) }, progress: progress)
    try release.checkpoint.verifyMembers()
    let outcome = try outcome(of: tensors)
    try writer.finish { file in
      if told != nil {
        _ = try VectorSettings(of: file)
        _ = try HeadSettings(of: file)
      }
      try verify(file)
    }
    return outcome
  }

  private func outcome(of tensors: [DerivedTensor]) throws -> Outcome {
    var outcome = Outcome()
    for tensor in tensors {
      let count = tensor.watched.nonFinite
      if !count.isZero { outcome.peculiar.append(Peculiarity(tensor: tensor.name, count: count)) }
      if let narrowing = try tensor.converted?.narrowing(of: tensor.name, in: release.checkpoint.file, to: "Convert") {
        outcome.narrowed.append(narrowing)
      }
    }
    outcome.swappedNorms = swappedNorms(among: tensors)
    return outcome
  }

  /// A norm begins with gammas of 1 and betas of 0, and training does not take their means across.
  private func swappedNorms(among tensors: [DerivedTensor]) -> [SwappedNorm] {
    let tolerance = 0.3
    let betas = Dictionary(
      tensors.filter { $0.name.hasSuffix(".beta") }.map { (Spelling(String($0.name.dropLast(".beta".count))), $0) }
    ) { first, _ in first }
    return tensors.filter { $0.name.hasSuffix(".gamma") }.compactMap { tensor in
      let norm = String(tensor.name.dropLast(".gamma".count))
      guard let gamma = tensor.watched.mean, let beta = betas[Spelling(norm)]?.watched.mean else { return nil }
      guard abs(gamma) < tolerance, abs(beta - 1) < tolerance else { return nil }
      return SwappedNorm(norm: norm, gamma: gamma, beta: beta)
    }
  }

  /// The files beside the checkpoint, and the model's own description of its layers, under their bare names; a vocabulary of an
  /// unusual name is `vocab.txt`, so that it is found again.
  private func attachments() throws -> [Attachment] {
    var attachments = try [configurationPath].compactMap { $0 }.map {
      Attachment(Path($0).name, bytes: try ByteView(mapping: $0))
    }
    attachments += textFiles.map { Attachment($0.name, bytes: $0.bytes) }
    attachments += try release.companions.files.map { Attachment($0.name, bytes: try ByteView(mapping: $0.path)) }
    if let words = options.tokenizer["words"], let name = texts?.words {
      attachments.append(Attachment(name, bytes: try ByteView(mapping: words)))
    }
    if let description = release.checkpoint.modelConfiguration {
      attachments.append(Attachment("model_config.json", bytes: ByteView(Array(description.compact.utf8))))
    }
    return try told?.restored(attachments, beside: configurationPath) ?? attachments
  }
}

extension ConvertedTensor {
  /// What the conversion has cost, once the tensor has been read; nil for nothing.
  ///
  /// - Parameters:
  ///   - file: Where the values come from, for messages.
  ///   - verb: What the user did and can do otherwise, for messages.
  /// - Throws: `Problem` of kind *refused* when a value was beyond the range of the narrower type.
  func narrowing(of name: String, in file: String, to verb: String) throws -> Conversion.Narrowing? {
    guard !cost.isNothing else { return nil }
    guard cost.overflowed == 0 else {
      throw Problem(
        .refused, file: file, object: name,
        found: "\(cost.overflowed) \(cost.overflowed == 1 ? "value" : "values") beyond the range of \(elementType)",
        expected: "values that fit", advice: "\(verb) with --dtype bfloat16, which has the range of float32")
    }
    return Conversion.Narrowing(tensor: name, cost: cost)
  }
}

extension Architectures.Settings {
  /// The settings as a model file keeps them, without their origins.
  var json: JSON {
    .object(entries.map { JSON.Member($0.name, $0.value.json) })
  }
}

extension Architectures.Settings.Value {
  /// The value as JSON.
  public var json: JSON {
    switch self {
    case .integer(let value): .integer(value)
    case .number(let value): .double(value)
    case .boolean(let value): .bool(value)
    case .choice(let word): .string(word)
    }
  }
}
