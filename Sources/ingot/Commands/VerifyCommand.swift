import ArgumentParser
import Bytes
import Conversion
import Foundation
import Inference
import JSON
import ModelFiles
import Verification

/// `ingot verify`: is it still the same model?
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Checks a model file: its bytes, its outputs, its source.",
    discussion: """
      Alone, it checks every digest and every sealed probe. Exit code 0 means that all is as it should be, 1 that it is not.

        ingot verify bert.ingot
        ingot verify bert.ingot --against reference.npz
        ingot verify bert.ingot --source chinese_L-12_H-768_A-12/
      """)

  @Argument(help: "The model file.", completion: .file(extensions: ["ingot"]))
  var model: String

  @Option(
    help: ArgumentHelp("Compare every recorded point with this reference (Formats/Reference.md).", valueName: "file.npz"))
  var against: String?

  @Option(help: ArgumentHelp("Derive every tensor again from this checkpoint or folder.", valueName: "path"))
  var source: String?

  @Option(help: "How many threads to use; by default one per processor.")
  var threads: Int?

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    try reporting {
      let file = try ModelFile(mapping: model)
      var verification = Verification()
      try verification.checkDigests(of: file)
      if let reference = try Reference(sealedIn: file) {
        try verification.compare(file, with: reference, named: "probe", threads: threads)
      }
      if let source { try verification.compare(file, withSource: source) }
      if let against {
        try verification.compare(file, with: Reference(opening: against), named: "reference", threads: threads)
      }
      if json {
        print(JSON.object(verification.members).indented)
      } else {
        for line in verification.lines { print(printable(line)) }
      }
      if !verification.agrees { throw ExitCode(1) }
    }
  }
}

/// The checks of one run, in the order in which they are made.
private struct Verification {
  private(set) var agrees = true
  private(set) var lines: [String] = []
  private(set) var members: [JSON.Member] = []

  mutating func checkDigests(of file: ModelFile) throws {
    let total = file.tensors.reduce(0) { $0 + (file.tensor($1.name)?.byteCount ?? 0) }
    let progress = ProgressLine("Checking digests", total: total)
    let mismatches = try file.verifyDigests { progress.advance(by: $0) }
    progress.finish()
    for mismatch in mismatches {
      lines.append("DAMAGED: \(mismatch.part.wording) has the SHA-256 \(mismatch.found), not \(mismatch.expected).")
    }
    if mismatches.isEmpty {
      lines.append("\(file.path): \(Wording.count(file.tensors.count, "tensor")) and the header have their digests.")
    }
    add("digests", agrees: mismatches.isEmpty, ["damaged": .array(mismatches.map { .string($0.part.wording) })])
  }

  mutating func compare(_ file: ModelFile, with reference: Reference, named name: String, threads: Int?) throws {
    let comparison = try ReferenceComparison(of: Model(file), with: reference, threads: threads)
    if name == "probe" { lines.append("Sealed probe:") }
    lines += ComparisonReport.lines(comparison)
    add(name, agrees: comparison.agrees, ComparisonReport.json(comparison))
  }

  mutating func compare(_ file: ModelFile, withSource path: String) throws {
    let checkpoint = try Release(at: path).checkpoint
    let progress = ProgressLine(
      "Deriving tensors", total: checkpoint.tensors.reduce(0) { $0 + $1.source.byteCount })
    let comparison = try SourceComparison(of: file, with: checkpoint) { progress.advance(by: $0) }
    progress.finish()
    for difference in comparison.differences { lines.append("DIFFERENT: \(difference.tensor): \(difference.reason).") }
    if comparison.agrees {
      lines.append(
        "\(checkpoint.file): all \(Wording.count(comparison.count, "tensor")) derived again, the same to the last bit.")
    }
    add(
      "source", agrees: comparison.agrees,
      [
        "file": .string(checkpoint.file), "tensors": .integer(comparison.count),
        "differences": .array(
          comparison.differences.map { ["tensor": .string($0.tensor), "reason": .string($0.reason)] }),
      ])
  }

  private mutating func add(_ name: String, agrees: Bool, _ facts: JSON) {
    self.agrees = self.agrees && agrees
    let others = (facts.members ?? []).filter { $0.name != "agrees" }
    members.append(JSON.Member(name, .object([JSON.Member("agrees", .bool(agrees))] + others)))
  }
}

extension Mismatch.Part {
  fileprivate var wording: String {
    switch self {
    case .header: "the header"
    case .tensor(let name): "the tensor \(name)"
    }
  }
}
