/// The sections `head` and `heads`.
extension TableReader {
  /// Begins a kind of head: `head sequence of first by gelu-erf`.
  func head(_ arguments: [String], _ line: TableLine) -> Architecture.Head? {
    guard [3, 5].contains(arguments.count), arguments[1] == "of",
      let input = Architecture.Head.Input(rawValue: arguments[2])
    else { return nil }
    guard arguments.count == 3 || arguments[3] == "by" else { return nil }
    return Architecture.Head(
      kind: arguments[0], input: input, activation: arguments.count == 5 ? arguments[4] : nil, tensors: [],
      line: line.number)
  }

  /// Reads one tensor of a head; its shape may have `labels` for an extent.
  mutating func headSlot(_ line: TableLine) -> Architecture.Slot? {
    guard checkName(line.words[0], "a tensor", line) != nil else { return nil }
    let extents = line.words.dropFirst().map { $0 == "labels" ? Architecture.Head.labels : extent($0, line) }
    guard extents.allSatisfy({ $0 != nil }) else { return nil }
    return Architecture.Slot(
      name: line.words[0], counter: nil, shape: extents.compactMap(\.self), group: nil, line: line.number)
  }

  /// Reads the name that a family of files gives one tensor of a head.
  mutating func headRow(_ line: TableLine) -> Architecture.Row? {
    guard line.words.count >= 2, let pattern = Architecture.Pattern(line.words[1]),
      pattern.parts.count == 1, pattern.choices.isEmpty, pattern.counters.isEmpty, !pattern.hasWildcard
    else {
      form("TENSOR SOURCE [transpose]", line)
      return nil
    }
    let transforms = line.words.dropFirst(2).compactMap { transform($0, line) }
    return Architecture.Row(tensor: line.words[0], pattern: pattern, transforms: transforms, line: line.number)
  }
}
