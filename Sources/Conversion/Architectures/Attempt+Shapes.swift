import Tensors

/// How shapes show sizes, and what becomes of each source.
extension Attempt {
  /// Solves the sizes from the shapes of all sources, in the order of the table.
  mutating func solve() {
    forEachFilled { attempt, slot, row, source, _ in attempt.solve(source, slot, row) }
    let groups = groups
    for group in architecture.groups where !groups.contains(group.name) {
      guard let letters = group.equalWhenAbsent else { continue }
      let bound = letters.compactMap { letter in sizes.entries[letter].map { (letter: letter, size: $0) } }
      if bound.count == 2, bound[0].size.value != bound[1].size.value {
        problems.append(say.unequal(bound, without: group))
      }
      for letter in letters where bound.count == 1 {
        _ = sizes.bind(letter, to: bound[0].size.value, by: bound[0].size.source)
      }
    }
  }

  private mutating func solve(_ source: SourceTensor, _ slot: Architecture.Slot, _ row: Architecture.Row) {
    if !source.elementType.isFloatingPoint { problems.append(say.elementType(of: source)) }
    let expected = row.transforms.reversed().reduce(slot.shape) { $1.source(of: $0) }
    guard source.shape.rank == expected.count, !source.shape.dimensions.contains(0) else {
      problems.append(say.shape(of: source, expected: expected, row: row))
      return
    }
    var earlier: [(letter: String, size: SolvedSizes.Entry)] = []
    var isWrong = false
    for (extent, value) in zip(expected, source.shape.dimensions) {
      switch extent {
      case .literal(let number): isWrong = isWrong || number != value
      case .size(let letter):
        guard let entry = sizes.bind(letter, to: value, by: source.name) else { continue }
        if !earlier.contains(where: { $0.letter == letter }) { earlier.append((letter, entry)) }
      }
    }
    if isWrong || !earlier.isEmpty {
      problems.append(say.shape(of: source, expected: expected, row: row, earlier: earlier))
    }
  }

  /// Holds what is left out as a second copy against what it copies, as far as shapes tell.
  mutating func copies() {
    for (index, drop) in dropped {
      guard let tensor = drop.copyOf else { continue }
      let copy = sources[index]
      let original = original(of: tensor)
      if original == nil || original?.shape != copy.shape || original?.elementType != copy.elementType {
        problems.append(say.noCopy(copy, of: tensor, original: original, drop: drop))
      }
    }
  }

  /// The source of a canonical tensor without a counter.
  func original(of tensor: String) -> SourceTensor? { filled[tensor]?[0] }

  mutating func writeSteps() {
    forEachFilled { attempt, slot, row, source, index in
      attempt.writeStep(source, slot, row, index)
    }
  }

  private mutating func writeStep(
    _ source: SourceTensor, _ slot: Architecture.Slot, _ row: Architecture.Row, _ index: Int?
  ) {
    guard let dimensions = sizes.dimensions(of: slot.shape) else {
      problems.append(say.unsolved(slot))
      return
    }
    guard let shape = Shape(dimensions), shape.elementCount == source.shape.elementCount else {
      problems.append(say.elementCount(of: source, canonical: dimensions, row: row))
      return
    }
    // The shapes between the transforms, from the canonical one back to the source's.
    var transforms: [Transform] = []
    var result = shape
    for transform in row.transforms.reversed() {
      switch transform {
      case .transpose:
        transforms.append(.transpose)
        result = Shape(result.dimensions.reversed()) ?? result
      case .reshape(let extents):
        guard let before = sizes.dimensions(of: extents).flatMap(Shape.init) else {
          problems.append(say.unsolved(slot))
          return
        }
        transforms.append(.reshape(from: before, to: result))
        result = before
      }
    }
    steps.append(
      Plan.Step(
        tensor: slot.name(at: index), source: source.name, transforms: transforms.reversed(),
        sourceShape: source.shape, shape: shape, elementType: source.elementType, tableLine: row.line))
  }

  /// Walks through the filled tensors in the order of the table, where neighbouring rows of one counter go block by block.
  private mutating func forEachFilled(
    _ body: (inout Attempt, Architecture.Slot, Architecture.Row, SourceTensor, Int?) -> Void
  ) {
    var rest = slots[...]
    while let counter = rest.first.map(\.slot.counter) {
      let run = rest.prefix { $0.slot.counter == counter }
      rest = rest.dropFirst(run.count)
      for index in counter.map({ counted[$0] ?? [] }) ?? [0] {
        for (slot, row, _) in run {
          guard let source = filled[slot.name]?[index] else { continue }
          body(&self, slot, row, source, counter == nil ? nil : index)
        }
      }
    }
  }
}
