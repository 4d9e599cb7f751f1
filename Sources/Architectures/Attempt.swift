import Bytes
import JSON
import Tensors

/// One naming tried on the tensors of one checkpoint: what it accounts for, and everything that does not fit.
struct Attempt {
  let architecture: Architecture
  let naming: Architecture.Naming
  let sources: [SourceTensor]
  /// What does not fit, leaving aside the sources that no row names.
  private(set) var problems: [Problem] = []
  /// The sources that no row names, as indices.
  private(set) var unmatched: [Int] = []
  private(set) var steps: [Plan.Step] = []
  private(set) var dropped: [(source: Int, drop: Architecture.Drop)] = []
  /// The number of sources that training left beside the weights, whatever the naming.
  private var trainingCount = 0
  private(set) var sizes = SolvedSizes()
  /// What the names of this checkpoint have in the place of each choice, by the choice's spelling.
  private var chosen: [String: [UInt8]] = [:]

  private let say: PlanProblems
  /// How the naming shares out sources.
  private let sharings: [TensorPart.Sharing]
  /// The canonical tensors that these files may hold, each with its row, in the order of the table.
  private let slots: [(slot: Architecture.Slot, row: Architecture.Row)]
  /// For each row of canonical tensors, its sources by the number in their names (0 where there is no counter).
  private var filled: [String: [Int: SourceTensor]] = [:]
  /// For each counter, the numbers that occur, ascending.
  private var counted: [String: [Int]] = [:]

  /// Matches names, then solves sizes, then writes the steps.
  init(_ architecture: Architecture, _ naming: Architecture.Naming, on sources: [SourceTensor], of file: String) {
    self.architecture = architecture
    self.naming = naming
    self.sources = sources
    sharings = naming.sharings
    say = PlanProblems(architecture: architecture, naming: naming, file: file)
    slots = architecture.tensors.compactMap { slot in
      naming.rows.first { $0.tensor == slot.name }.map { (slot, $0) }
    }
    choose()
    match()
    count()
    fill()
    solve()
    copies()
    if problems.isEmpty { writeSteps() }
  }

  /// Architecture and naming as a user chooses them: `bert (google)`.
  var title: String { "\(architecture.name) (\(naming.name))" }

  /// The number of sources that a row of the naming names.
  var matchedCount: Int { sources.count - unmatched.count - trainingCount }

  /// Whether the file itself calls weights as files of this naming do, in every way that the table knows of.
  var isWitnessed: Bool {
    !naming.witnesses.isEmpty
      && naming.witnesses.allSatisfy { witness in
        sources.contains { source in
          source.path?.hasSuffix(witness.ending) == true
            && witness.pattern.match(Array(source.name.utf8)).map(agrees) == true
        }
      }
  }

  /// The optional groups that are there, in the order of the table.
  var groups: [String] {
    let present = Set(architecture.tensors.filter { filled[$0.name] != nil }.compactMap(\.group))
    return architecture.groups.map(\.name).filter(present.contains)
  }

  /// What is wrong when the unmatched sources count as extras that nobody allowed.
  var extraProblems: [Problem] { problems(of: unmatched) }

  private func problems(of unmatched: [Int]) -> [Problem] {
    unmatched.map { index in
      second(index)
        ?? say.unmatched(sources[index], isExtra: problems.isEmpty, isInBlock: isInBlock(sources[index]))
    }
  }

