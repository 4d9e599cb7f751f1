import Bytes
import JSON
import ModelFiles
import Tensors

extension ModelFile: WeightStore {
  /// The path, for messages.
  public var file: String { path }

  /// The names of the model's own tensors.
  public var names: [String] { tensors.map(\.name) }

  /// One of the model's own tensors, over the mapped bytes.
  public func weight(_ name: String) -> Tensor? { tensor(name) }
}

extension Model {
  /// Makes a model of a mapped model file, without reading its weights.
  ///
  /// - Throws: `Problem` of kind *unsupported* for an architecture that this runtime does not compute, *mismatched* as
  ///   ``init(weights:settings:)`` does and when a setting is missing or unknown.
  public init(_ file: ModelFile) throws {
    guard file.architecture == "bert" else {
      throw Problem(
        .unsupported, file: file.path, found: "the architecture \(file.architecture)", expected: "bert",
        advice: "Its tensors can be inspected and verified against their source, but not run")
    }
    try self.init(weights: file, settings: Settings(file.settings, of: file.path))
  }
}

extension Settings {
  /// Reads the settings of a model file.
  fileprivate init(_ json: JSON, of file: String) throws {
    func problem(_ name: String, _ expected: String) -> Problem {
      Problem(
        .mismatched, file: file, object: "the setting \(name)", found: json[name]?.compact ?? "no value",
        expected: expected)
    }
    func word<Choice: RawRepresentable & CaseIterable>(_ name: String, _ type: Choice.Type) throws -> Choice
    where Choice.RawValue == String {
      guard let choice = json[name]?.string.flatMap(Choice.init) else {
        throw problem(name, "one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      return choice
    }
    guard let heads = json["heads"]?.integer else { throw problem("heads", "a whole number") }
    guard let epsilon = json["epsilon"]?.double else { throw problem("epsilon", "a number") }
    self.init(
      heads: heads, epsilon: epsilon, activation: try word("activation", Activation.self),
      mask: try word("mask", AttentionMask.self), poolerActivation: try word("pooler.activation", Activation.self))
  }
}
