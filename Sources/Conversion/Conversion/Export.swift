import Architectures
import Bytes
import Heads
import JSON
import ModelFiles
import Tensors

/// A model file on its way back into the files of another program, with everything decided that it takes to write them.
public struct Export: Sendable {
  /// The kinds of folder that are written (`Formats/Exports.md`).
  public enum Destination: String, CaseIterable, Sendable {
    /// What `from_pretrained` of transformers loads.
    case huggingface
    /// What `SentenceTransformer(path)` loads: the same, with how the vectors of texts are made.
    case sentenceTransformers = "sentence-transformers"
    /// What `load_weights` of bert4keras and Keras 2 loads.
    case keras
    /// What `tf.train.load_checkpoint` and `build_transformer_model(checkpoint_path=…)` load.
    case tensorflow
    /// What `numpy.load` loads.
    case npz

    /// Whether transformers loads the network.
    var isOfTransformers: Bool { self == .huggingface || self == .sentenceTransformers }
  }

  /// What the user decides; everything else is found.
  public struct Options: Sendable {
    /// The naming, where not the destination's usual one.
    public var naming: String?
    /// What happens to tensors beyond the architecture.
    public var extras: ExtraPolicy
    /// The optional groups of the model that are left out.
    public var without: [String]
    /// The element type of floating-point tensors; nil keeps each as it is.
    public var elementType: ElementType?
    /// Settings with which the exported model computes, other than those of the model file.
    public var settings: [String: String]
    /// Whether the tokenizer lowers texts; when nil, as the model file says.
    public var lowercases: Bool?
    /// What the user says of the head; when nil, what the configuration or the names say.
    public var head: HeadChoice?

    /// Gathers options; by default everything is found and extra tensors are refused.
    public init(
      naming: String? = nil, extras: ExtraPolicy = .refuse, without: [String] = [], elementType: ElementType? = nil,
      settings: [String: String] = [:], lowercases: Bool? = nil, head: HeadChoice? = nil
    ) {
      self.naming = naming
      self.extras = extras
      self.without = without
      self.elementType = elementType
      self.settings = settings
      self.lowercases = lowercases
      self.head = head
    }
  }

  /// The model.
  public let model: ModelFile
  /// The kind of folder.
  public let destination: Destination
  /// What the user decided.
  let options: Options
  /// The model's architecture.
  public let architecture: Architecture
  /// The conversion that leads from the exported files back to the model: each step's inverse is what export does.
  public let plan: Plan
  /// The configuration file.
  public let configuration: JSON
  /// What the destination is told of the tokenizer.
  let tokenizer: TokenizerChoice
  /// The settings of the model, as the table spells them.
  let settings: [String: String]
  /// Tensors of the architecture that these files hold and the model computes, by their canonical names.
  let stored: [(name: String, source: Sinusoid)]
  /// Tensors of the model that these files never hold, because who loads them computes them, by their canonical names.
  let computed: [String]
  /// What fine-tuning put on top, and how the files call it.
  let head: ExportedHead
  /// How sentence-transformers makes the vectors; nil for another destination.
  let modules: SentenceTransformerModules?
  /// The tables that the files hold beside the model's tensors.
  let sinusoids: [(name: String, source: any TensorSource)]
  /// What the files cannot say or hold, as sentences for people.
  public let remarks: [String]

