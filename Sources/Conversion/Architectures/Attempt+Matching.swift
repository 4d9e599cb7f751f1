import Bytes
import Tensors

/// How names find their rows.
extension Attempt {
  /// A source's name without what stands before all names; nil for one that does not begin so.
  func ownName(of source: SourceTensor) -> [UInt8]? {
    let name = Array(source.name.utf8)
    return name.starts(with: beginning) ? Array(name.dropFirst(beginning.count)) : nil
  }

  /// The rows that name sources behind the beginning.
  ///
  /// Where the beginning stands for a word that the naming expects there (`ernie.` for `bert.`), the names that never have the word
  /// are as they always are: `cls.predictions.bias`.
  static func finds(
    of number: Int, on names: SourceNames, behind beginning: [UInt8], choice: Architecture.Pattern.Choice?
  ) -> [SourceNames.Find] {
    let behind = names.finds(of: number, behind: beginning)
    guard let choice, choice.word != nil, !beginning.isEmpty,
      !behind.contains(where: { $0.hit.match.choices[choice.spelling]?.isEmpty == false })
    else { return behind }
    let naming = names.index.namings[number].naming
    let whole = names.finds(of: number, behind: []).filter { find in
      let place = find.hit.entry.place
      let pattern = find.hit.entry.kind == .row ? naming.rows[place].pattern : naming.drops[place].pattern
      return !pattern.choices.contains { $0.spelling == choice.spelling }
    }
    return (behind + whole).sorted { $0.source < $1.source }
  }

  /// What stands before the names, or nothing: a choice of two names is none.
  var prefix: [UInt8] { beginning + (prefixChoice.flatMap { chosen[$0.spelling] } ?? []) }

  /// The word that files of this naming have before the names and for which something else stands in this checkpoint: `bert.`.
  var replacedWord: [UInt8]? {
    guard let choice = prefixChoice, !beginning.isEmpty, chosen[choice.spelling]?.isEmpty == true else { return nil }
    return choice.word
  }

  /// Settles each choice of the naming by the first tensor of the table that shows it.
  mutating func choose() {
    guard slots.contains(where: { !$0.row.pattern.choices.isEmpty }) else { return }
    let finds = Dictionary(grouping: finds.filter { $0.hit.entry.kind == .row }, by: \.hit.entry.place)
    for (_, row, place) in slots where row.pattern.choices.contains(where: { chosen[$0.spelling] == nil }) {
      for choice in row.pattern.choices where chosen[choice.spelling] == nil {
        let texts = Set((finds[place] ?? []).compactMap { $0.hit.match.choices[choice.spelling] })
        if texts.count > 1 { problems.append(say.undecided(choice, texts: texts, row: row)) }
        chosen[choice.spelling] = texts.min { $0.lexicographicallyPrecedes($1) }
      }
    }
  }

  /// Whether a name takes the alternatives that the checkpoint takes.
  func agrees(_ match: Architecture.Pattern.Match) -> Bool {
    match.choices.allSatisfy { chosen[$0.key] == nil || chosen[$0.key] == $0.value }
  }

  /// Gives each source to the one row that names it.
  mutating func match() {
    if finds.isEmpty, sharings.isEmpty, wildcardDrops.isEmpty, part == nil {
      let unknown = names.unknown
      (unmatched, dropped, trainingCount) = (unknown.others, unknown.training, unknown.training.count)
      problems += unknown.repeated.map { say.repeated(sources[$0]) }
      return
    }
    var finds = finds[...]
    for (number, source) in sources.enumerated() {
      let own = finds.prefix { $0.source == number }
      finds = finds.dropFirst(own.count)
      if names.isRepeated[number] {
        problems.append(say.repeated(source))
      } else if let hit = own.first(where: { $0.hit.entry.kind == .row && agrees($0.hit.match) })?.hit {
        fill(hit, with: source)
      } else if let parts = parts(of: source) {
        for (hit, part) in parts { fill(hit, with: part) }
      } else if let drop = drop(of: number, among: own) {
        dropped.append((number, drop))
      } else if let drop = names.trainingDrop(of: number) {
        dropped.append((number, drop))
        trainingCount += 1
      } else if let part, !names.bytes[number].starts(with: part) {
        outside.append(number)
      } else {
        unmatched.append(number)
      }
    }
  }

  private mutating func fill(_ hit: NameIndex.Hit, with source: SourceTensor) {
    filled[naming.rows[hit.entry.place].tensor, default: [:]][hit.match.index ?? 0] = source
  }

  /// The first row of the naming that leaves a source out.
  private func drop(of source: Int, among finds: ArraySlice<SourceNames.Find>) -> Architecture.Drop? {
    var places = finds.filter { $0.hit.entry.kind == .drop && agrees($0.hit.match) }.map(\.hit.entry.place)
    if !wildcardDrops.isEmpty, let name = ownName(of: sources[source]) {
      places += wildcardDrops.prefix { $0 < places.min() ?? .max }.filter {
        naming.drops[$0].pattern.match(name) != nil
      }
    }
    return places.min().map { naming.drops[$0] }
  }

  /// The rows that share out a source, each with its part; nil where no row names one, or the source has no such parts.
  private func parts(of source: SourceTensor) -> [(hit: NameIndex.Hit, part: SourceTensor)]? {
    for sharing in sharings {
      let first = TensorPart(of: source.name, index: 0, sharing: sharing).address
      guard let shape = TensorPart.shape(of: source.shape, sharing), row(of: Array(first.utf8)) != nil,
        let addresses = TensorPart.addresses(of: source.name, sharing, in: source.shape)
      else { continue }
      var parts: [(NameIndex.Hit, SourceTensor)] = []
      for address in addresses {
        guard let hit = row(of: Array(address.utf8)) else { break }
        parts.append((hit, SourceTensor(name: address, elementType: source.elementType, shape: shape)))
      }
      if parts.count == addresses.count { return parts }
    }
    return nil
  }

  /// The row of an address that need not be a source's.
  func row(of address: [UInt8]) -> NameIndex.Hit? {
    names.rows(of: number, for: address, behind: beginning).first { agrees($0.match) }
  }

  /// Counts blocks, whose numbers must be 0…n−1.
  ///
  /// A number in a name never sets the length of a loop: the numbers that occur are counted, not counted up to.
  mutating func count() {
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
  mutating func fill() {
    let groups = Set(groups)
    for (slot, row, _) in slots where slot.group.map(groups.contains) ?? true {
      let sources = filled[slot.name] ?? [:]
      let wanted = slot.counter.map { counted[$0] ?? [] } ?? [0]
      let missing = wanted.filter { sources[$0] == nil }
      if !missing.isEmpty || wanted.isEmpty {
        let name = String(decoding: beginning, as: UTF8.self) + row.pattern.spelling(choosing: chosen)
        problems.append(say.missing(slot, name, row, at: missing))
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
