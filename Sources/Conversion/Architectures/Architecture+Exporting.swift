import Bytes
import Tensors

extension Architecture {
  /// Plans the way back: the checkpoint of a naming that becomes a given model when it is converted.
  ///
  /// The tensors are named and shaped as the naming's rows say, read from right to left; where a row leaves a choice, the first
  /// alternative is taken. The plan that is returned is then made of that checkpoint in the ordinary way, so that
  /// ``Plan/Step/inverse`` of each step leads to a tensor that a conversion turns into the same canonical one. Its steps are in
  /// the order of the naming's rows, block by block.
  ///
  /// - Parameters:
  ///   - tensors: All tensors of the model by their canonical names, those of extras beginning with `extra.`.
  ///   - file: The model file, for messages.
  ///   - naming: The naming of the destination.
  ///   - extras: What happens to extras; those that are kept have their own names.
  ///   - head: The extras that are a head which the naming spells in its own way; they are kept unless all are dropped.
  ///   - alternatives: For choices of the naming, by their spelling, what is written in place of the first alternative.
  ///   - without: The optional groups of the model that are left out.
  /// - Throws: `Problems`: tensors that do not fit this architecture, or that the naming never holds; extras, unless they are
  ///   kept or dropped; groups that the model does not have, or without which others of it make no sense.
  package func plan(
    exporting tensors: [SourceTensor], of file: String, as naming: Naming, extras: ExtraPolicy = .refuse,
    head: [TranslatedTensor] = [], choosing alternatives: [String: String] = [:], without: [String] = []
  ) throws(Problems) -> Plan {
    let left = try self.tensors(tensors, without: without, of: file)
    let own = Attempt(0, on: SourceNames(left, in: NameIndex([(self, canonicalNaming)])), of: file)
    let model = try own.plan(extras: .keep)
    let translated = Dictionary(head.map { (Spelling($0.tensor), $0) }) { first, _ in first }
    var problems: [Problem] = []
    var sources: [(order: [Int], tensor: SourceTensor)] = []
    for step in model.steps {
      guard let slot = self.tensors.first(where: { $0.line == step.tableLine }) else { continue }
      guard let place = naming.rows.firstIndex(where: { $0.tensor == slot.name }) else {
        problems.append(ExportProblems.absent(step.tensor, of: slot.group, in: naming, of: self, file: file))
        continue
      }
      let row = naming.rows[place]
      let index = Pattern(slot.name)?.match(Array(step.tensor.utf8))?.index
      let extents = row.transforms.reversed().reduce(slot.shape) { $1.source(of: $0) }
      guard let shape = own.sizes.dimensions(of: extents).flatMap(Shape.init) else {
        problems.append(ExportProblems.unsolved(step.tensor, row: row, of: self, file: file))
        continue
      }
      sources.append(
        (
          [naming.runStart(of: place), index ?? 0, place],
          SourceTensor(
            name: row.pattern.name(at: index, choosing: alternatives), elementType: step.elementType, shape: shape)
        ))
    }
    for presence in naming.presences where Set(model.groups).isDisjoint(with: presence.groups) {
      problems.append(ExportProblems.needed(presence, in: naming, of: self, file: file))
    }
    for extra in model.extras where extras == .refuse && translated[Spelling(extra.source)] == nil {
      problems.append(ExportProblems.extra(extra, file: file))
    }
    if let problems = Problems(problems) { throw problems }
    var all = sources.sorted { $0.order.lexicographicallyPrecedes($1.order) }.map(\.tensor)
    let kept = model.extras.filter { extra in
      extras == .keep || (extras == .refuse && translated[Spelling(extra.source)] != nil)
    }
    all += kept.map { extra in
      let other = translated[Spelling(extra.source)]
      return SourceTensor(
        name: other?.name ?? Self.ownName(of: extra.source), elementType: extra.elementType,
        shape: other?.shape ?? extra.shape)
    }
    let order = Dictionary(uniqueKeysWithValues: all.enumerated().map { (Spelling($1.name), $0) })
    return try plan(for: all, of: file, naming: naming.name, extras: kept.isEmpty ? extras : .keep)
      .sorted { order[Spelling($0.source)] ?? 0 }
  }

