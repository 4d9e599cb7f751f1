import Bytes
import Conversion
import JSON
import ModelFiles
import Verification

/// A verdict on a model file, in words: a line for each check, in the order in which they are made.
struct VerdictReport {
  /// Of a model from another checkpoint everything differs; a few lines say so.
  private let shownDifferences = 8
  private let verdict: Verdict
  private var details: [String] = []
  private var answers = TextTable(.left, .left)
  private var differing: [String] = []
  private var members: [JSON.Member] = []
  private var proven: [String] = []

  init(_ verdict: Verdict) {
    self.verdict = verdict
    addDigests()
    addNumbers()
    if let probe = verdict.probe {
      add("probe", probe, alwaysInDetail: false)
    } else {
      answers.add("probe", "none sealed; \"ingot convert --reference\" seals one")
    }
    if let source = verdict.source { add(source) }
    if let reference = verdict.reference { add("reference", reference, alwaysInDetail: true) }
  }

  /// The details, one line for each check, and the verdict.
  var lines: [String] {
    details + [verdict.file.path] + answers.lines() + assumptions
      + [verdict.isVerified ? "Verified." : "FAILED: \(differing.joined(separator: ", "))."]
  }

  /// The checks as a program reads them.
  var json: JSON {
    .object(
      [
        JSON.Member("file", .string(verdict.file.path)), JSON.Member("agrees", .bool(verdict.isVerified)),
        JSON.Member("assumed", verdict.file.assumed.map { .array($0.map(JSON.string)) } ?? .null),
      ] + members)
  }

  /// The settings that rest on no file: of these neither digests nor the source prove anything.
  private var assumptions: [String] {
    let ledger = try? verdict.file.ledger().map { try Ledger($0, file: verdict.file.path) }
    return AssumptionReport.lines(verdict.file, naming: ledger?.naming, proven: verdict.proven)
  }

  private mutating func addDigests() {
    let damages = verdict.damages
    let answer =
      damages.isEmpty
      ? ["\(Wording.count(verdict.file.tensors.count, "tensor")) and the header are as they were written"]
      : damages.map { "DAMAGED: \($0.part.wording) has the SHA-256 \($0.found.short), not \($0.expected.short)" }
    let listed = damages.map { damage -> JSON in
      [
        "part": .string(damage.part.wording), "expected": .string("\(damage.expected)"),
        "found": .string("\(damage.found)"),
      ]
    }
    add("digests", agrees: damages.isEmpty, answer, ["damaged": .array(listed)])
  }

  /// Nothing is said where every weight is a number.
  private mutating func addNumbers() {
    let found = verdict.withoutNumbers
    let mark = verdict.hasNumbers ? "" : "NO NUMBERS: "
    let lines = found.prefix(shownDifferences).map { "\(mark)\($0.name) holds \($0.count)" }
    let others = found.count - lines.count
    let listed = found.map { tensor -> JSON in
      [
        "tensor": .string(tensor.name), "nan": .integer(tensor.count.notANumber),
        "infinite": .integer(tensor.count.infinite),
      ]
    }
    add(
      "weights", agrees: verdict.hasNumbers, lines + (others > 0 ? ["and \(others) more"] : []),
      ["tensors": .array(listed)])
  }

  private mutating func add(
    _ question: String, _ finding: Verdict.Finding<Verdict.Answer>, alwaysInDetail: Bool
  ) {
    guard let answer = value(of: finding, question) else { return }
    let points = answer.points
    if let texts = answer.texts {
      let report = TextFindingReport(texts)
      add("\(question)'s texts", agrees: texts.agrees, report.lines, report.json)
    }
    if alwaysInDetail || !points.agrees { details += ComparisonReport.lines(points, with: answer.reference) + [""] }
    let fresh = answer.proven.filter { !proven.contains($0) }
    proven += fresh
    let proof = AssumptionReport.proof(fresh, of: verdict.file)
    let facts =
      (ComparisonReport.json(points).members ?? [])
      + [JSON.Member("proves", .array(answer.proven.map(JSON.string)))]
    add(
      question, agrees: points.agrees, [ComparisonReport.verdict(points)] + (proof.map { [$0] } ?? []), .object(facts))
    if let answers = answer.answers {
      let report = AnswerReport(answers)
      add("\(question)'s answers", agrees: answers.agrees, report.lines, report.json)
    }
  }

  private mutating func add(_ finding: Verdict.Finding<SourceComparison>) {
    guard let comparison = value(of: finding, "source") else { return }
    let differences = comparison.differences
    let others = differences.count - shownDifferences
    let answer =
      comparison.agrees
      ? ["\(Wording.count(comparison.count, "tensor")) derived again from \(comparison.file), the same to the last bit"]
      : differences.prefix(shownDifferences).map { "DIFFERENT: \($0.tensor): \($0.reason)" }
        + (others > 0 ? ["and \(others) more"] : [])
    add(
      "source", agrees: comparison.agrees, answer,
      [
        "file": .string(comparison.file), "tensors": .integer(comparison.count),
        "differences": .array(differences.map { ["tensor": .string($0.tensor), "reason": .string($0.reason)] }),
      ])
  }

  /// What a check found; a problem that ended it is its answer, so that the damage is told all the same.
  private mutating func value<Value>(of finding: Verdict.Finding<Value>, _ question: String) -> Value? {
    switch finding {
    case .found(let value): return value
    case .ended(let problem):
      add(question, agrees: false, ["\(problem)"], ["problem": .string("\(problem)")])
      return nil
    }
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
