import Bytes
import JSON
import ModelFiles
import Tensors

extension VectorSettings {
  /// Reads what a model file says of vectors (`Formats/ModelFile.md`, *Vectors*); nil where it says nothing.
  ///
  /// - Throws: `Problem` of kind *unsupported* for a pooling, an activation or a member of unknown meaning; *damaged* when a value, a
  ///   tensor or its shape cannot be.
  public init?(of file: ModelFile) throws {
    guard let json = file.vectors else { return nil }
    let reader = VectorReader(file, json)
    try reader.checkNames()
    lowersTexts = try reader.only(true, "lower")
    pooling = try reader.word("pooling")
    layers = try (json["layers"]?.elements ?? []).indices.map { try reader.layer($0) }
    whitening = try reader.only(true, "whitening") ? reader.whitening() : nil
    components = try reader.count("components")
    normalizes = try reader.truth("normalize")
    maximumLength = try reader.count("maximum_length")
    try reader.checkTensors(of: self)
  }

  /// Writes the settings into what a model file is made of, in the place of those that are there.
  public func store(in contents: inout ModelContents) {
    var members: [JSON.Member] = []
    if lowersTexts { members.append(JSON.Member("lower", true)) }
    members.append(JSON.Member("pooling", .string(pooling.rawValue)))
    if !layers.isEmpty {
      members.append(JSON.Member("layers", .array(layers.map { .string($0.activation.rawValue) })))
    }
    if whitening != nil { members.append(JSON.Member("whitening", true)) }
    if let components { members.append(JSON.Member("components", .integer(components))) }
    members.append(JSON.Member("normalize", .bool(normalizes)))
    if let maximumLength { members.append(JSON.Member("maximum_length", .integer(maximumLength))) }
    contents.vectors = .object(members)
    contents.vectorTensors = tensors
  }

  /// The tensors behind the settings, by their names in the file.
  var tensors: [NamedTensor] {
    var tensors: [NamedTensor] = []
    for (index, layer) in layers.enumerated() {
      let shape: Shape = [layer.width, layer.inputWidth]
      tensors.append(NamedTensor(VectorTensor.weight(ofLayer: index), Tensor(layer.weight, shape: shape)!))
      tensors.append(NamedTensor(VectorTensor.bias(ofLayer: index), Tensor(layer.bias, shape: [layer.width])!))
    }
    if let whitening {
      let shape: Shape = [whitening.inputWidth, whitening.width]
      tensors.append(NamedTensor(VectorTensor.mean, Tensor(whitening.mean, shape: [whitening.inputWidth])!))
      tensors.append(NamedTensor(VectorTensor.matrix, Tensor(whitening.matrix, shape: shape)!))
    }
    return tensors
  }
}

/// The names of the tensors behind the settings, without the prefix of the model file.
private enum VectorTensor {
  static let mean = "whitening.mean"
  static let matrix = "whitening.matrix"
  static func weight(ofLayer index: Int) -> String { "layer.\(index).weight" }
  static func bias(ofLayer index: Int) -> String { "layer.\(index).bias" }
}

/// The members and tensors of a model file that speak of vectors, each checked before it is believed.
private struct VectorReader {
  let file: ModelFile
  let json: JSON

  init(_ file: ModelFile, _ json: JSON) {
    self.file = file
    self.json = json
  }

  func problem(_ kind: Problem.Kind, _ object: String, _ found: String, _ expected: String) -> Problem {
    Problem(kind, file: file.path, object: "ingot.vectors, \(object)", found: found, expected: expected)
  }

  func checkNames() throws {
    let known = ["lower", "pooling", "layers", "whitening", "components", "normalize", "maximum_length"]
    if let stranger = json.members?.first(where: { !known.contains($0.name) }) {
      throw problem(
        .unsupported, stranger.name, "a member of unknown meaning", "one of \(known.joined(separator: ", "))")
    }
    if let layers = json["layers"], layers.elements?.isEmpty ?? true {
      throw problem(.damaged, "layers", layers.compact, "a list of activations, or no such member")
    }
  }

  func word<Word: RawRepresentable & CaseIterable>(_ name: String) throws -> Word where Word.RawValue == String {
    try word(json[name], name)
  }

  private func word<Word: RawRepresentable & CaseIterable>(_ value: JSON?, _ name: String) throws -> Word
  where Word.RawValue == String {
    guard let text = value?.string else { throw problem(.damaged, name, value?.compact ?? "nothing", "a word") }
    guard let word = Word(rawValue: text) else {
      throw problem(
        .unsupported, name, "\"\(text)\"", "one of \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return word
  }

  func truth(_ name: String) throws -> Bool {
    guard let value = json[name]?.bool else {
      throw problem(.damaged, name, json[name]?.compact ?? "nothing", "true or false")
    }
    return value
  }

  /// Whether a member is there, which has one value only.
  func only(_ value: JSON, _ name: String) throws -> Bool {
    guard let found = json[name] else { return false }
    guard found == value else { throw problem(.damaged, name, found.compact, "\(value.compact), or no such member") }
    return true
  }

  func count(_ name: String) throws -> Int? {
    guard let value = json[name] else { return nil }
    guard let count = value.integer, count > 0 else {
      throw problem(.damaged, name, value.compact, "a whole number of at least 1")
    }
    return count
  }

  func layer(_ index: Int) throws -> VectorLayer {
    let bias = try tensor(VectorTensor.bias(ofLayer: index), .float32, rank: 1)
    let weight = try tensor(VectorTensor.weight(ofLayer: index), .float32, rank: 2)
    guard weight.shape.dimensions[0] == bias.shape.dimensions[0] else {
      throw problem(.damaged, VectorTensor.weight(ofLayer: index), "\(weight.shape)", "a row for each of \(bias.shape)")
    }
    return VectorLayer(
      weight: try weight.floats(), bias: try bias.floats(),
      activation: try word(json["layers"]?.elements?[index], "layers"))
  }

  func whitening() throws -> Whitening {
    let mean = try tensor(VectorTensor.mean, .float64, rank: 1)
    let matrix = try tensor(VectorTensor.matrix, .float64, rank: 2)
    guard matrix.shape.dimensions[0] == mean.shape.dimensions[0] else {
      throw problem(.damaged, VectorTensor.matrix, "\(matrix.shape)", "a row for each of \(mean.shape)")
    }
    return Whitening(mean: try mean.doubles(), matrix: try matrix.doubles())
  }

  private func tensor(_ name: String, _ type: ElementType, rank: Int) throws -> Tensor {
    guard let tensor = file.vectorTensors.first(where: { Spelling($0.name) == Spelling(name) })?.tensor else {
      throw problem(.damaged, name, "no such tensor", "one")
    }
    guard tensor.elementType == type, tensor.shape.rank == rank, !tensor.shape.dimensions.contains(0) else {
      throw problem(
        .damaged, name, "\(tensor.elementType) \(tensor.shape)", "\(type) with \(rank) dimensions, none of them 0")
    }
    return tensor
  }

  /// Checks that no tensor is there of which the settings know nothing.
  func checkTensors(of settings: VectorSettings) throws {
    let known = Set(settings.tensors.map { Spelling($0.name) })
    if let stranger = file.vectorTensors.first(where: { !known.contains(Spelling($0.name)) }) {
      throw problem(.damaged, stranger.name, "a tensor of which the settings say nothing", "none")
    }
  }
}