  /// What is wrong with a variable that bears a known name with a number behind it, as TensorFlow calls the second of a name.
  ///
  /// bert4keras saves the blocks of an `albert_unshared` under one name (`models.py:909-946`); no user's word makes that one block.
  private func second(_ index: Int) -> Problem? {
    let bytes = Array(sources[index].name.utf8)
    guard let line = bytes.lastIndex(of: UInt8(ascii: "_")), bytes.contains(UInt8(ascii: "/")) else { return nil }
    let (name, digits) = (Array(bytes[..<line]), bytes[(line + 1)...])
    guard let first = digits.first, first != UInt8(ascii: "0"),
      digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), row(of: name) != nil
    else { return nil }
    return say.again(sources[index], name: String(decoding: name, as: UTF8.self))
  }

  /// Whether the name of a tensor that no row names begins as those of a block do: a head stands beside the blocks.
  private func isInBlock(_ source: SourceTensor) -> Bool {
    let name = Array(source.name.utf8)
    return naming.rows.contains { $0.pattern.isBeginning(of: name) }
  }

  /// The plan, when nothing but extras is left over, or a head that is known.
  ///
  /// - Parameter configuration: The configuration beside the checkpoint, which may name the class that has the head.
  func plan(extras policy: ExtraPolicy, configuration: JSON? = nil) throws(Problems) -> Plan {
    let head = policy == .drop ? nil : head(configuration)
    let known = Set(head?.parts.map(\.source) ?? [])
    let unknown = unmatched.filter { !known.contains(sources[$0].name) }
    // A second tensor of a name is refused whatever the user says of extras.
    let refused = policy == .refuse || !problems.isEmpty ? problems(of: unknown) : unmatched.compactMap(second)
    if let problems = Problems(problems + refused) { throw problems }
    var left = dropped.map { index, drop in
      (
        index,
        Plan.Dropped(
          source: sources[index].name, tableLine: drop.line, copyOf: drop.copyOf.flatMap(original(of:))?.name,
          isSinusoid: drop.isSinusoid, reason: drop.reason)
      )
    }
    if policy == .drop {
      left += unmatched.map { index in
        (
          index,
          Plan.Dropped(
            source: sources[index].name, tableLine: nil, copyOf: nil, reason: "no part of \(architecture.name)")
        )
      }
    }
    return Plan(
      architecture: architecture.name, revision: architecture.revision, naming: naming.name, prefix: prefix,
      sizes: solved, groups: groups, steps: steps, dropped: left.sorted { $0.0 < $1.0 }.map(\.1),
      extras: unmatched.filter { policy == .keep || known.contains(sources[$0].name) }.map { index in
        let source = sources[index]
        return Plan.Extra(
          source: source.name, tensor: "extra.\(source.name)", elementType: source.elementType,
          shape: source.shape)
      }, head: head,
      unknownInBlocks: unmatched.map { sources[$0] }.filter(isInBlock).map(\.name))
  }
}

extension Attempt {
  /// The sizes that the shapes reveal, in the order of the table.
  private var solved: [Plan.Size] {
    architecture.sizes.compactMap { size in
      sizes.entries[size.letter].map { Plan.Size(letter: size.letter, name: size.name, value: $0.value) }
    }
  }

  /// What fine-tuning put on top, where names, shapes and configuration leave no doubt.
  private func head(_ configuration: JSON?) -> Plan.Head? {
    guard problems.isEmpty, !unmatched.isEmpty else { return nil }
    return architecture.head(
      among: unmatched.map { sources[$0] }, in: naming.name, sizes: solved, groups: groups,
      className: configuration?["architectures"]?.elements?.first?.string)
  }

  /// Settles each choice of the naming by the first tensor of the table that shows it.
  private mutating func choose() {
    let choices = naming.rows.flatMap(\.pattern.choices).map(\.spelling)
    guard !choices.isEmpty else { return }
    let names = sources.map { Array($0.name.utf8) }
    for (_, row) in slots where row.pattern.choices.contains(where: { chosen[$0.spelling] == nil }) {
      let found = names.compactMap { row.pattern.match($0)?.choices }
      for choice in row.pattern.choices where chosen[choice.spelling] == nil {
        let texts = Set(found.compactMap { $0[choice.spelling] })
        if texts.count > 1 { problems.append(say.undecided(choice, texts: texts, row: row)) }
        chosen[choice.spelling] = texts.min { $0.lexicographicallyPrecedes($1) }
      }
    }
  }

