import Bytes
import Checkpoints
import Conversion
import Inference
import ModelFiles
import Tensors

/// Whether a model file is still the same model: every check that can be made of it, and what each found.
///
///     let verdict = try Verdict(on: ModelFile(mapping: "bert.ingot"))
///     print(verdict.isVerified)
public struct Verdict: Sendable {
  /// What a check found; of a file that its digests show to be damaged, perhaps the problem that ended the check.
  public enum Finding<Value: Sendable>: Sendable {
    case found(Value)
    case ended(Problem)
  }

  /// What a reference, or the probe in the file, says.
  public struct Answer: Sendable {
    /// What was recorded.
    public let reference: Reference
    /// Its texts; nil where it has none.
    public let texts: TextFinding?
    /// Its points.
    public let points: ReferenceComparison
    /// What the head says of its texts; nil where it has no answers.
    public let answers: AnswerComparison?
    /// The settings that no file told and that it proves.
    public let proven: [String]

    /// Whether ids, points and answers are those that were recorded.
    public var agrees: Bool { texts?.agrees ?? true && points.agrees && answers?.agrees ?? true }
  }

  /// A check that takes as long as there is to read or to run.
  public enum Check: Sendable {
    /// Every digest; its progress counts bytes.
    case digests
    /// The probe; its progress counts batches.
    case probe
    /// The reference; its progress counts batches.
    case reference
    /// The source; its progress counts bytes.
    case source
  }

  /// The file.
  public let file: ModelFile
  /// The parts whose bytes are not those that were written.
  public let damages: [Mismatch]
  /// The tensors that hold NaN or infinities.
  public let withoutNumbers: [(name: String, count: NonFiniteCount)]
  /// The probe; nil where none is sealed.
  public let probe: Finding<Answer>?
  /// The source, whose tensors were derived again; nil where none was given.
  public let source: Finding<SourceComparison>?
  /// The reference; nil where none was given.
  public let reference: Finding<Answer>?

  /// Makes every check: the digests, the weights' numbers, the sealed probe, and the source and the reference that are given.
  ///
  /// - Parameters:
  ///   - file: The model file.
  ///   - source: The checkpoint from which it was made; see `Release.source(at:of:)`.
  ///   - reference: What another program recorded.
  ///   - threads: How many threads run the model; by default, as many as there are processors.
  ///   - progress: Called when a check begins, and gives what takes the amounts as they are done, on any thread.
  /// - Throws: `Problem` when a check cannot be made of a file whose digests are right.
  public init(
    on file: ModelFile, source: Checkpoint? = nil, reference: Reference? = nil, threads: Int? = nil,
    following progress: (Check) -> @Sendable (Int) -> Void = { _ in { _ in } }
  ) throws {
    self.file = file
    damages = try file.verifyDigests(progress: progress(.digests))
    let isDamaged = !damages.isEmpty
    func finding<Value>(_ check: () throws -> Value) throws -> Finding<Value> {
      do {
        return .found(try check())
      } catch let problem as Problem where isDamaged {
        return .ended(problem)
      }
    }
    func answer(to reference: Reference, _ check: Check) throws -> Answer {
      let texts = try TextFinding(of: file, with: reference)
      let advance = progress(check)
      let points = try ReferenceComparison(
        of: Model(file), with: reference, vectors: VectorProcedure(of: file), threads: threads
      ) { _ in advance(1) }
      return Answer(
        reference: reference, texts: texts, points: points,
        answers: try AnswerComparison(of: file, with: reference, threads: threads),
        proven: try ProvenSettings(of: file, by: reference, points, threads: threads).names)
    }
    withoutNumbers = try file.tensorsOfNoNumbers()
    switch try finding({ try Reference(sealedIn: file) }) {
    case .found(let sealed): probe = try sealed.map { probe in try finding { try answer(to: probe, .probe) } }
    case .ended(let problem): probe = .ended(problem)
    }
    self.source = try source.map { source in
      try finding { try SourceComparison(of: file, with: source, progress: progress(.source)) }
    }
    self.reference = try reference.map { reference in try finding { try answer(to: reference, .reference) } }
  }

  /// Whether all weights are numbers; a head beyond the architecture may hold infinities.
  public var hasNumbers: Bool {
    withoutNumbers.allSatisfy { $0.name.hasPrefix("extra.") && $0.count.notANumber == 0 }
  }

  /// Whether every check found what it should.
  public var isVerified: Bool {
    damages.isEmpty && hasNumbers && probe.map { $0.holds(\.agrees) } ?? true
      && source.map { $0.holds(\.agrees) } ?? true
      && reference.map { $0.holds(\.agrees) } ?? true
  }

  /// The settings that no file told and that the probe or the reference proves.
  public var proven: [String] {
    [probe, reference].reduce(into: []) { proven, finding in
      guard case .found(let answer) = finding else { return }
      proven += answer.proven.filter { !proven.contains($0) }
    }
  }
}

extension Verdict.Finding {
  /// Whether the check came to its end, and what it found is so.
  func holds(_ condition: (Value) -> Bool) -> Bool {
    switch self {
    case .found(let value): condition(value)
    case .ended: false
    }
  }
}
