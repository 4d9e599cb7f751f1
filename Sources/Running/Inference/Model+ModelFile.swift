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
  ///   ``init(weights:configuration:)`` does and when a setting is missing or unknown.
  public init(_ file: ModelFile) throws {
    guard let blueprint = Blueprint(named: file.architecture) else {
      throw Problem(
        .unsupported, file: file.path, found: "the architecture \(file.architecture)",
        expected: Model.architectures.joined(separator: ", "),
        advice: "Its tensors can be inspected and verified against their source, but not run")
    }
    let configuration = try Configuration(
      file.settings, mask: blueprint.mask, hasHeads: blueprint.hasHeadSetting,
      hasPooler: file.weight("pooler.weight") != nil, of: file.path)
    try self.init(weights: file, blueprint: blueprint, configuration: configuration)
  }

  /// The architectures that this runtime computes, by the names that model files bear.
  public static var architectures: [String] { Blueprint.all.map(\.name) }
}
