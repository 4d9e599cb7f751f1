import Bytes
import JSON

extension Architecture {
  /// Accounts for every tensor of a checkpoint under this architecture.
  ///
  /// - Parameters:
  ///   - sources: All tensors of the checkpoint, in its order.
  ///   - file: The checkpoint, for messages.
  ///   - naming: The naming to use; when nil, the one that accounts for everything.
  ///   - extras: What happens to tensors that are no part of the architecture once all of its own are there.
  /// - Throws: `Problems` with everything that does not fit.
  public func plan(
    for sources: [SourceTensor], of file: String, naming: String? = nil, extras: ExtraPolicy = .refuse
  ) throws(Problems) -> Plan {
    try Architecture.plan(for: sources, of: file, among: [self], naming: naming, extras: extras)
  }

  /// Finds the one architecture and naming that accounts for every tensor of a checkpoint, and plans with it.
  ///
  /// Nothing is guessed by score. Where several fit, one that leaves over less than another, and nothing that the other
  /// accounts for, stands before it; where two still fit, the file's own names of weights may bear witness to one of them
  /// (`? Embedding-Norm[0] gamma:0`), or a configuration say `true` to what only one demands (`! use_relative_position = true`), or else
  /// the user chooses; where none fits, the problems are the differences from the nearest.
  ///
  /// - Throws: `Problems` when none fits or more than one does, or when there are more tensors than ``largestTensorCount``.
  public static func plan(
    for sources: [SourceTensor], of file: String, among architectures: [Architecture] = all, naming: String? = nil,
    extras: ExtraPolicy = .refuse, configuration: JSON? = nil
  ) throws(Problems) -> Plan {
    guard sources.count <= largestTensorCount else {
      throw Problems(
        Problem(
          .refused, file: file, found: "\(sources.count) tensors", expected: "at most \(largestTensorCount), a model's")
      )
    }
    let attempts = architectures.flatMap { architecture in
      architecture.namings.filter { naming == nil || $0.name == naming }
        .map { Attempt(architecture, $0, on: sources, of: file) }
    }
    let fitting = affirmed(witnessed(closest(attempts.filter { $0.problems.isEmpty })), by: configuration)
    if fitting.count > 1 { throw Problems(PlanProblems.severalFit(fitting, file: file)) }
    if let attempt = fitting.first { return try attempt.plan(extras: extras, configuration: configuration) }
    guard let nearest = nearest(attempts) else {
      throw Problems(PlanProblems.unknown(naming: naming ?? "", among: architectures, file: file))
    }
    if attempts.count == 1, nearest.matchedCount > 0 {
      return try nearest.plan(extras: extras, configuration: configuration)
    }
    let heading = PlanProblems.nothingFits(nearest: nearest, file: file)
    // Of a model that is mostly unknown, every difference from any table is long and says little.
    let isNear = nearest.matchedCount > 0 && nearest.matchedCount * 2 >= sources.count
    let details =
      isNear
      ? nearest.problems + nearest.extraProblems
      : attempts.filter { $0.matchedCount > 0 }.sorted(by: isNearer).prefix(3).map {
        PlanProblems.distant($0, file: file)
      }
    throw Problems([heading] + details) ?? Problems(heading)
  }

  /// The most tensors of a checkpoint that are planned, far more than any model has, an optimizer's state included.
  public static let largestTensorCount = 50_000

  /// The attempts than which no other leaves over strictly less.
  private static func closest(_ attempts: [Attempt]) -> [Attempt] {
    let left = attempts.map { Set($0.unmatched) }
    return attempts.indices.filter { one in
      !attempts.indices.contains { other in left[other].isStrictSubset(of: left[one]) }
    }.map { attempts[$0] }
  }

  /// Of several attempts those of which the file itself bears witness; all where it does of none.
  private static func witnessed(_ attempts: [Attempt]) -> [Attempt] {
    guard attempts.count > 1 else { return attempts }
    let witnessed = attempts.filter(\.isWitnessed)
    return witnessed.isEmpty ? attempts : witnessed
  }

  /// Of several attempts those whose tables demand what a configuration says is true; all where it says so of none.
  private static func affirmed(_ attempts: [Attempt], by configuration: JSON?) -> [Attempt] {
    guard attempts.count > 1, let configuration else { return attempts }
    let affirmed = attempts.filter { attempt in
      attempt.naming.demands.contains { $0.values == [.bool(true)] && configuration[$0.member] == true }
    }
    return affirmed.isEmpty ? attempts : affirmed
  }

  /// The attempt whose differences are worth showing: it knows the most names and, among those, has the fewest problems.
  private static func nearest(_ attempts: [Attempt]) -> Attempt? {
    attempts.min(by: isNearer)
  }

  private static func isNearer(_ one: Attempt, _ other: Attempt) -> Bool {
    (-one.matchedCount, one.problems.count) < (-other.matchedCount, other.problems.count)
  }
}