  /// What a model file holds, by canonical names: sizes, groups and extras, the extras under the names of the model file.
  ///
  /// - Throws: `Problems`: tensors that do not fit this architecture.
  package func contents(of tensors: [SourceTensor], in file: String) throws(Problems) -> Plan {
    try Attempt(0, on: SourceNames(tensors, in: NameIndex([(self, canonicalNaming)])), of: file).plan(extras: .keep)
  }

  /// The optional groups that tensors of these canonical names belong to, in the order of the table.
  package func groups(ofTensors names: [String]) -> [String] {
    let present = Set(names.compactMap(group(ofTensor:)))
    return groups.map(\.name).filter(present.contains)
  }

  /// The optional group that a canonical tensor belongs to.
  package func group(ofTensor name: String) -> String? {
    tensors.first { $0.group != nil && Pattern($0.name)?.match(Array(name.utf8)) != nil }?.group
  }

  /// The tensors of a model that are not of these groups.
  private func tensors(
    _ tensors: [SourceTensor], without: [String], of file: String
  ) throws(Problems) -> [SourceTensor] {
    guard !without.isEmpty else { return tensors }
    let present = groups(ofTensors: tensors.map(\.name))
    var problems: [Problem] = []
    for name in Set(without).sorted() where !present.contains(name) {
      problems.append(ExportProblems.noPart(name, among: present, of: self, file: file))
    }
    for group in groups where present.contains(group.name) && !without.contains(group.name) {
      if let needed = group.needs, without.contains(needed) {
        problems.append(ExportProblems.neededPart(needed, by: group, of: self, file: file))
      }
    }
    if let problems = Problems(problems) { throw problems }
    return tensors.filter { tensor in group(ofTensor: tensor.name).map(without.contains) != true }
  }

  /// The model file's own naming: every canonical tensor under its canonical name.
  private var canonicalNaming: Naming {
    Naming(
      name: "ingot",
      rows: tensors.map { slot in
        Row(tensor: slot.name, pattern: Pattern(slot.name)!, transforms: [], line: slot.line)
      }, drops: [], absences: [], presences: [], keys: [], constants: [], line: 0)
  }

  /// The name that an extra of a model file had where it came from.
  package static func ownName(of tensor: String) -> String {
    let beginning = "extra."
    return tensor.hasPrefix(beginning) ? String(tensor.dropFirst(beginning.count)) : tensor
  }
}

extension Plan {
  /// The plan with its steps in another order.
  fileprivate func sorted(by place: (Step) -> Int) -> Plan {
    Plan(
      architecture: architecture, revision: revision, naming: naming, prefix: prefix, sizes: sizes, groups: groups,
      steps: steps.sorted { place($0) < place($1) }, dropped: dropped, extras: extras, head: head,
      unknownInBlocks: unknownInBlocks)
  }
}

extension Architecture.Naming {
  /// The first row of the rows around one that go block by block together with it.
  func runStart(of place: Int) -> Int {
    let counters = rows[place].pattern.counters
    var start = place
    while start > 0, rows[start - 1].pattern.counters == counters { start -= 1 }
    return counters.isEmpty ? place : start
  }
}

extension Architecture.Pattern {
  /// The name of one tensor, with the first alternative of every choice for which no other is given.
  package func name(at index: Int?, choosing alternatives: [String: String] = [:]) -> String {
    parts.map { part -> String in
      switch part {
      case .text(let bytes): return String(decoding: bytes, as: UTF8.self)
      case .counter(_, let width, let first):
        let digits = "\((index ?? 0) + first)"
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
      case .choice(let choice):
        if let other = alternatives[choice.spelling] { return other }
        guard case .text(let bytes) = choice.alternatives[0] else { return "" }
        return String(decoding: bytes, as: UTF8.self)
      case .anything: return ""
      }
    }.joined()
  }
}
