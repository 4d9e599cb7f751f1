import Bytes
import Tensors

/// The sentences about a checkpoint that does not fit an architecture; they are made here and nowhere else.
struct PlanProblems {
  let architecture: Architecture
  let naming: Architecture.Naming
  /// The checkpoint.
  let file: String

  func repeated(_ source: SourceTensor) -> Problem {
    Problem(
      .mismatched, file: file, object: source.name, found: "a second tensor of this name",
      expected: "each name once")
  }

  /// - Parameter texts: What the names have in the place of the choice, at least two texts.
  func undecided(_ choice: Architecture.Pattern.Choice, texts: Set<[UInt8]>, row: Architecture.Row) -> Problem {
    let texts = texts.map { "\"\(String(decoding: $0, as: UTF8.self))\"" }.sorted()
    return Problem(
      .mismatched, file: file, object: row.tensor, found: "\(texts.joined(separator: " and ")) for \(choice.spelling)",
      expected: "the same in all names (\(architecture.place(row.line)))",
      advice: "The checkpoint holds more than one model, or parts of several")
  }

  func noCopy(
    _ copy: SourceTensor, of tensor: String, original: SourceTensor?, drop: Architecture.Drop
  ) -> Problem {
    Problem(
      .mismatched, file: file, object: copy.name, found: "\(copy.elementType) of shape \(copy.shape)",
      expected: (original.map { "a copy of \($0.name), \($0.elementType) of shape \($0.shape)" }
        ?? "the source of \(tensor) beside its copy") + " (\(architecture.place(drop.line)))")
  }

  func gap(in counter: String, indices: [Int]) -> Problem {
    Problem(
      .mismatched, file: file, found: "tensors for \(counter) = \(ranges(indices))",
      expected: "every number from 0 on", advice: "The checkpoint is incomplete, or cut from a larger one")
  }

  /// - Parameter name: The source's name as far as it is known.
  func missing(_ slot: Architecture.Slot, _ name: String, _ row: Architecture.Row, at indices: [Int]) -> Problem {
    var expected = name
    if let counter = slot.counter, !indices.isEmpty { expected += " for \(counter) = \(ranges(indices))" }
    return Problem(
      .mismatched, file: file, object: slot.name,
      found: "no source tensor" + (slot.group.map { ", though others of the group \($0) are there" } ?? ""),
      expected: "\(expected) (\(architecture.place(row.line)))")
  }

  func missing(group needed: String, for group: Architecture.Group) -> Problem {
    Problem(
      .mismatched, file: file, object: group.name, found: "this group of tensors without the group \(needed)",
      expected: "both (\(architecture.place(group.line)))")
  }

  func elementType(of source: SourceTensor) -> Problem {
    Problem(
      .mismatched, file: file, object: source.name, found: "elements of type \(source.elementType)",
      expected: "floating-point numbers")
  }

  /// - Parameter earlier: The sizes that disagree, each with the value that counts and who set it.
  func shape(
    of source: SourceTensor, expected shape: [Architecture.Extent], row: Architecture.Row,
    earlier: [(letter: String, size: SolvedSizes.Entry)] = []
  ) -> Problem {
    var expected = "[\(shape.map(\.description).joined(separator: ", "))]"
    for (number, (letter, size)) in earlier.enumerated() {
      expected += "\(number == 0 ? " with" : " and") \(letter) = \(size.value) as in \(size.source)"
    }
    return Problem(
      .mismatched, file: file, object: source.name, found: "the shape \(source.shape)",
      expected: "\(expected) (\(architecture.place(row.line)))")
  }

  func elementCount(of source: SourceTensor, canonical: [Int], row: Architecture.Row) -> Problem {
    Problem(
      .mismatched, file: file, object: source.name, found: "\(source.shape.elementCount) elements",
      expected: "as many as \(canonical) has (\(architecture.place(row.line)))")
  }

  func unsolved(_ slot: Architecture.Slot) -> Problem {
    Problem(
      .mismatched, file: file, object: slot.name, found: "no source that shows every size of its shape",
      expected: "[\(slot.shape.map(\.description).joined(separator: ", "))] (\(architecture.place(slot.line)))")
  }

  func missing(_ presence: Architecture.Presence) -> Problem {
    Problem(
      .mismatched, file: file, found: "nothing of the group \(presence.groups.joined(separator: " or "))",
      expected: "all of it, as in every file of \(naming.name) (\(architecture.place(presence.line)))")
  }

  func unequal(
    _ sizes: [(letter: String, size: SolvedSizes.Entry)], without group: Architecture.Group
  ) -> Problem {
    let claims = sizes.map { "\($0.letter) = \($0.size.value) as in \($0.size.source)" }
    return Problem(
      .mismatched, file: file, found: claims.joined(separator: " and "),
      expected: "one size, as there is no \(group.name) (\(architecture.place(group.line)))")
  }

  func again(_ source: SourceTensor, name: String) -> Problem {
    Problem(
      .mismatched, file: file, object: source.name,
      found: "a second tensor of the name \(name), which TensorFlow numbers",
      expected: "one, for \(architecture.name) has one",
      advice: "The blocks of such a model do not share their weights, and its checkpoint does not tell whose is whose: "
        + "convert what Keras itself saved")
  }

  func unmatched(_ source: SourceTensor, isExtra: Bool, isInBlock: Bool) -> Problem {
    let advice =
      isInBlock
      ? "It lies in a block, which computes something else without it: only if training alone used it, leave it out with "
        + "--extra drop"
      : "Say which head they are with --head, carry such tensors along with --extra keep, or leave them out with --extra drop"
    return Problem(
      .mismatched, file: file, object: source.name,
      found: "a tensor of shape \(source.shape) that is no part of \(architecture.name)",
      expected: "a name that \(naming.name) gives", advice: isExtra ? advice : nil,
      ways: !isExtra ? [] : (isInBlock ? ["drop"] : ["keep", "drop"]).map { [Remedy("--extra", $0)] })
  }
}

extension Architecture.Extent: CustomStringConvertible {
  /// The extent as a table spells it.
  public var description: String {
    switch self {
    case .size(let letter): letter
    case .literal(let number): "\(number)"
    }
  }
}

/// Ascending numbers with runs joined, cut short after a few: `0…3, 5`.
private func ranges(_ numbers: [Int]) -> String {
  var runs: [ClosedRange<Int>] = []
  for number in numbers {
    if let last = runs.last, last.upperBound + 1 == number {
      runs[runs.count - 1] = last.lowerBound...number
    } else {
      runs.append(number...number)
    }
  }
  let shown = runs.prefix(8).map { run in
    run.count == 1 ? "\(run.lowerBound)" : "\(run.lowerBound)…\(run.upperBound)"
  }
  return shown.joined(separator: ", ") + (runs.count > 8 ? " and more" : "")
}
