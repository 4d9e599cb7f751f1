import Bytes
import Foundation

/// What became of the mutants of one file.
public struct MutantTally: Equatable, Sendable {
  /// How many could still be read.
  public var readings = 0
  /// How many were answered by a `Problem`.
  public var problems = 0

  /// Starts at nought, or from given counts.
  public init(readings: Int = 0, problems: Int = 0) {
    self.readings = readings
    self.problems = problems
  }
}

/// Reads every mutant of a file, and demands a reading or a `Problem` each time.
///
/// A trap ends the whole process before anything can be reported. Run the test again with `INGOT_TRACE_MUTATIONS=1`
/// then: every mutation is written to standard error before it is tried, and the last line is the one to repeat.
///
/// - Parameters:
///   - original: The sound file.
///   - mutations: How to spoil it.
///   - read: Reads one mutant to its end.
/// - Throws: ``BadMutant`` when `read` throws anything but a `Problem`.
@discardableResult
public func readMutants(
  of original: [UInt8], _ mutations: some Sequence<Mutation>, read: ([UInt8]) throws -> Void
) throws -> MutantTally {
  let traced = ProcessInfo.processInfo.environment["INGOT_TRACE_MUTATIONS"] != nil
  var tally = MutantTally()
  for mutation in mutations {
    if traced { FileHandle.standardError.write(Data("\(mutation)\n".utf8)) }
    do {
      try read(mutation(original))
      tally.readings += 1
    } catch is Problem {
      tally.problems += 1
    } catch {
      throw BadMutant(mutation: mutation, error: "\(error)")
    }
  }
  return tally
}

/// A mutant was answered by an error that is no `Problem`.
public struct BadMutant: Error, Equatable, CustomStringConvertible {
  /// How the file was spoiled.
  public let mutation: Mutation
  /// The error in its own words.
  public let error: String

  /// The line that repeats the mutation, and the error.
  public var description: String { "\(mutation) gives an error that is no Problem: \(error)" }
}
