import JSON

/// The namings that may be those of a checkpoint, tried on its names.
struct Planning {
  let names: SourceNames
  /// The namings that are tried, by their places in the index.
  let numbers: [Int]
  /// The checkpoint, for messages.
  let file: String
  /// What the configurations beside it say.
  let configurations: [JSON]

  /// Looks up all names.
  ///
  /// - Parameter naming: The only naming to be tried; nil for all.
  init(
    of sources: [SourceTensor], in file: String, among architectures: [Architecture], naming: String? = nil,
    configurations: [JSON] = []
  ) {
    (self.file, self.configurations) = (file, configurations)
    let isKnown = architectures.map(\.revision) == Architecture.all.map(\.revision)
    names = SourceNames(sources, in: isKnown ? .known : NameIndex(architectures))
    let namings = names.index.namings
    numbers = namings.indices.filter { naming == nil || namings[$0].naming.name == naming }
  }

  /// The plan of the one model that the checkpoint holds.
  func plan(extras: ExtraPolicy) throws(Problems) -> Plan {
    let attempts = numbers.map { Attempt($0, on: names, of: file) }
    let fitting = chosen(among: attempts.filter { $0.problems.isEmpty })
    if fitting.count > 1 { throw Problems(PlanProblems.severalFit(fitting, file: file)) }
    if let attempt = fitting.first {
      // What is left over may be another model; where nothing is, there is none.
      return try plan(attempt, parts: attempt.isAlone ? [] : parts(beside: attempt, among: attempts), extras: extras)
    }
    let prefixed = prefixed()
    // Only where the naming's own word is there, or none is usual, do the names themselves say what the model is.
    let own = models(among: prefixed.filter { $0.replacedWord == nil })
    if let fitting = own.values.first, own.count == 1 {
      guard fitting.count == 1 else { throw Problems(PlanProblems.severalFit(fitting, file: file)) }
      return try plan(fitting[0], parts: parts(among: prefixed), extras: extras)
    }
    let parts = parts(among: prefixed)
    if parts.count > 1 { throw Problems(PlanProblems.severalModels(parts, file: file)) }
    throw problems(of: attempts + prefixed)
  }

  /// The plan of the part that the user chose.
  func plan(part prefix: String, extras: ExtraPolicy) throws(Problems) -> Plan {
    guard let part = Architecture.part(prefix, of: names.sources.map(\.name)).map({ Array($0.utf8) }) else {
      let parts = parts(among: numbers.map { Attempt($0, on: names, of: file) } + prefixed())
      throw Problems(PlanProblems.noPart(prefix, parts: parts, names: names, file: file))
    }
    let own = numbers.filter { names.index.namings[$0].naming.ownPrefix == part }
    let attempts =
      numbers.map { Attempt($0, on: names, of: file, behind: part, part: part) }
      + own.map { Attempt($0, on: names, of: file, part: part) }
    let fitting = chosen(among: attempts.filter { $0.problems.isEmpty })
    if fitting.count > 1 { throw Problems(PlanProblems.severalFit(fitting, file: file)) }
    guard let attempt = fitting.first else { throw problems(of: attempts) }
    return try plan(attempt, parts: parts(among: attempts + prefixed()), extras: extras)
  }

  /// - Throws: `Problems`, also where what is left over is another model, and the user said nothing of it.
  private func plan(_ attempt: Attempt, parts: [Plan.Part], extras: ExtraPolicy) throws(Problems) -> Plan {
    if extras == .refuse, attempt.part == nil, !attempt.unmatched.isEmpty, parts.count > 1 {
      throw Problems(PlanProblems.severalModels(parts, file: file))
    }
    var plan = try attempt.plan(extras: extras, configurations: configurations)
    if parts.count > 1 { plan.parts = parts }
    return plan
  }
}

extension Planning {
  /// How many beginnings of names are tried, and how many namings behind each.
  private static let (mostPrefixes, mostNamings) = (8, 8)

  /// The namings tried behind beginnings, those behind which most names are known.
  private func prefixed() -> [Attempt] {
    let allowed = Set(numbers)
    let known = names.prefixes().filter { allowed.contains($0.naming) }
    var prefixes: [[UInt8]] = []
    for candidate in known where !prefixes.contains(candidate.prefix) {
      prefixes.append(candidate.prefix)
      if prefixes.count == Self.mostPrefixes { break }
    }
    return prefixes.flatMap { prefix in
      let namings = known.filter { $0.prefix == prefix }
      return namings.prefix(Self.mostNamings).filter { 2 * $0.count >= namings[0].count }
        // The naming's own word is no beginning beside it.
        .filter { names.index.namings[$0.naming].naming.prefixChoice?.word != prefix }
        .map { Attempt($0.naming, on: names, of: file, behind: prefix) }
    }
  }

  /// Of attempts that fit those that stand before the others; several where nothing decides.
  private func chosen(among attempts: [Attempt]) -> [Attempt] {
    func narrowed(_ attempts: [Attempt], _ choose: (Attempt) -> Bool) -> [Attempt] {
      guard attempts.count > 1 else { return attempts }
      let chosen = attempts.filter(choose)
      return chosen.isEmpty ? attempts : chosen
    }
    // What the files say counts before what tables say of each other.
    return narrowed(preceding([witnessed, affirmed].reduce(closest(attempts), narrowed)), worded)
  }

