import Architectures
import Conversion
import Foundation
import Inference
import JSON
import ModelFiles
import TestSupport
import Testing
import Verification

/// A file of weights under `Tests/Fixtures` that converts to a model, and what the repository knows of it.
struct ModelFixture: CustomTestStringConvertible, Sendable {
  /// The folder, or the file where a folder holds several, under `Tests/Fixtures`.
  let path: String
  /// The script that made the weights, under `tools/fixtures`.
  let script: String

  var testDescription: String { path }

  private var place: String { Fixtures.root.appending(path: path).path }

  /// Every file of weights that a script of `writers.tsv` made, whether it converts or not.
  static let candidates: [ModelFixture] = {
    let scripts = Set(Writer.all.map(\.script))
    let topics = Set(scripts.map { String($0.prefix { $0 != "/" }) })
    let rows = topics.flatMap { topic in
      try! String(
        contentsOf: Fixtures.repository.appending(path: "tools/fixtures/\(topic)/MANIFEST.tsv"), encoding: .utf8
      ).split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
    }
    let found = rows.compactMap { row -> ModelFixture? in
      let script = String(row[2].dropFirst("tools/fixtures/".count))
      let file = String(row[1].dropFirst("Tests/Fixtures/".count))
      guard scripts.contains(script), isWeights(file) else { return nil }
      let folder = file.split(separator: "/").dropLast().joined(separator: "/")
      let isAlone = (try? Release(at: Fixtures.root.appending(path: folder).path)) != nil
      return ModelFixture(path: isAlone ? folder : file, script: script)
    }
    return Dictionary(found.map { ($0.path, $0) }) { first, _ in first }.values.sorted { $0.path < $1.path }
  }()

  private static func isWeights(_ file: String) -> Bool {
    let name = file.split(separator: "/").last!
    return ["h5", "safetensors", "bin", "index", "keras"].contains { name.hasSuffix(".\($0)") }
      || (name.hasSuffix(".npz") && !name.hasPrefix("reference."))
  }

  /// Whether anybody wrote its weights; PyTorch left room for those of this one, and nobody filled it.
  var holdsWeights: Bool { path != "PyTorch/bert/skip-data" }

  /// What a user says of it: the files of RoFormer and NEZHA look alike, or of an early ALBERT and a BERT of one block, and some settings leave no trace in files.
  private var options: Conversion.Options {
    let names = path.split(separator: "/").map(String.init)
    let choices = [
      "Trained/adam-roformer": "roformer", "Architectures/nezha-original": "nezha", "bert4keras/albert-0.4.6": "albert",
      "bert4keras/albert-0.5.7": "albert",
    ]
    var architecture = choices[path]
    var settings = RecordedModel(folder: Fixtures.root.appending(path: model ?? path)).settings
    if names.last == "checkpoint", let parent = Self.candidates.first(where: { $0.path == "\(names[0])/\(names[1])" }) {
      let plan = try? Conversion(planning: Release(at: parent.place), options: parent.options)
      architecture = plan?.architecture.name
      // Layers without weights, which a checkpoint does not name, tell Keras' file of the mask.
      settings["mask"] = plan?.settings["mask"]?.description
    }
    // The weights of this one lie beside those of the discriminator, whose configuration it is.
    let isGenerator = path == "Prefixes/electra-pretraining"
    if isGenerator { settings["heads"] = "2" }
    return Conversion.Options(
      architecture: architecture, prefix: isGenerator ? "generator" : nil, extras: .keep, settings: settings)
  }

  func plan() throws -> Conversion {
    try Conversion(planning: Release(at: place), options: options)
  }

  /// Models of which bert4keras leaves something out of checkpoints: what a condition does, the matrix before the head.
  private static func isIncomplete(_ model: String) -> Bool {
    model.contains("-conditional") || model == "roformer-v2-projected"
  }

  /// The folder whose references are those of this model: its own, or that of the model whose weights these are, too.
  private var model: String? {
    let names = path.split(separator: "/").map(String.init)
    if names.last == "checkpoint", Self.isIncomplete(names[1]) { return nil }
    let others = [
      "Keras3/bert4keras": "bert4keras/encoder", "PyTorch/bert-pretraining": "HuggingFace/bert-pretraining",
      "TensorFlow/bert4keras": "bert4keras/encoder", "TensorFlow/google": "bert4keras/encoder",
      "TensorFlow/google-trained": "bert4keras/encoder",
    ]
    let folder =
      switch names[0] {
      case "Saved": "Architectures/\(names[1].prefix { $0 != "." })"
      case "Trained": "Architectures/\(names[1].split(separator: "-").last!)"
      default: others[path] ?? (names.last == "checkpoint" ? "\(names[0])/\(names[1])" : path)
      }
    return RecordedModel(folder: Fixtures.folder(folder)).references.isEmpty ? nil : folder
  }

