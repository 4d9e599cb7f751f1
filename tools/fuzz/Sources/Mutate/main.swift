import Foundation
import Subjects
import TestSupport

// ingot-mutate [--pairs N] [--places N] [--skip N] [SUBJECT …]: reads every spoiled copy of every fixture.
//
// Of each fixture: every byte inverted, every truncation, and two random bytes changed in N copies (10 000). With --places,
// only so many bytes of a fixture, evenly spread, are inverted, and as many truncations tried. A trap, or a reading that computes
// for ten seconds, ends the program with the mutation that brought it about; a line is printed for each reader that survives.
// Which fixtures are done is told on standard error: a run of hours that was ended goes on behind them with --skip.

var pairs = 10_000
var places = Int.max
var skipped = 0
var subjects: [Subject] = []
var words = CommandLine.arguments.dropFirst()
while let word = words.popFirst() {
  if word == "--pairs", let number = words.popFirst().flatMap({ Int($0) }), number >= 0 {
    pairs = number
  } else if word == "--places", let number = words.popFirst().flatMap({ Int($0) }), number > 0 {
    places = number
  } else if word == "--skip", let number = words.popFirst().flatMap({ Int($0) }), number >= 0 {
    skipped = number
  } else if let subject = Subject(rawValue: word) {
    subjects.append(subject)
  } else {
    print("usage: ingot-mutate [--pairs N] [--places N] [--skip N] [SUBJECT …]")
    print("subjects: " + Subject.allCases.map(\.rawValue).joined(separator: " "))
    exit(64)
  }
}
if subjects.isEmpty { subjects = Subject.allCases }

Epitaph.install()
write(row("subject", ["fixtures", "mutants", "readings", "problems", "slowest ms", "peak MB"]))
for subject in subjects {
  var tally = MutantTally()
  var slowest = 0.0
  let fixtures = try subject.fixtures()
  for (number, fixture) in fixtures.enumerated().dropFirst(skipped) {
    let original = Array(try Data(contentsOf: fixture))
    let step = max(1, original.count / places)
    let seed = UInt64(original.count)
    let offsets = stride(from: 0, to: original.count, by: step)
    let mutations =
      offsets.map { Mutation.flip(offset: $0, mask: 0xFF) }
      + Mutation.randomChanges(original.isEmpty ? 0 : pairs, ofBytes: 2, seed: seed)
      // The longest first, so that the file need not grow again.
      + offsets.reversed().map { Mutation.truncation(count: $0) }
    let file = try SpoiledFile(original)
    for mutation in mutations {
      try file.spoil(by: mutation)
      Epitaph.text = "\(subject.rawValue) \(fixture.path) \(mutation)"
      let start = secondsOfComputing()
      if try subject.isReadable(at: file.path) { tally.readings += 1 } else { tally.problems += 1 }
      slowest = max(slowest, secondsOfComputing() - start)
    }
    let count = tally.readings + tally.problems
    FileHandle.standardError.write(
      Data("\(subject.rawValue): \(number + 1) of \(fixtures.count) fixtures, \(count) mutants\n".utf8))
  }
  var usage = rusage()
  #if canImport(Darwin)
    getrusage(RUSAGE_SELF, &usage)
    let peak = usage.ru_maxrss >> 20
  #else
    getrusage(RUSAGE_SELF.rawValue, &usage)
    let peak = usage.ru_maxrss >> 10
  #endif
  let numbers = [
    fixtures.dropFirst(skipped).count, tally.readings + tally.problems, tally.readings, tally.problems,
    Int(slowest * 1_000), peak,
  ]
  write(row(subject.rawValue, numbers.map(String.init)))
}
write("No trap, and no reading of ten seconds.")

/// The processor time that this process has used.
func secondsOfComputing() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// Writes a line at once, also into a file or a pipe.
func write(_ line: String) {
  FileHandle.standardOutput.write(Data("\(line)\n".utf8))
}

func row(_ name: String, _ cells: [String]) -> String {
  name.padding(toLength: 14, withPad: " ", startingAt: 0)
    + cells.map { String(repeating: " ", count: max(1, 12 - $0.count)) + $0 }.joined()
}