  /// Plans an export; no weight is read but a table of sines that the destination computes, and nothing is written.
  ///
  /// - Parameters:
  ///   - model: The model file, mapped.
  ///   - destination: The kind of folder.
  ///   - options: What the user decides.
  ///   - architectures: Those that the model may be of; all that Ingot knows unless told otherwise.
  /// - Throws: `Problems`, or a single `Problem`: *mismatched* for an architecture or a setting that is not known and for extras without a
  ///   decision, *unsupported* for what the destination cannot hold or say.
  public init(
    planning model: ModelFile, to destination: Destination, options: Options = Options(),
    among architectures: [Architecture] = Architecture.all
  ) throws {
    guard let architecture = architectures.first(where: { $0.name == model.architecture }) else {
      throw Problem(
        .mismatched, file: model.path, found: "the architecture \(model.architecture)",
        expected: "one of \(architectures.map(\.name).joined(separator: ", "))")
    }
    let modules = destination == .sentenceTransformers ? try SentenceTransformerModules(of: model) : nil
    let ledger = try model.ledger().map { try Ledger($0, file: model.path) }
    let naming = try Export.naming(for: destination, options, of: architecture, ledger: ledger, in: model)
    let computed = try Export.tensorsToCompute(in: naming, of: architecture, from: model)
    self.computed = computed
    let own = Dictionary(
      (model.settings.members ?? []).compactMap { member in member.value.word.map { (member.name, $0) } }
    ) { first, _ in first }
    settings = try architecture.settings(own, replacing: options.settings, of: model.path)
    stored = Export.tensorsToStore(in: naming, of: architecture, from: model, settings: settings)
    let tensors =
      model.tensors.filter { !computed.contains($0.name) }
      .map { SourceTensor(name: $0.name, elementType: $0.elementType, shape: $0.shape) }
      + stored.map { SourceTensor(name: $0.name, elementType: $0.source.elementType, shape: $0.source.shape) }
    let contents = try architecture.contents(of: tensors, in: model.path)
    func head(given: HeadChoice?) throws -> ExportedHead {
      try Export.head(
        in: contents, from: ledger?.namingBeforeExport ?? ledger?.naming, behind: ledger?.beginnings ?? [], to: naming,
        of: architecture, model: model, given: given)
    }
    // What the model file says of its head holds where the names of its tensors bear it out.
    let told = try options.head == nil ? Export.choice(of: model, in: architecture) : nil
    let head = try told.flatMap { try? head(given: $0) } ?? head(given: options.head)
    self.head = head
    func planned(_ alternatives: [String: String]) throws(Problems) -> Plan {
      try architecture.plan(
        exporting: tensors, of: model.path, as: naming, extras: options.extras, head: head.tensors,
        choosing: alternatives, without: options.without)
    }
    var plan = try planned([:])
    let said = architecture.configuration(for: plan, settings: settings, in: naming, of: model.path)
    // bert4keras reads one configuration beside files of several namings; transformers reads more than the table has words for.
    let source = (ledger?.namingBeforeExport ?? ledger?.naming).flatMap(architecture.naming)
    let isSaidSo = source?.keys == naming.keys && (!destination.isOfTransformers || source?.isOfTransformers == true)
    let original = isSaidSo || source?.name == naming.name ? model.configuration : nil
    let chosen =
      destination.isOfTransformers
      ? try architecture.modelClass(
        for: plan.groups, settings: settings, head: plan.extras.isEmpty ? nil : head.head?.kind,
        modelType: original?["model_type"]?.string, in: naming, of: model.path)
      : nil
    if let alternatives = chosen?.row.alternatives, !alternatives.isEmpty { plan = try planned(alternatives) }
    self.plan = plan
    // Nobody can tell a library what its files do not say when it chooses a class by itself, nor bert4keras what it has no word for.
    let isBuilt = Export.isBuiltByBERT4Keras(architecture, destination, naming)
    let lost = said.unsaid.filter { problem in
      let name = problem.object!
      return !(isBuilt && Export.saidByCall.contains(name)) && !(modules?.canDo(without: name, own[name]) ?? false)
    }
    if chosen != nil || isBuilt, let problems = Problems(lost) { throw problems }

    var remarks = said.unsaid.map { problem in
      "These files cannot say \(problem.object!) = \(problem.found): "
        + (modules == nil ? "tell the program that loads them." : "no vector of a text depends on it.")
    }
    for (name, value) in options.settings.sorted(by: { $0.key < $1.key }) where own[name] != value {
      remarks.append("\(name) is \(value) and no longer \(own[name] ?? "unknown"), as asked.")
    }
    remarks += stored.map { "\($0.name) is computed: these files always hold it." }
    remarks += computed.map { "\($0) is left out: whoever loads these files computes it." }
    remarks += modules?.remarks ?? []
    remarks += Set(options.without).sorted().map { part in
      let names = architecture.tensors.filter { $0.group == part }.map(\.name).joined(separator: ", ")
      return "\(part) is left out, as asked (\(names)): the exported model has no such part."
    }
    // Sentence-transformers asks for no head.
    for group in modules == nil ? chosen?.madeUp ?? [] : [] {
      remarks.append(
        "\(chosen!.row.name) also has \(group), which this model lacks: the library makes it up at random.")
    }
    if options.extras == .drop {
      remarks += tensors.filter { $0.name.hasPrefix("extra.") }.map { "\($0.name) is left out, as asked." }
    }
    // What no table knows, the class may know that the source names.
    let ownClass = original?["architectures"]?.elements?.first?.string
    let keepsClass = chosen != nil && chosen?.row.head == nil && !plan.extras.isEmpty ? ownClass : nil
    let labels = Export.labels(
      of: chosen?.row.head == nil ? nil : head.head, called: try HeadSettings(of: model)?.labels, beside: original)
    remarks += labels.remark.map { [$0] } ?? []
    remarks += Export.remarks(
      on: head, chosen: chosen, keepsClass: keepsClass, in: plan,
      saying: HeadRemarks(
        isLoadedByName: isBuilt, hasLayers: source?.isOfBERT4Keras == true && model.head == nil,
        kinds: architecture.heads.map(\.kind)))
    remarks += try Export.remark(on: model, exported: head, chosen: chosen?.row.name).map { [$0] } ?? []
    configuration = Export.configuration(
      said, of: chosen.map { ($0.list.modelType, keepsClass ?? $0.row.name) },
      labels: labels.members + (chosen?.row.head == nil ? [] : try Export.problemType(of: model, beside: original)),
      storing: options.elementType, in: model, after: original)
    sinusoids = try Export.sinusoids(
      in: naming, of: plan, settings: settings, configuration: configuration, file: model.path)
    tokenizer = try Export.tokenizer(
      of: model, among: chosen?.list, lowercases: options.lowercases, positions: plan.size(named: "positions"))
    remarks += tokenizer.remarks
    let vectors = model.attachments.map(\.name).filter(Companions.isOfSentenceTransformers).map(Companions.place)
    if !vectors.isEmpty, modules == nil {
      remarks.append("\(vectors.joined(separator: ", ")) of sentence-transformers stay in the model file.")
    }
    self.model = model
    self.modules = modules
    self.destination = destination
    self.options = options
    self.architecture = architecture
    self.remarks = remarks
  }

