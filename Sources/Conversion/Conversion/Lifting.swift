import Architectures
import Bytes
import Tensors

/// What lifts the refusals of a command: options that were tried, and with which it is not refused any more.
public struct Lifting: Sendable {
  /// Everything that was refused, on every way that was tried, the first refusals first.
  public private(set) var problems: [Problem] = []
  /// Each way that lifts all of it, as the options that are added; none where no options do.
  public private(set) var ways: [[Remedy]] = []

  /// The most ways that are shown.
  private static let largestWayCount = 4
  /// The most trials, each of which plans anew.
  private static let largestTrialCount = 24
  private var trialCount = 0

  /// Looks for options that lift what stands in the way.
  ///
  /// - Parameters:
  ///   - problems: What is refused without further options.
  ///   - attempt: Plans with further options, and throws what stands in the way then.
  public init(of problems: [Problem], trying attempt: ([Remedy]) throws -> Void) {
    search(behind: problems, with: [], trying: attempt)
  }

  /// Follows every way of the first problem that has one; a problem without a way ends the search here.
  private mutating func search(
    behind found: [Problem], with options: [Remedy], trying attempt: ([Remedy]) throws -> Void
  ) {
    problems += found.filter { !problems.contains($0) }
    guard found.allSatisfy({ !$0.ways.isEmpty }), let first = found.first else { return }
    // What has one way only is settled with the first problem: it needs no choice.
    let settled = found.dropFirst().filter { $0.ways.count == 1 }.flatMap { $0.ways[0] }
    for way in first.ways where ways.count < Self.largestWayCount && trialCount < Self.largestTrialCount {
      let all = (way + settled).reduce(into: options) { $0.add($1) }
      guard all != options else { continue }
      trialCount += 1
      do {
        try attempt(all)
        if !ways.contains(all) { ways.append(all) }
      } catch {
        guard let problems = Self.problems(in: error) else { return }
        search(behind: problems, with: all, trying: attempt)
      }
    }
  }

  /// What an error says of files and models; nil for another kind of error.
  public static func problems(in error: any Error) -> [Problem]? {
    switch error {
    case let problems as Problems: problems.all
    case let problem as Problem: [problem]
    default: nil
    }
  }
}

extension [Remedy] {
  /// Adds an option in the place of another value of it, unless it may be repeated.
  fileprivate mutating func add(_ remedy: Remedy) {
    guard !contains(remedy) else { return }
    if !["--set", "--without"].contains(remedy.option) { removeAll { $0.option == remedy.option } }
    append(remedy)
  }
}

extension Export.Options {
  /// The options with further ones from the command line.
  public func adding(_ remedies: [Remedy]) -> Export.Options {
    var options = self
    for remedy in remedies {
      switch remedy.option {
      case "--naming": options.naming = remedy.value
      case "--extra": options.extras = ExtraPolicy(rawValue: remedy.value) ?? options.extras
      case "--without": options.without.append(remedy.value)
      case "--dtype": options.elementType = ElementType(rawValue: remedy.value)
      default: options.settings.merge(remedy.assignment) { $1 }
      }
    }
    return options
  }
}

extension Conversion.Options {
  /// The options with further ones from the command line.
  public func adding(_ remedies: [Remedy]) -> Conversion.Options {
    var options = self
    for remedy in remedies {
      switch remedy.option {
      case "--architecture": options.architecture = remedy.value
      case "--naming": options.naming = remedy.value
      case "--extra": options.extras = ExtraPolicy(rawValue: remedy.value) ?? options.extras
      default: options.settings.merge(remedy.assignment) { $1 }
      }
    }
    return options
  }
}

extension Remedy {
  /// The name and the value of a `--set`.
  fileprivate var assignment: [String: String] {
    let sides = value.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    return option == "--set" && sides.count == 2 ? [sides[0]: sides[1]] : [:]
  }
}