  /// The attempts than which no other leaves over strictly less.
  private func closest(_ attempts: [Attempt]) -> [Attempt] {
    let left = attempts.map { Set($0.unmatched + $0.outside) }
    return attempts.indices.filter { one in
      !attempts.indices.contains { other in left[other].isStrictSubset(of: left[one]) }
    }.map { attempts[$0] }
  }

  /// The attempts before which no other stands by the word of its own table.
  private func preceding(_ attempts: [Attempt]) -> [Attempt] {
    attempts.filter { attempt in
      !attempt.naming.precedences.contains { first in
        attempts.contains { $0.architecture.name == first.architecture && $0.naming.name == first.naming }
      }
    }
  }

  /// Whether the file itself bears witness of a naming.
  private func witnessed(_ attempt: Attempt) -> Bool { attempt.isWitnessed }

  /// Whether a configuration names the kind of model that a naming's classes load, or says `true` to what only its table demands.
  private func affirmed(_ attempt: Attempt) -> Bool {
    configurations.contains { configuration in
      attempt.naming.demands.contains { $0.values == [.bool(true)] && configuration[$0.member] == true }
        || attempt.architecture.classes.contains { classes in
          attempt.naming.name.hasPrefix(classes.naming) && configuration["model_type"] == .string(classes.modelType)
        }
    }
  }

  /// Whether the beginning that was chosen ends with the naming's own word, as `model.bert.` does.
  private func worded(_ attempt: Attempt) -> Bool {
    attempt.replacedWord.map { attempt.beginning.suffix($0.count).elementsEqual($0) } ?? false
  }

  /// Why nothing fits: the differences from the nearest naming.
  private func problems(of attempts: [Attempt]) -> Problems {
    let sorted = attempts.sorted(by: isNearer)
    let nearest = sorted[0]
    if numbers.count == 1, nearest.matchedCount > 0, nearest.beginning.isEmpty || nearest.part != nil {
      do throws(Problems) { _ = try nearest.plan(extras: .refuse, configurations: configurations) } catch {
        return error
      }
    }
    let ties = sorted.filter { $0.matchedCount == nearest.matchedCount && nearest.matchedCount > 0 }
    let heading = PlanProblems.nothingFits(nearest: nearest, ties: ties, file: file)
    // Of a model that is mostly unknown, every difference from any table is long and says little.
    let isNear = nearest.matchedCount > 0 && nearest.matchedCount * 2 >= nearest.concern
    let details =
      isNear
      ? nearest.problems + nearest.extraProblems
      : sorted.filter { $0.matchedCount > 0 }.prefix(3).map { PlanProblems.distant($0, file: file) }
    return Problems([heading] + details) ?? Problems(heading)
  }

  /// The attempt whose differences are worth showing knows the most names and, among those, has the fewest problems.
  private func isNearer(_ one: Attempt, _ other: Attempt) -> Bool {
    (-one.matchedCount, one.problems.count) < (-other.matchedCount, other.problems.count)
  }

  /// The attempts that fit and stand before others, by what the names of their models begin with.
  private func models(among attempts: [Attempt]) -> [[UInt8]: [Attempt]] {
    let fitting = Dictionary(grouping: attempts.filter { $0.problems.isEmpty }, by: \.partName)
    // What is known behind `model.bert.` is known behind `model.`, where `bert.` is the naming's own.
    let own = fitting.filter { name, _ in
      !fitting.keys.contains { !$0.isEmpty && $0.count < name.count && name.starts(with: $0) }
    }
    return own.mapValues { attempts in
      var seen: Set<Int> = []
      return chosen(among: attempts.filter { seen.insert($0.number).inserted })
    }
  }

  /// The model that was chosen, and others that account for something that it leaves over.
  private func parts(beside chosen: Attempt, among attempts: [Attempt]) -> [Plan.Part] {
    let left = Set(chosen.leftOver)
    return parts(among: [chosen] + (attempts + prefixed()).filter { !left.isSubset(of: Set($0.leftOver)) })
  }

  /// The models in the checkpoint, in the order in which it comes to them.
  private func parts(among attempts: [Attempt]) -> [Plan.Part] {
    let parts = models(among: attempts).map { name, attempts in
      let members = names.bytes.indices.filter { names.bytes[$0].starts(with: name) }
      return (
        members.first ?? .max,
        Plan.Part(
          prefix: String(decoding: name, as: UTF8.self),
          tensorCount: name.isEmpty ? attempts[0].matchedCount : members.count, titles: attempts.map(\.title))
      )
    }
    return parts.sorted { ($0.0, $0.1.prefix.utf8.count) < ($1.0, $1.1.prefix.utf8.count) }.map(\.1)
  }
}

extension Attempt {
  /// The sources that no tensor of the architecture comes from, as indices.
  fileprivate var leftOver: [Int] { unmatched + outside + dropped.map(\.source) }

  /// Whether every source that is left over is the state of a training.
  fileprivate var isAlone: Bool { unmatched.isEmpty && dropped.count == trainingCount }

  /// What the names of this model begin with, as the user may choose it.
  fileprivate var partName: [UInt8] {
    if !beginning.isEmpty { return beginning }
    return prefix.isEmpty ? naming.ownPrefix ?? [] : prefix
  }
}
