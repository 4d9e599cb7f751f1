import Tensors

/// Named weights, wherever they lie; a mapped model file is the usual one.
public protocol WeightStore: Sendable {
  /// The name that problems show for the file.
  var file: String { get }
  /// The names of all weights; the runtime demands that it knows every one.
  var names: [String] { get }
  /// Returns a weight without reading its contents; nil when there is none of that name.
  func weight(_ name: String) -> Tensor?
}
