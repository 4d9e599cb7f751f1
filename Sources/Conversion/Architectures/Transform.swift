import Tensors

/// What turns a source tensor into a canonical one, or back; it moves elements and never changes one.
public enum Transform: Hashable, Sendable {
  /// Exchanges the two extents of a matrix: `[in, out]` becomes `[out, in]`.
  case transpose
  /// Keeps the elements in their order and gives them another shape.
  case reshape(from: Shape, to: Shape)

  /// The transform that undoes this one.
  public var inverse: Transform {
    switch self {
    case .transpose: .transpose
    case .reshape(let source, let result): .reshape(from: result, to: source)
    }
  }

  /// The shape of the result; nil for a shape that this transform does not take.
  public func applied(to shape: Shape) -> Shape? {
    switch self {
    case .transpose: shape.rank == 2 ? Shape(shape.dimensions.reversed()) : nil
    case .reshape(let source, let result):
      shape == source && source.elementCount == result.elementCount ? result : nil
    }
  }
}

extension Transform: CustomStringConvertible {
  /// The transform as a plan prints it: `transpose`, `reshape [1, 768] to [768]`.
  public var description: String {
    switch self {
    case .transpose: "transpose"
    case .reshape(let source, let result): "reshape \(source) to \(result)"
    }
  }
}
