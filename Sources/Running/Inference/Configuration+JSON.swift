import Bytes
import JSON

extension Configuration {
  /// Reads the settings of a model file.
  ///
  /// - Parameters:
  ///   - mask: The mask that the architecture always has; nil when a setting says.
  ///   - hasHeads: Whether a setting tells the number of heads; else a weight does.
  ///   - hasPooler: Whether the model has a pooler, whose activation then must be there.
  /// - Throws: `Problem` of kind *mismatched* for a setting that is missing, none that can be, or unknown.
  init(_ json: JSON, mask: AttentionMask?, hasHeads: Bool, hasPooler: Bool, of file: String) throws {
    var settings = SettingsReader(json, file: file)
    self.init(
      heads: hasHeads ? try settings.integer("heads") : nil,
      epsilon: try settings.number(json["embedding.epsilon"] == nil ? "epsilon" : "embedding.epsilon"),
      activation: try settings.word("activation", Activation.self),
      mask: try mask ?? settings.word("mask", AttentionMask.self))
    if hasPooler || json["pooler.activation"] != nil {
      poolerActivation = try settings.word("pooler.activation", Activation.self)
    }
    blockEpsilon = try settings.number(ifPresent: "block.epsilon")
    vocabularyEpsilon = try settings.number(ifPresent: "mlm.epsilon")
    paddingToken = try settings.integer(ifPresent: "padding")
    blocks = try settings.integer(ifPresent: "blocks")
    relativeDistance = try settings.wholeNumber(ifPresent: "relative.distance")
    if json["attention.normalization"] != nil {
      attentionNormalization = try settings.word("attention.normalization", AttentionNormalization.self)
    }
    if json["relative.terms"] != nil { relativeTerms = try settings.word("relative.terms", RelativeTerms.self) }
    relativeBuckets = try settings.wholeNumber(ifPresent: "relative.buckets")
    sharesRelativeProjections = try settings.truth(ifPresent: "relative.shared") ?? false
    if json["relative.norm"] != nil {
      normalizesRelative = try settings.word("relative.norm", RelativeNorm.self) == .layer
    }
    length = try settings.integer(ifPresent: "length")
    if json["convolution.activation"] != nil {
      convolutionActivation = try settings.word("convolution.activation", Activation.self)
    }
    embeddingHasPositions = try settings.truth(ifPresent: "embedding.position") ?? true
    zeroIsPadding = try settings.truth(ifPresent: "padding.zero") ?? true
    coarseness = try settings.number(ifPresent: "hierarchical") ?? 0
    sharesSegments = try settings.truth(ifPresent: "segment.shared") ?? false
    if json["condition.activation"] != nil {
      conditionActivation = try settings.word("condition.activation", Activation.self)
    }
    addsPreviousScores = try settings.truth(ifPresent: "attention.residual") ?? false
    scalesScores = try settings.truth(ifPresent: "attention.scaled") ?? true
    scalesScoresByDepth = try settings.truth(ifPresent: "attention.by-depth") ?? false
    crossHasPositions = try settings.truth(ifPresent: "cross.position") ?? true
    scalesOutput = try settings.truth(ifPresent: "lm.scaled") ?? true
    tiesOutput = try settings.truth(ifPresent: "lm.tied") ?? false
    try settings.finish()
  }
}

/// What the setting `relative.norm` says.
private enum RelativeNorm: String, CaseIterable {
  case none, layer
}

/// The settings of a model file, each read by name; none may be left over.
private struct SettingsReader {
  private let json: JSON
  private let file: String
  private var unread: Set<String>

  init(_ json: JSON, file: String) {
    self.json = json
    self.file = file
    unread = Set((json.members ?? []).map(\.name))
  }

  mutating func integer(_ name: String) throws -> Int {
    unread.remove(name)
    guard let value = json[name]?.integer else { throw problem(name, "a whole number") }
    return value
  }

  mutating func number(_ name: String) throws -> Double {
    unread.remove(name)
    guard let value = json[name]?.double else { throw problem(name, "a number") }
    return value
  }

  mutating func word<Choice: RawRepresentable & CaseIterable>(_ name: String, _ type: Choice.Type) throws -> Choice
  where Choice.RawValue == String {
    unread.remove(name)
    guard let choice = json[name]?.string.flatMap(Choice.init) else {
      throw problem(name, "one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return choice
  }

  mutating func truth(_ name: String) throws -> Bool {
    unread.remove(name)
    guard let value = json[name]?.bool else { throw problem(name, "true or false") }
    return value
  }

  mutating func truth(ifPresent name: String) throws -> Bool? {
    json[name] == nil ? nil : try truth(name)
  }

  mutating func integer(ifPresent name: String) throws -> Int? {
    json[name] == nil ? nil : try integer(name)
  }

  /// A whole number that a table may also spell `4.0`.
  mutating func wholeNumber(ifPresent name: String) throws -> Int? {
    guard let number = try number(ifPresent: name) else { return nil }
    guard let integer = Int(exactly: number) else { throw problem(name, "a whole number") }
    return integer
  }

  mutating func number(ifPresent name: String) throws -> Double? {
    json[name] == nil ? nil : try number(name)
  }

  /// Checks that every setting was read.
  func finish() throws {
    guard let name = unread.min() else { return }
    throw problem(name, "no such setting in this architecture")
  }

  private func problem(_ name: String, _ expected: String) -> Problem {
    Problem(
      .mismatched, file: file, object: "the setting \(name)", found: json[name]?.compact ?? "no value",
      expected: expected)
  }
}
