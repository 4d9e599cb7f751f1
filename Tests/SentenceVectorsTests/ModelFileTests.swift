import Bytes
import JSON
import ModelFiles
import SentenceVectors
import Tensors
import TestSupport
import Testing

/// What a model file says of vectors, written and read again, and what it cannot say.
@Suite("Settings of vectors in a model file") struct VectorSettingsFileTests {
  private let directory = try! TemporaryDirectory()
  private let whole = VectorSettings(
    pooling: .firstLastMean,
    layers: [
      VectorLayer(weight: [1, 2, 3, 4, 5, 6], bias: [7, 8, 9], activation: .tanh),
      VectorLayer(weight: [1, 0, 0], bias: [0], activation: .linear),
    ],
    whitening: Whitening(mean: [0.1], matrix: [3, 2]), components: 1, normalizes: true, maximumLength: 64)

  /// A model file of no tensors with these settings, changed before it is written.
  private func file(
    _ settings: VectorSettings?, _ change: (inout ModelContents) -> Void = { _ in }
  ) throws -> ModelFile {
    var contents = ModelContents(architecture: "bert", revision: .zero, settings: [:], tensors: [])
    settings?.store(in: &contents)
    change(&contents)
    let path = directory.path("a.ingot")
    try ModelWriter(creating: path, contents: contents, replacing: true).finish()
    return try ModelFile(mapping: path)
  }

  private func message(_ change: (inout ModelContents) -> Void) -> String? {
    do {
      _ = try VectorSettings(of: file(whole, change))
      return nil
    } catch {
      return (error as? Problem)?.description.replacing(directory.path("a.ingot"), with: "a.ingot")
    }
  }

  @Test("come back as they were, alone and in a copy")
  func roundTrip() throws {
    let file = try file(whole)
    #expect(try VectorSettings(of: file) == whole)
    #expect(
      file.vectors?.compact
        == #"{"pooling":"first-last-mean","layers":["tanh","linear"],"whitening":true,"components":1,"normalize":true,"#
        + #""maximum_length":64}"#)
    let copy = directory.path("b.ingot")
    try file.copy(to: copy) { _ in }
    #expect(try VectorSettings(of: ModelFile(mapping: copy)) == whole)
    try file.copy(to: copy, replacing: true) { VectorSettings(pooling: .max).store(in: &$0) }
    #expect(try ModelFile(mapping: copy).vectors?.compact == #"{"pooling":"max","normalize":false}"#)
    #expect(try VectorSettings(of: ModelFile(mapping: copy)) == VectorSettings(pooling: .max))
    #expect(try VectorSettings(of: self.file(nil)) == nil)
  }

  @Test("that are of no known meaning, or contradict their tensors, are told")
  func contradictions() {
    func set(_ name: String, _ value: JSON?) -> (inout ModelContents) -> Void {
      { contents in
        let members = contents.vectors!.members!.filter { $0.name != name }
        contents.vectors = .object(members + (value.map { [JSON.Member(name, $0)] } ?? []))
      }
    }
    #expect(
      message(set("pooling", "median"))
        == "a.ingot: unsupported in ingot.vectors, pooling: found \"median\", expected one of cls, pooler, mean, "
        + "first-last-mean, max.")
    #expect(
      message(set("pooling", nil)) == "a.ingot: damaged in ingot.vectors, pooling: found nothing, expected a word.")
    #expect(
      message(set("prefix", "query: "))
        == "a.ingot: unsupported in ingot.vectors, prefix: found a member of unknown meaning, expected one of lower, pooling, "
        + "layers, whitening, components, normalize, maximum_length.")
    #expect(
      message(set("layers", []))
        == "a.ingot: damaged in ingot.vectors, layers: found [], expected a list of activations, "
        + "or no such member.")
    #expect(
      message(set("layers", ["tanh"]))
        == "a.ingot: damaged in ingot.vectors, layer.1.bias: found a tensor of which the "
        + "settings say nothing, expected none.")
    #expect(
      message(set("layers", ["tanh", "linear", "tanh"]))
        == "a.ingot: damaged in ingot.vectors, layer.2.bias: found no such tensor, expected one.")
    #expect(
      message(set("whitening", false))
        == "a.ingot: damaged in ingot.vectors, whitening: found false, expected true, or no such member.")
    #expect(
      message(set("components", 0))
        == "a.ingot: damaged in ingot.vectors, components: found 0, expected a whole number of at least 1.")
    #expect(
      message(set("normalize", "yes"))
        == "a.ingot: damaged in ingot.vectors, normalize: found \"yes\", expected true or false.")
  }

  @Test("and tensors of another type, rank or number of rows are told")
  func shapes() {
    func replace(_ name: String, by tensor: Tensor) -> (inout ModelContents) -> Void {
      { contents in
        contents.vectorTensors = contents.vectorTensors.map { $0.name == name ? NamedTensor(name, tensor) : $0 }
      }
    }
    #expect(
      message(replace("whitening.mean", by: Tensor([1 as Float], shape: [1])!))
        == "a.ingot: damaged in ingot.vectors, whitening.mean: found float32 [1], expected float64 with 1 dimensions, none "
        + "of them 0.")
    #expect(
      message(replace("layer.0.weight", by: Tensor([1 as Float, 2], shape: [1, 2])!))
        == "a.ingot: damaged in ingot.vectors, layer.0.weight: found [1, 2], expected a row for each of [3].")
    #expect(
      message(replace("whitening.matrix", by: Tensor([Double](), shape: [0, 2])!))
        == "a.ingot: damaged in ingot.vectors, whitening.matrix: found float64 [0, 2], expected float64 with 2 dimensions, "
        + "none of them 0.")
    #expect(
      message { $0.vectors = nil }
        == "a.ingot: refused in the tensors of vectors: found \"layer.0.weight\", expected none without settings of vectors."
    )
  }
}