  /// Compares what the model computes with every reference that there is of it.
  func checks(of conversion: Conversion) throws -> [Evidence.Check] {
    let directory = try TemporaryDirectory()
    _ = try conversion.write(to: directory.path("model.ingot"))
    guard let model else { return [] }
    let runtime = try Model(ModelFile(mapping: directory.path("model.ingot")))
    var references = RecordedModel(folder: Fixtures.folder(model)).references
    // bert4keras computed in float64 with NEZHA's table in float32, as its HDF5 file holds it; checkpoints hold none.
    if path.hasPrefix("Architectures/nezha"), path.hasSuffix("checkpoint") { references.removeLast() }
    return try references.map { path in
      let reference = try Reference(opening: path)
      let comparison = try ReferenceComparison(of: runtime, with: reference)
      #expect(comparison.firstDivergence == nil, "\(path)")
      #expect(comparison.points.count == reference.batches.reduce(0) { $0 + $1.points.count })
      #expect(comparison.points.contains { $0.maximumError > 0 }, "two frameworks never round alike everywhere")
      let recorded = Set(comparison.points.map(\.point))
      #expect(recorded.isSubset(of: runtime.points.map(\.name)))
      let about = try #require(reference.about)
      return Evidence.Check(
        precision: try #require(about["precision"]?.string), recorded: recorded.count, points: runtime.points.count,
        recorder: try #require(Self.recorder(about)))
    }
  }

  /// The program that recorded a reference, as the reference says.
  private static func recorder(_ about: JSON) -> String? {
    guard let framework = about["framework"]?.string, let versions = about["versions"]?.members else { return nil }
    let titles = [("tensorflow", "TensorFlow"), ("torch", "PyTorch")]
    let own = versions.first { $0.name == framework }?.value.string.map { "\(framework) \($0)" } ?? framework
    let ground = titles.compactMap { key, title in
      versions.first { $0.name == key }?.value.string.map { "\(title) \($0.prefix { $0 != "+" })" }
    }
    return ([own] + ground).joined(separator: ", ")
  }

  /// The program that saved it.
  var writer: String? { Writer.of(self)?.description }
}

/// A line of `tools/fixtures/writers.tsv`: a script, a part of the paths of what it made in one environment, the environment, and the
/// programs that saved.
struct Writer: CustomStringConvertible {
  let script: String
  let part: String
  let environment: String
  let programs: [String]

  static let all: [Writer] = try! String(
    contentsOf: Fixtures.repository.appending(path: "tools/fixtures/writers.tsv"), encoding: .utf8
  ).split(separator: "\n").map { line in
    let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    return Writer(
      script: fields[0], part: fields[1], environment: fields[2],
      programs: fields[3].split(separator: ", ").map(String.init))
  }

  /// The first line that is about a fixture.
  static func of(_ fixture: ModelFixture) -> Writer? {
    all.first { $0.script == fixture.script && ($0.part.isEmpty || fixture.path.contains($0.part)) }
  }

  /// The pins of the environment, by package.
  private var pins: [String: String] {
    let file = Fixtures.repository.appending(path: "tools/fixtures/environments/\(environment).txt")
    let lines = try! String(contentsOf: file, encoding: .utf8).split(separator: "\n").filter { !$0.hasPrefix("#") }
    return Dictionary(
      lines.map { $0.split(separator: "==").map(String.init) }.filter { $0.count == 2 }.map { ($0[0], $0[1]) }
    ) { first, _ in first }
  }

  /// The programs with the versions that the environment pins; code that is no package has none.
  var description: String {
    let packages = [
      "TensorFlow": ["tensorflow", "tensorflow-cpu"], "PyTorch": ["torch"], "NumPy": ["numpy"],
      "google-research/bert": ["bert-tensorflow"], "google-research/albert": ["albert-tensorflow"],
      "microsoft/DeBERTa": ["DeBERTa"], "zihangdai/xlnet": ["xlnet-tensorflow"],
    ]
    return programs.map { program in
      let version = (packages[program] ?? [program]).compactMap { pins[$0] }.first
      return version.map { "\(program) \($0)" } ?? program
    }.joined(separator: ", ")
  }
}
