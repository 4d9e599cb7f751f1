import Architectures
import Bytes
import Checkpoints
import JSON
import ModelFiles
import Tensors
import Tokenization

/// A release with everything decided that it takes to write its model file, and no byte of weights read.
public struct Conversion: Sendable {
  /// What the user decides; everything else is found.
  public struct Options: Sendable {
    /// The architecture, where more than one could fit.
    public var architecture: String?
    /// The naming, where more than one could fit.
    public var naming: String?
    /// What the names of the part begin with that is converted, where a checkpoint holds several models.
    public var prefix: String?
    /// What happens to tensors that are no part of the architecture.
    public var extras: ExtraPolicy
    /// Settings and sizes that count more than what the files say.
    public var settings: [String: String]
    /// How texts become ids, as far as the user says it (``TextSettings/Name``, and special tokens by their roles).
    public var tokenizer: [String: String]
    /// The element type of floating-point tensors in the model file; nil keeps each as it is.
    public var elementType: ElementType?
    /// The tokens that are kept: a file with a list of ids, or `simplified` (and `=` with the first of them); nil for all.
    public var keptTokens: String?
    /// How the vectors of texts are made.
    public var vectors: VectorPlan.Options
    /// What stands on top of the model, and how its labels are called.
    public var head: HeadPlan.Options

    /// Gathers options; by default everything is found and extra tensors are refused.
    public init(
      architecture: String? = nil, naming: String? = nil, prefix: String? = nil, extras: ExtraPolicy = .refuse,
      settings: [String: String] = [:], tokenizer: [String: String] = [:], elementType: ElementType? = nil,
      keptTokens: String? = nil, vectors: VectorPlan.Options = VectorPlan.Options(),
      head: HeadPlan.Options = HeadPlan.Options()
    ) {
      self.architecture = architecture
      self.naming = naming
      self.prefix = prefix
      self.extras = extras
      self.settings = settings
      self.tokenizer = tokenizer
      self.elementType = elementType
      self.keptTokens = keptTokens
      self.vectors = vectors
      self.head = head
    }
  }

  /// The files it starts from.
  public let release: Release
  /// What the user decided.
  public let options: Options
  /// The path of the configuration that counts: where there are several, the one of the naming's own name.
  public let configurationPath: String?
  /// The architecture that accounts for every tensor.
  public let architecture: Architecture
  /// Where every tensor comes from and goes.
  public let plan: Plan
  /// What no shape shows, each value with its origin.
  public let settings: Architectures.Settings
  /// How texts become ids, each setting with its origin; nil where there is no tokenizer, or none that Ingot has.
  public let texts: TextSettings?
  /// How the vectors of texts will be made; nil where nobody says how.
  public let vectors: VectorPlan?
  /// What stands on top of the model; nil for nothing that is computed.
  public let head: HeadPlan?
  /// What is odd about the files and stands in nobody's way, as sentences for people.
  public let remarks: [String]
  /// What lies beside the weights and counts for nothing though it may matter, as sentences for people.
  public let warnings: [String]
  /// What an export of Ingot told of the files; nil where none did, or what it told does not count.
  let told: Told?
  /// The tokens that are kept; nil for all.
  let keptTokens: KeptTokens?
  /// The files that say how texts become ids, with these tokens alone, under the names that they have in a model file.
  let textFiles: [(name: String, bytes: ByteView)]

