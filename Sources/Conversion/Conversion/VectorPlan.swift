import Architectures
import Bytes
import SentenceVectors

/// How the vectors of texts will be made by a model file, each setting with its origin.
public struct VectorPlan: Sendable {
  /// What the user decides of vectors; everything else is found.
  public struct Options: Equatable, Sendable {
    /// Whether the model file shall say nothing of vectors, whatever is found.
    public var leavesOut = false
    /// The pooling.
    public var pooling: Pooling?
    /// Whether vectors are normalised.
    public var normalizes: Bool?
    /// How many components are kept.
    public var components: Int?
    /// The greatest number of tokens.
    public var maximumLength: Int?

    /// Gathers options; by default everything is found.
    public init(
      leavesOut: Bool = false, pooling: Pooling? = nil, normalizes: Bool? = nil, components: Int? = nil,
      maximumLength: Int? = nil
    ) {
      self.leavesOut = leavesOut
      self.pooling = pooling
      self.normalizes = normalizes
      self.components = components
      self.maximumLength = maximumLength
    }
  }

  /// One setting.
  public struct Entry: Equatable, Sendable {
    /// The setting's name.
    public let name: String
    /// Its value, in words.
    public let value: String
    /// Who says so: a file, `given`, `assumed` or `default`.
    public let origin: String
    /// For which models an assumption holds; nil where somebody tells.
    public var assumption: String?
  }

  /// The settings.
  public let settings: VectorSettings
  /// The same in words, in the order in which they act.
  public private(set) var entries: [Entry] = []
  /// What is found and not used, as sentences.
  public private(set) var remarks: [String] = []

  /// Decides how vectors are made; nil where nobody says how, or the user wants none.
  ///
  /// - Parameters:
  ///   - folder: The folder in which the checkpoint lies.
  ///   - pooler: Whether the model has a pooler whose image is linear beside a unilm mask, as SimBERT and RoFormer-Sim have.
  ///   - file: The checkpoint, for messages.
  init?(in folder: Path, hasLinearPooler pooler: Bool, options: Options, of file: String) throws {
    guard !options.leavesOut else { return nil }
    let found = try VectorPlan.found(in: folder, options)
    let entry: Entry
    let pooling: Pooling
    if let given = options.pooling {
      pooling = given
      let overruled = found?.pooling.flatMap {
        $0.value == given ? nil : ", overruling \($0.value.rawValue) (\($0.file))"
      }
      entry = Entry(name: "pooling", value: given.rawValue, origin: "given" + (overruled ?? ""))
    } else if let said = found?.pooling {
      pooling = said.value
      entry = Entry(name: "pooling", value: said.value.rawValue, origin: said.file)
    } else if pooler {
      pooling = .pooler
      entry = Entry(
        name: "pooling", value: pooling.rawValue, origin: "assumed",
        assumption: "as SimBERT and RoFormer-Sim, beside unilm; for another model: --pooling")
    } else {
      try VectorPlan.checkNothingGiven(options, of: file)
      return nil
    }
    let layers = found?.pooling?.value == pooling ? found?.layers ?? [] : []
    settings = VectorSettings(
      lowersTexts: found?.lowercases?.value ?? false, pooling: pooling, layers: layers.map(\.value),
      components: options.components,
      normalizes: options.normalizes ?? found?.normalizes.value ?? false,
      maximumLength: options.maximumLength ?? found?.maximumLength?.value)
    entries = found?.lowercases.map { [Entry(name: "texts", value: "lowered", origin: $0.file)] } ?? []
    entries.append(entry)
    entries += layers.map {
      let layer = $0.value
      return Entry(
        name: "layer", value: "\(layer.inputWidth) to \(layer.width), \(layer.activation.rawValue)", origin: $0.file)
    }
    if let components = options.components {
      entries.append(Entry(name: "components", value: "\(components)", origin: "given"))
    }
    entries.append(
      Entry(
        name: "normalize", value: "\(settings.normalizes)",
        origin: options.normalizes != nil ? "given" : found?.normalizes.file ?? "default"))
    if let length = settings.maximumLength {
      entries.append(
        Entry(
          name: "maximum length", value: "\(length) tokens",
          origin: options.maximumLength != nil ? "given" : found?.maximumLength?.file ?? "given"))
    }
    if let left = found?.layers, left.count > layers.count {
      remarks.append(
        "\(left.map(\.file).joined(separator: ", ")) \(left.count == 1 ? "is" : "are") left out: trained behind another pooling."
      )
    }
  }

  /// What the folder says; a module that Ingot does not compute stands in nobody's way who names a pooling.
  private static func found(in folder: Path, _ options: Options) throws -> SentenceTransformer? {
    do {
      return try SentenceTransformer(in: folder)
    } catch let problem as Problem where options.pooling != nil && problem.kind == .unsupported {
      return nil
    }
  }

  /// Checks that nothing is said of vectors without a pooling.
  private static func checkNothingGiven(_ options: Options, of file: String) throws {
    guard options == Options() else {
      throw Problem(
        .mismatched, file: file, found: "settings of vectors without a pooling", expected: "a pooling",
        advice: "Choose one with --pooling: \(Pooling.allCases.map(\.rawValue).joined(separator: ", "))")
    }
  }
}
