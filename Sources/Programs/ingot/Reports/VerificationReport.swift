import Bytes
import Checkpoints
import Conversion
import Inference
import JSON
import ModelFiles
import Verification

/// The checks of one run of `ingot verify`, in the order in which they are made.
struct VerificationReport {
  /// Of a model from another checkpoint everything differs; a few lines say so.
  private let shownDifferences = 8
  private let file: ModelFile
  private let threads: Int?
  private var details: [String] = []
  private var answers = TextTable(.left, .left)
  private var differing: [String] = []
  private var members: [JSON.Member] = []
  /// The settings that no file told and that the probe or the reference proves.
  private var proven: [String] = []

  init(of file: ModelFile, threads: Int?) {
    self.file = file
    self.threads = threads
  }

  /// Whether every check found what it should.
  var agrees: Bool { differing.isEmpty }

  /// The details, one line for each question, and the verdict.
  var lines: [String] {
    details + [file.path] + answers.lines() + assumptions
      + [agrees ? "Verified." : "FAILED: \(differing.joined(separator: ", "))."]
  }

  /// The checks as a program reads them.
  var json: JSON {
    .object(
      [
        JSON.Member("file", .string(file.path)), JSON.Member("agrees", .bool(agrees)),
        JSON.Member("assumed", file.assumed.map { .array($0.map(JSON.string)) } ?? .null),
      ] + members)
  }

  /// The settings that rest on no file: of these neither digests nor the source prove anything.
  private var assumptions: [String] {
    let ledger = try? file.ledger().map { try Ledger($0, file: file.path) }
    return AssumptionReport.lines(file, naming: ledger?.naming, proven: proven)
  }

  /// Reads the whole file and compares every digest.
  mutating func checkDigests() throws {
    let progress = ProgressLine(
      "Checking digests", total: file.tensors.reduce(0) { $0 + (file.tensor($1.name)?.byteCount ?? 0) })
    defer { progress.finish() }
    let mismatches = try file.verifyDigests { progress.advance(by: $0) }
    let answer =
      mismatches.isEmpty
      ? ["\(Wording.count(file.tensors.count, "tensor")) and the header are as they were written"]
      : mismatches.map { "DAMAGED: \($0.part.wording) has the SHA-256 \($0.found.short), not \($0.expected.short)" }
    add(
      "digests", agrees: mismatches.isEmpty, answer,
      [
        "damaged": .array(
          mismatches.map {
            [
              "part": .string($0.part.wording), "expected": .string("\($0.expected)"), "found": .string("\($0.found)"),
            ]
          })
      ])
  }

  /// Reads every weight and looks for NaN and infinities; a head beyond the architecture may hold infinities.
  ///
  /// Nothing is said where there are none.
  mutating func checkNumbers() throws {
    let found = try file.tensorsOfNoNumbers()
    let isSound = found.allSatisfy { $0.name.hasPrefix("extra.") && $0.count.notANumber == 0 }
    let lines = found.prefix(shownDifferences).map { "\(isSound ? "" : "NO NUMBERS: ")\($0.name) holds \($0.count)" }
    let others = found.count - lines.count
    add(
      "weights", agrees: isSound, lines + (others > 0 ? ["and \(others) more"] : []),
      [
        "tensors": .array(
          found.map {
            [
              "tensor": .string($0.name), "nan": .integer($0.count.notANumber), "infinite": .integer($0.count.infinite),
            ]
          })
      ])
  }

  /// Compares with the probe that was sealed into the file.
  mutating func checkProbe() throws { try answering("probe") { try $0.compareWithProbe() } }

  /// Compares with a reference, point by point.
  mutating func check(against reference: Reference) throws {
    try answering("reference") { try $0.compare(with: reference) }
  }

  /// Derives every tensor again from the checkpoint.
  mutating func check(against checkpoint: Checkpoint) throws {
    try answering("source") { try $0.compare(with: checkpoint) }
  }

  /// Makes one check; of a file that digests have shown to be damaged, what it throws is its answer.
  ///
  /// So the damage is told all the same, with the part in which it is.
  private mutating func answering(_ question: String, _ check: (inout VerificationReport) throws -> Void) throws {
    do {
      try check(&self)
    } catch let problem as Problem where !agrees {
      add(question, agrees: false, ["\(problem)"], ["problem": .string("\(problem)")])
    }
  }

  private mutating func compareWithProbe() throws {
    guard let probe = try Reference(sealedIn: file) else {
      answers.add("probe", "none sealed; \"ingot convert --reference\" seals one")
      return
    }
    try compareTexts(of: probe, called: "probe's texts")
    let comparison = try ReferenceComparison.showingProgress(of: file, with: probe, threads: threads)
    if !comparison.agrees { details += ComparisonReport.lines(comparison, with: probe) + [""] }
    try add("probe", comparison, with: probe)
  }

  /// Adds what came of comparing with a reference, and what it proves of settings that no file told.
  private mutating func add(_ question: String, _ comparison: ReferenceComparison, with reference: Reference) throws {
    let found = try ProvenSettings(of: file, by: reference, comparison, threads: threads).names
    let fresh = found.filter { !proven.contains($0) }
    proven += fresh
    let proof = AssumptionReport.proof(fresh, of: file)
    let facts =
      (ComparisonReport.json(comparison).members ?? []) + [JSON.Member("proves", .array(found.map(JSON.string)))]
    add(
      question, agrees: comparison.agrees, [ComparisonReport.verdict(comparison)] + (proof.map { [$0] } ?? []),
      .object(facts))
  }

  private mutating func compare(with reference: Reference) throws {
    try compareTexts(of: reference, called: "reference's texts")
    let comparison = try ReferenceComparison.showingProgress(of: file, with: reference, threads: threads)
    details += ComparisonReport.lines(comparison, with: reference) + [""]
    try add("reference", comparison, with: reference)
  }

  /// Holds ids against ids, before anything is run.
  private mutating func compareTexts(of reference: Reference, called question: String) throws {
    guard let report = try TextComparisonReport(of: file, with: reference) else { return }
    add(question, agrees: report.agrees, report.lines, report.json)
  }

  private mutating func compare(with checkpoint: Checkpoint) throws {
    let progress = ProgressLine("Deriving tensors", total: checkpoint.tensors.byteCount)
    defer { progress.finish() }
    let comparison = try SourceComparison(of: file, with: checkpoint) { progress.advance(by: $0) }
    let answer =
      comparison.agrees
      ? ["\(Wording.count(comparison.count, "tensor")) derived again from \(checkpoint.file), the same to the last bit"]
      : comparison.differences.prefix(shownDifferences).map { "DIFFERENT: \($0.tensor): \($0.reason)" }
        + (comparison.differences.count > shownDifferences
          ? ["and \(comparison.differences.count - shownDifferences) more"] : [])
    add(
      "source", agrees: comparison.agrees, answer,
      [
        "file": .string(checkpoint.file), "tensors": .integer(comparison.count),
        "differences": .array(
          comparison.differences.map { ["tensor": .string($0.tensor), "reason": .string($0.reason)] }),
      ])
  }

  private mutating func add(_ question: String, agrees: Bool, _ answer: [String], _ facts: JSON) {
    for (number, line) in answer.enumerated() { answers.add(number == 0 ? question : "", line) }
    if !agrees { differing.append(question) }
    let others = (facts.members ?? []).filter { $0.name != "agrees" }
    members.append(JSON.Member(question, .object([JSON.Member("agrees", .bool(agrees))] + others)))
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

extension Digest {
  /// The first digits, enough to tell two digests apart.
  fileprivate var short: String { "\(self)".prefix(12) + "…" }
}