  private static func naming(
    for destination: Destination, _ options: Options, of architecture: Architecture, ledger: Ledger?,
    in model: ModelFile
  ) throws -> Architecture.Naming {
    // The source's own comes before the others.
    let namings = architecture.namings.filter { $0.name == ledger?.naming } + architecture.namings
    let usual: String? =
      switch destination {
      case .huggingface, .sentenceTransformers:
        namingWithClasses(among: namings, for: model, without: options.without, of: architecture)
      case .keras: namings.first(where: \.isOfBERT4Keras)?.name
      case .tensorflow: namings.first(where: \.isOfTensorFlow)?.name
      case .npz: ledger?.naming
      }
    guard let name = options.naming ?? usual, let naming = architecture.naming(name) else {
      throw Problem(
        .unsupported, file: model.path,
        found: (options.naming ?? usual).map { "no naming \($0) of \(architecture.name)" }
          ?? "no usual naming of \(architecture.name) for \(destination.rawValue)",
        expected: "one of \(architecture.namings.map(\.name).joined(separator: ", "))",
        advice: "Choose with --naming", ways: [[Remedy("--naming", namings[0].name)]])
    }
    return naming
  }

  /// The naming of files of transformers that lacks the fewest parts of a model, and of several the first.
  ///
  /// Of two kinds of model that compute the same, one may have a part that the other never has: ELECTRA projects, BERT does
  /// not; BERT always has segments, DistilBERT has none. A part that cannot be left out, or made up, counts more than all that can be.
  private static func namingWithClasses(
    among namings: [Architecture.Naming], for model: ModelFile, without: [String], of architecture: Architecture
  ) -> String {
    let parts = architecture.groups(ofTensors: model.tensors.map(\.name)).filter { !without.contains($0) }
    func lost(in naming: Architecture.Naming) -> (vital: Int, all: Int) {
      let absent = Set(
        architecture.tensors.filter { slot in naming.absences.contains { $0.tensor == slot.name } }.compactMap(\.group))
      let lost = architecture.groups.filter { parts.contains($0.name) && absent.contains($0.name) }
      let demanded = naming.presences.count { presence in !presence.groups.contains(where: parts.contains) }
      return (lost.count { $0.equalWhenAbsent != nil } + demanded, lost.count)
    }
    let loaded = namings.filter { naming in architecture.classes.contains { $0.naming == naming.name } }
    return loaded.min { lost(in: $0) < lost(in: $1) }?.name ?? "huggingface"
  }
}

extension Architecture.Naming {
  /// Whether TensorFlow's checkpoints spell names so: variables lie in scopes, which are divided by slashes.
  ///
  /// So do those of transformers' Keras models, which save no checkpoints; their lists of layers count `layer_._0`.
  var isOfTensorFlow: Bool {
    rows.allSatisfy { $0.pattern.spelling.contains("/") } && !rows.contains { $0.pattern.spelling.contains("_._") }
  }

  /// Whether transformers saves such files, be it from PyTorch or from TensorFlow.
  var isOfTransformers: Bool { name.hasPrefix("huggingface") }

  /// Whether bert4keras names layers so.
  var isOfBERT4Keras: Bool { name.hasPrefix("bert4keras") && !isOfOldBERT4Keras }

  /// Whether the naming is that of the last version that wrote such files: `bert4keras-0-5-6`.
  private var isOfOldBERT4Keras: Bool { name.last?.isNumber == true }
}

extension ModelFile {
  /// The attached configuration file, where there is one.
  var configuration: JSON? {
    let attached = attachments.first { $0.isConfiguration }
    return attached.flatMap { try? JSON(parsing: $0.bytes) }
  }
}

extension Attachment {
  /// Whether this is a configuration of the model, or Keras' own description of the layers.
  var isConfiguration: Bool { Attachment.isConfiguration(name) }

  /// Whether a file of this name is a configuration of a model.
  static func isConfiguration(_ name: String) -> Bool {
    name.hasSuffix(".json") && name.contains("config") && !TokenizerFile.isNamed(name) && !Companions.isNamed(name)
  }
}