  /// What stands before the names, or nothing: a choice of two names is none.
  private var prefix: String {
    let choice = slots.lazy.compactMap { slot, row -> Architecture.Pattern.Choice? in
      guard case .choice(let choice) = row.pattern.parts.first, choice.alternatives.contains(.text([])) else {
        return nil
      }
      return choice
    }.first
    return choice.flatMap { chosen[$0.spelling] }.map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  /// Whether a name takes the alternatives that the checkpoint takes.
  private func agrees(_ match: Architecture.Pattern.Match) -> Bool {
    match.choices.allSatisfy { chosen[$0.key] == nil || chosen[$0.key] == $0.value }
  }

  /// Gives each source to the one row that names it.
  private mutating func match() {
    var seen: Set<[UInt8]> = []
    for (number, source) in sources.enumerated() {
      let name = Array(source.name.utf8)
      guard seen.insert(name).inserted else {
        problems.append(say.repeated(source))
        continue
      }
      if let (row, index) = row(of: name) {
        filled[row.tensor, default: [:]][index ?? 0] = source
      } else if let parts = parts(of: source) {
        for (row, index, part) in parts { filled[row.tensor, default: [:]][index ?? 0] = part }
      } else if let drop = naming.drops.first(where: { $0.pattern.match(name).map(agrees) == true }) {
        dropped.append((number, drop))
      } else if let drop = TrainingState.known.drop(of: name) {
        dropped.append((number, drop))
        trainingCount += 1
      } else {
        unmatched.append(number)
      }
    }
  }

  /// The rows that share out a source, each with its part; nil where no row names one, or the source has no such parts.
  private func parts(of source: SourceTensor) -> [(row: Architecture.Row, index: Int?, part: SourceTensor)]? {
    for sharing in sharings {
      guard let shape = TensorPart.shape(of: source.shape, sharing),
        let addresses = TensorPart.addresses(of: source.name, sharing, in: source.shape)
      else { continue }
      let parts = addresses.prefix { row(of: Array($0.utf8)) != nil }.compactMap { address in
        row(of: Array(address.utf8)).map { row, index in
          (row, index, SourceTensor(name: address, elementType: source.elementType, shape: shape))
        }
      }
      if parts.count == addresses.count { return parts }
    }
    return nil
  }

  private func row(of name: [UInt8]) -> (Architecture.Row, Int?)? {
    for row in naming.rows {
      if let match = row.pattern.match(name), agrees(match) { return (row, match.index) }
    }
    return nil
  }

  /// Counts blocks, whose numbers must be 0…n−1.
  ///
  /// A number in a name never sets the length of a loop: the numbers that occur are counted, not counted up to.
  private mutating func count() {
    var numbers: [String: Set<Int>] = [:]
    for slot in architecture.tensors {
      guard let counter = slot.counter, let sources = filled[slot.name] else { continue }
      numbers[counter, default: []].formUnion(sources.keys)
    }
    for size in architecture.sizes {
      guard let indices = numbers[size.letter]?.sorted(), let last = indices.last else { continue }
      counted[size.letter] = indices
      if last >= indices.count {
        problems.append(say.gap(in: size.letter, indices: indices))
      } else {
        _ = sizes.bind(size.letter, to: indices.count, by: "the number of \(size.name)")
      }
    }
  }

  /// Reports canonical tensors without a source.
  private mutating func fill() {
    let groups = Set(groups)
    for (slot, row) in slots where slot.group.map(groups.contains) ?? true {
      let sources = filled[slot.name] ?? [:]
      let wanted = slot.counter.map { counted[$0] ?? [] } ?? [0]
      let missing = wanted.filter { sources[$0] == nil }
      if !missing.isEmpty || wanted.isEmpty {
        problems.append(say.missing(slot, row.pattern.spelling(choosing: chosen), row, at: missing))
      }
    }
    for group in architecture.groups where groups.contains(group.name) {
      if let needed = group.needs, !groups.contains(needed) {
        problems.append(say.missing(group: needed, for: group))
      }
    }
    problems += naming.presences.filter { groups.isDisjoint(with: $0.groups) }.map(say.missing)
  }
}

extension Attempt {
  /// Solves the sizes from the shapes of all sources, in the order of the table.
  private mutating func solve() {
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
  private mutating func copies() {
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
  private func original(of tensor: String) -> SourceTensor? { filled[tensor]?[0] }

  private mutating func writeSteps() {
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
        for (slot, row) in run {
          guard let source = filled[slot.name]?[index] else { continue }
          body(&self, slot, row, source, counter == nil ? nil : index)
        }
      }
    }
  }
}
