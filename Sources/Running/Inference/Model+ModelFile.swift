import Bytes
import Heads
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
  ///   ``init(weights:architecture:settings:)`` does.
  public init(_ file: ModelFile) throws {
    try self.init(weights: file, architecture: file.architecture, settings: file.settings, head: HeadSettings(of: file))
  }

  /// The architectures that this runtime computes, by the names that model files bear.
  public static var architectures: [String] { Design.all.map(\.name) }
}
