import Bytes
import Tensors

extension Model {
  /// The names of the position schemes that the model uses, as ``PositionEncoding/all`` lists them.
  public var positionEncodings: [String] {
    var names: [String] = []
    for name in [network.reader, network.stack].compactMap({ $0?.positions }).map(PositionEncoding.name) {
      if !names.contains(name) { names.append(name) }
    }
    return names
  }

  /// Looks at what the model's own weights say of positions: one figure for each stack that knows them.
  ///
  /// - Parameter length: How many positions to look at; fewer, where the model has fewer.
  /// - Throws: `Problem` of kind *damaged* when a figure has values that are no numbers, because weights are none.
  public func positionFigures(length: Int) throws -> [PositionFigure] {
    let figures = drawnPositions(length: length)
    guard figures.contains(where: { !$0.isFinite }), case let sick = try weightsOfNoNumbers(), !sick.isEmpty else {
      return figures
    }
    throw Problem(
      .damaged, file: store.file, object: sick[0].name, found: "\(sick[0].count)", expected: "numbers",
      advice: "Take a checkpoint that was saved before its training broke down")
  }

  private func drawnPositions(length: Int) -> [PositionFigure] {
    let stacks = [("encoder ", network.reader), (network.reader == nil ? "" : "decoder ", network.stack)]
    return stacks.compactMap { title, stack in
      guard let stack, let scheme = stack.positions, let attention = stack.attention else { return nil }
      let study = PositionStudy(
        length: min(length, scheme.limit ?? length), width: stack.embedding.features, heads: attention.heads,
        headWidth: attention.headWidth)
      return study.figure(
        of: scheme, title: title + PositionEncoding.name(of: scheme), weights: ", as the model has them")
    }
  }
}

extension Stack {
  /// The attention of the first block: its scheme, its heads, and how many features the queries of each have.
  fileprivate var attention: (positions: any PositionScheme, heads: Int, headWidth: Int)? {
    for function in (blocks.first?.sublayers ?? []).map(\.function) {
      switch function {
      case .attention(let attention):
        let dotProduct = attention.dotProduct
        return (dotProduct.positions, dotProduct.heads, attention.query.features / dotProduct.heads)
      case .gatedAttention(let unit):
        return (unit.dotProduct.positions, unit.dotProduct.heads, unit.query.gamma.shape.elementCount)
      case .crossAttention, .feedForward: continue
      }
    }
    return nil
  }

  /// The scheme by which the stack knows positions, wherever it acts; nil when it knows none.
  fileprivate var positions: (any PositionScheme)? {
    [embedding.positions, attention?.positions].compactMap { $0 }.first { !($0 is NoPositions) }
  }
}
