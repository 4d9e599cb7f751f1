import Bytes
import JSON
import Tensors

/// One naming tried on the tensors of one checkpoint: what it accounts for, and everything that does not fit.
struct Attempt {
  let architecture: Architecture
  let naming: Architecture.Naming
  /// What does not fit, leaving aside the sources that no row names.
  var problems: [Problem] = []
  /// The sources that no row names, as indices.
  var unmatched: [Int] = []
  var steps: [Plan.Step] = []
  var dropped: [(source: Int, drop: Architecture.Drop)] = []
  /// The sources beside the part that the user chose, as indices.
  var outside: [Int] = []
  /// The number of sources that training left beside the weights, whatever the naming.
  var trainingCount = 0
  var sizes = SolvedSizes()
  /// What the names of this checkpoint have in the place of each choice, by the choice's spelling.
  var chosen: [String: [UInt8]] = [:]

  let say: PlanProblems
  /// How the naming shares out sources.
  let sharings: [TensorPart.Sharing]
  /// The places of the naming's drops with `*`, which the index does not hold.
  let wildcardDrops: [Int]
  /// The canonical tensors that these files may hold, each with its row, in the order of the table.
  let slots: [(slot: Architecture.Slot, row: Architecture.Row, place: Int)]
  /// For each row of canonical tensors, its sources by the number in their names (0 where there is no counter).
  var filled: [String: [Int: SourceTensor]] = [:]
  /// For each counter, the numbers that occur, ascending.
  var counted: [String: [Int]] = [:]

  let names: SourceNames
  /// The naming, by its place in the index.
  let number: Int
  /// What stands before every name, beside what the naming itself leaves to choose.
  let beginning: [UInt8]
  /// What the names of the part begin with that the user chose; nil where nobody did.
  let part: [UInt8]?
  /// The choice of the naming of what stands before the names, which may be nothing.
  let prefixChoice: Architecture.Pattern.Choice?
  /// The rows that name sources behind the beginning, in the order of sources and rows.
  let finds: [SourceNames.Find]

  /// Matches names, then solves sizes, then writes the steps.
  ///
  /// - Parameters:
  ///   - number: The naming, by its place in the index of the names.
  ///   - beginning: What stands before every name and is no part of it.
  ///   - part: What the names of the part begin with that the user chose: other sources are left out by their word.
  init(
    _ number: Int, on names: SourceNames, of file: String, behind beginning: [UInt8] = [], part: [UInt8]? = nil
  ) {
    (architecture, naming) = names.index.namings[number]
    (self.names, self.number, self.beginning, self.part) = (names, number, beginning, part)
    let (architecture, naming) = (architecture, naming)
    sharings = naming.sharings
    wildcardDrops = naming.drops.indices.filter { naming.drops[$0].pattern.hasWildcard }
    say = PlanProblems(architecture: architecture, naming: naming, file: file)
    slots = architecture.tensors.compactMap { slot in
      naming.rows.firstIndex { $0.tensor == slot.name }.map { (slot, naming.rows[$0], $0) }
    }
    prefixChoice = naming.prefixChoice
    finds = Attempt.finds(of: number, on: names, behind: beginning, choice: prefixChoice)
    choose()
    match()
    count()
    fill()
    solve()
    copies()
    if problems.isEmpty { writeSteps() }
  }

  /// The tensors of the checkpoint, in its order.
  var sources: [SourceTensor] { names.sources }

  /// Architecture and naming as a user chooses them: `bert (google)`.
  var title: String { "\(architecture.name) (\(naming.name))" }

  /// The number of sources that a row of the naming names.
  var matchedCount: Int { concern - unmatched.count - trainingCount }

  /// The number of sources that the user's choice of a part does not leave out.
  var concern: Int { sources.count - outside.count }

  /// Whether the file itself calls weights as files of this naming do, in every way that the table knows of.
  var isWitnessed: Bool {
    !naming.witnesses.isEmpty
      && naming.witnesses.allSatisfy { witness in
        sources.contains { source in
          source.path?.hasSuffix(witness.ending) == true
            && ownName(of: source).flatMap { witness.pattern.match($0) }.map(agrees) == true
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

  /// What is wrong with sources that no row names, by their indices.
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
    let bytes = names.bytes[index]
    guard let line = bytes.lastIndex(of: UInt8(ascii: "_")), bytes.contains(UInt8(ascii: "/")) else { return nil }
    let (name, digits) = (Array(bytes[..<line]), bytes[(line + 1)...])
    guard let first = digits.first, first != UInt8(ascii: "0"),
      digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), row(of: name) != nil
    else { return nil }
    return say.again(sources[index], name: String(decoding: name, as: UTF8.self))
  }

  /// Whether the name of a tensor that no row names begins as those of a block do: a head stands beside the blocks.
  private func isInBlock(_ source: SourceTensor) -> Bool {
    guard let name = ownName(of: source) else { return false }
    return naming.rows.contains { $0.pattern.isBeginning(of: name) }
  }

  /// The plan, when nothing but extras is left over, or a head that is known.
  ///
  /// - Parameter configurations: Those beside the checkpoint, which may name the class that has the head.
  func plan(extras policy: ExtraPolicy, configurations: [JSON] = []) throws(Problems) -> Plan {
    let head = policy == .drop ? nil : head(configurations)
    let known = Set(head?.parts.map(\.source) ?? [])
    let unknown = unmatched.filter { !known.contains(sources[$0].name) }
    // A second tensor of a name is refused whatever the user says of extras.
    let refused = policy == .refuse || !problems.isEmpty ? problems(of: unknown) : unmatched.compactMap(second)
    if let problems = Problems(problems + refused) { throw problems }
    var left = outside.map { index in
      (
        index,
        Plan.Dropped(
          source: sources[index].name, tableLine: nil, copyOf: nil,
          reason: "no part of \(String(decoding: part ?? [], as: UTF8.self))")
      )
    }
    left += dropped.map { index, drop in
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
      architecture: architecture.name, revision: architecture.revision, naming: naming.name,
      prefix: String(decoding: prefix, as: UTF8.self), sizes: solved, groups: groups, steps: steps,
      dropped: left.sorted { $0.0 < $1.0 }.map(\.1),
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
  private func head(_ configurations: [JSON]) -> Plan.Head? {
    guard problems.isEmpty, !unmatched.isEmpty else { return nil }
    return architecture.head(
      among: unmatched.map { sources[$0] }, in: naming.name, sizes: solved, groups: groups,
      className: configurations.lazy.compactMap { $0["architectures"]?.elements?.first?.string }.first,
      behind: [String(decoding: beginning, as: UTF8.self)])
  }
}