  /// Plans the conversion of a release.
  ///
  /// - Parameter architectures: Those that it may be; all that Ingot knows unless told otherwise.
  /// - Throws: `Problems`, or a single `Problem`, with everything that stands in the way, and what opening the checkpoint noted.
  public init(
    planning release: Release, options: Options = Options(), among architectures: [Architecture] = Architecture.all
  ) throws {
    self.release = release
    self.options = options
    let checkpoint = release.checkpoint
    let candidates = try Conversion.candidates(among: architectures, named: options.architecture, for: checkpoint.file)
    if let problem = checkpoint.whyNothingIsRead { throw problem }
    // What is wrong with the configuration is said when it is clear that there is a model.
    let read = Result { try release.configurations() }
    let (told, warning) = try Conversion.noting(checkpoint.remarks) {
      try Conversion.told(by: release.record, options, among: candidates, of: release)
    }
    self.told = told
    warnings = [warning].compactMap(\.self)
    func planning(_ extras: ExtraPolicy) throws -> Plan {
      try Conversion.noting(checkpoint.remarks) {
        do {
          return try Architecture.plan(
            for: checkpoint.sources, of: checkpoint.file, among: candidates, naming: options.naming, extras: extras,
            configurations: ((try? read.get()) ?? []).map(\.json), prefix: options.prefix)
        } catch let problems as Problems {
          // What the container does not tell may be why nothing fits.
          throw Problems(problems.all + [checkpoint.naming].compactMap(\.self)) ?? problems
        }
      }
    }
    let whole = try told?.plan ?? planning(Conversion.mayHaveHead(checkpoint, options) ? .keep : options.extras)
    let architecture = candidates.first { $0.name == whole.architecture }!
    self.architecture = architecture
    let configurations = try read.get()
    let own = architecture.ownConfiguration(among: configurations, naming: whole.naming)
    let configuration = own ?? configurations.first
    configurationPath = configuration?.file
    if options.architecture == nil, let configuration {
      try Conversion.checkModelType(in: configuration, of: architecture, naming: whole.naming)
    }
    settings = try Conversion.noting(checkpoint.remarks) {
      try architecture.settings(
        for: whole, of: checkpoint.file, configuration: configuration,
        hints: BERT4KerasSettings(
          of: checkpoint, prefix: whole.prefix, architecture: architecture.name,
          settings: architecture.settings.map(\.name)
        ).values, told: told?.settings(beside: configuration?.file) ?? ToldSettings(), given: options.settings)
    }
    let kept = try options.keptTokens.map { try KeptTokens($0, for: release) }
    let plan = try kept?.cut(whole, of: architecture, settings) ?? whole
    let cut = try kept?.cut(release.texts(), rows: whole.size(named: "vocabulary") ?? 0)
    (self.plan, keptTokens, textFiles) = (plan, kept, try cut?.files ?? release.texts())
    let found = try ReleaseTexts(
      of: release, files: textFiles, for: plan, positions: Conversion.positions(of: plan, with: settings),
      given: options.tokenizer)
    texts = try (options.tokenizer.isEmpty ? told?.texts() : nil) ?? found.settings
    let remarks = try Conversion.remarks(
      on: configurations.filter { $0.file != configuration?.file }, beside: configuration, isOwn: own != nil,
      of: architecture, for: plan, settings: settings)
    head =
      try told?.record.headSettings != nil && options.head == HeadPlan.Options()
      ? nil
      : Conversion.head(
        of: plan, architecture, settings, checkpoint: checkpoint, configuration: configuration, options.head)
    // What is no part of the head is refused as ever.
    if told == nil, options.extras == .refuse,
      !Set(plan.extras.map(\.tensor)).isSubset(of: head?.settings.tensors ?? [])
    {
      try Conversion.check(plan, with: head, of: checkpoint) { try planning(.refuse) }
    }
    // What a model file says of vectors, or does not, comes back with it.
    vectors =
      told != nil && options.vectors == VectorPlan.Options()
      ? nil : try Conversion.vectors(of: release, plan, settings, options.vectors)
    let remarksOnTokens = (kept?.remarks(cutting: whole) ?? []) + (cut?.remarks ?? [])
    let remarksOnOthers = Conversion.remarks(on: plan) + release.companions.remarks(on: vectors)
    self.remarks = Conversion.remarks(on: told) + remarksOnTokens + remarks + remarksOnOthers + found.remarks
  }

  /// Checks that a library's own word for the kind of model is the one of this architecture.
  ///
  /// Names and shapes may be alike where the computation is not: RoBERTa's positions begin at 2.
  private static func checkModelType(
    in configuration: Configuration, of architecture: Architecture, naming: String
  ) throws {
    let own = architecture.classes.filter { naming == $0.naming }
    let known = (own.isEmpty ? architecture.classes.filter { naming.hasPrefix($0.naming) } : own).map(\.modelType)
    guard !known.isEmpty, let type = configuration.json["model_type"]?.string, !known.contains(type) else { return }
    throw Problem(
      .mismatched, file: configuration.file, object: "model_type", found: "\"\(type)\"",
      expected:
        "\(known.map { "\"\($0)\"" }.joined(separator: " or ")), for its tensors are named like those of \(architecture.name)",
      advice: "Only if it computes what \(architecture.name) does, convert it with --architecture \(architecture.name)",
      ways: [[Remedy("--architecture", architecture.name)]])
  }

  /// The greatest number of tokens that the positions of a model reach; nil where they reach any.
  private static func positions(of plan: Plan, with settings: Architectures.Settings) -> Int? {
    guard let rows = plan.size(named: "positions") else { return nil }
    // Those before a text are none of its own.
    if case .integer(let padding)? = settings.entries.first(where: { $0.name == "position.padding" })?.value {
      return max(0, rows - 1 - min(padding, rows))
    }
    // Hierarchical positions combine two of the table.
    let isHierarchical = settings.entries.contains { $0.name == "hierarchical" && $0.value != .number(0) }
    return isHierarchical ? rows.multipliedReportingOverflow(by: rows).partialValue : rows
  }

  /// The greatest number of tokens that the model's positions reach; nil where they reach any.
  package var positions: Int? { Conversion.positions(of: plan, with: settings) }

  /// Says which tensors of blocks the model does without, by the user's word.
  private static func remarks(on plan: Plan) -> [String] {
    let names = plan.unknownInBlocks
    guard !names.isEmpty else { return [] }
    let listed = names.prefix(3).map { "\"\($0)\"" }.joined(separator: ", ") + (names.count > 3 ? ", …" : "")
    return [
      "\(listed) \(names.count == 1 ? "lies" : "lie") in blocks and \(names.count == 1 ? "is" : "are") no part of "
        + "\(plan.architecture): unless training alone used them, the model does not compute what it did."
    ]
  }

  /// Adds what opening the checkpoint noted to the problems that planning finds: it may be their reason.
  private static func noting<Result>(_ remarks: [String], _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch var problems as Problems {
      problems.remarks = remarks
      throw problems
    }
  }

  private static func candidates(
    among architectures: [Architecture], named name: String?, for file: String
  ) throws -> [Architecture] {
    guard let name else { return architectures }
    guard let architecture = architectures.first(where: { $0.name == name }) else {
      throw Problem(
        .mismatched, file: file, found: "no architecture \(name)",
        expected: "one of \(architectures.map(\.name).joined(separator: ", "))",
        advice: nearestWord(to: name, among: architectures.map(\.name)).map { "Did you mean \($0)?" })
    }
    return [architecture]
  }

  /// The path of what an export of Ingot told of the files; nil where none did, or what it told does not count.
  public var recordPath: String? { told?.record.file }

  /// The checkpoint, with what an export of Ingot keeps beside it.
  var source: Checkpoint { told?.record.adding(to: release.checkpoint) ?? release.checkpoint }

  /// The size of all tensors in the checkpoint that go into the model file.
  public var byteCount: Int {
    let sources = Set(
      plan.steps.map { TensorPart(addressedAs: $0.source)?.whole ?? $0.source } + plan.extras.map(\.source))
    return release.checkpoint.tensors.reduce(0) { total, tensor in
      guard sources.contains(tensor.name) else { return total }
      let (sum, overflow) = total.addingReportingOverflow(tensor.source.byteCount)
      return overflow ? .max : sum
    }
  }
}
