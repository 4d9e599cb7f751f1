import Architectures
import Bytes
import Checkpoints
import JSON
import ModelFiles
import Tensors
import Tokenization

/// Folders that Ingot exported, which tell in `ingot.json` what their other files cannot.
extension Conversion {
  /// The plan of a folder as its export told of it.
  struct Told {
    let record: ExportRecord
    let plan: Plan
  }

  /// Plans as an export told, where the tensors are what it told and the user does not say otherwise.
  ///
  /// - Returns: The plan, or why the record counts for nothing; neither where there is none.
  /// - Throws: `Problems` for tensors beyond the architecture that the record does not name, `Problem` of kind *mismatched* for a table
  ///   that the architecture has no place for.
  static func told(
    by record: ExportRecord?, _ options: Options, among candidates: [Architecture], of release: Release
  ) throws -> (told: Told?, warning: String?) {
    guard let record else { return (nil, nil) }
    let sources = release.checkpoint.sources
    func ignored(_ reason: String) -> (Told?, String?) {
      (nil, "\(record.file) tells of \(record.architecture) (\(record.naming)) and counts for nothing: \(reason).")
    }
    guard options.naming ?? record.naming == record.naming, options.prefix == nil,
      let architecture = candidates.first(where: { $0.name == record.architecture })
    else {
      let isKnown = options.architecture != nil || options.naming != nil || options.prefix != nil
      return ignored(isKnown ? "the options say otherwise" : "this Ingot does not know it")
    }
    let file = release.checkpoint.file
    guard
      let whole = try? architecture.plan(
        for: sources, of: file, naming: record.naming, extras: options.extras == .drop ? .drop : .keep)
    else { return ignored("\(file) has other tensors") }
    let sizes = Dictionary(whole.sizes.map { ($0.name, $0.value) }) { first, _ in first }
    if let other = record.sizes.first(where: { sizes[$0.name] != $0.value }) {
      let shown = sizes[other.name].map { "\($0)" } ?? "none"
      return ignored("its \(other.name) is \(other.value), and \(shown) in \(file)")
    }
    let known = Dictionary(record.extras.map { ($0.source, ($0.tensor, $0.transforms)) }) { first, _ in first }
    if options.extras == .refuse, whole.extras.contains(where: { known[$0.source] == nil }) {
      // What the user added is refused like any other extra, and not because of what the export had.
      let own = sources.filter { known[$0.name] == nil }
      _ = try architecture.plan(for: own, of: file, naming: record.naming)
    }
    guard let named = whole.heading(record.head, of: architecture).naming(known) else {
      throw Problem(
        .mismatched, file: record.file, object: "extras", found: "tensors that cannot have been so",
        expected: "names and transforms of those in \(file)")
    }
    let tables = record.tables.map {
      SourceTensor(
        name: ExportRecord.address(of: $0.name), elementType: $0.tensor.elementType, shape: $0.tensor.shape)
    }
    let computing = named.computing(record.computed, of: architecture)
    guard let plan = computing.holding(tables, as: record.tables.map(\.name), of: architecture) else {
      throw Problem(
        .mismatched, file: record.file, object: record.tables.map(\.name).joined(separator: ", "),
        found: "tables of shape \(tables.map { "\($0.shape)" }.joined(separator: ", "))",
        expected: "those that \(architecture.name) computes, of the shapes that its sizes demand")
    }
    return (Told(record: record, plan: plan), nil)
  }

  /// How vectors were made before the export, as the model file said it; nil where it said nothing, or the user says it anew.
  public var toldVectors: (settings: JSON, tensors: [NamedTensor])? {
    guard let record = told?.record, let settings = record.vectors, options.vectors == VectorPlan.Options() else {
      return nil
    }
    return (settings, record.vectorTensors.map { NamedTensor($0.name, $0.tensor) })
  }

  /// What stood on top of the model before the export, as the model file said it; nil where the user says it anew, or leaves it out.
  public var toldHead: JSON? {
    guard let record = told?.record, options.head == HeadPlan.Options(), options.extras != .drop else { return nil }
    return record.headSettings
  }

  /// Says what of the record does not show elsewhere.
  static func remarks(on told: Told?) -> [String] {
    guard let record = told?.record else { return [] }
    return record.without.map { "The export left \($0) out (\(record.file))." }
  }
}

extension Conversion.Told {
  /// The settings that were told.
  ///
  /// - Parameter configuration: The path of the configuration that counts.
  func settings(beside configuration: String?) throws -> ToldSettings {
    ToldSettings(
      Dictionary(record.settings.map { ($0.name, $0.value) }) { first, _ in first }, assumed: Set(record.assumed),
      isBehindConfiguration: try !isAsWritten(configuration))
  }

  /// How texts became ids before the export; nil where the model file did not say, or a file of the tokenizer was changed since.
  func texts() throws -> TextSettings? {
    guard let text = record.text else { return nil }
    let files = record.files.map(\.name).filter { !Attachment.isConfiguration($0) }
    guard try files.allSatisfy({ try record.isAsWritten($0, in: Path(record.file).folder) }) else { return nil }
    var texts = try TextSettings(text, of: record.file)
    for name in texts.names where texts.origins[name] == nil { texts.origins[name] = .file(ExportRecord.name) }
    return texts
  }

  /// The files of the model: those of the folder, without what was written for another program's sake, and those that the record keeps.
  ///
  /// What the user changed since counts, and stands in the way of what it replaced.
  ///
  /// - Parameters:
  ///   - attachments: The files of the folder.
  ///   - configuration: The path of the configuration that counts.
  func restored(_ attachments: [Attachment], beside configuration: String?) throws -> [Attachment] {
    let folder = Path(record.file).folder
    let unchanged = try Set(record.files.map(\.name).filter { try record.isAsWritten($0, in: folder) })
    let own = Set(record.attached.filter { $0.contents == .file($0.name) }.map(\.name))
    var files = attachments.filter { !unchanged.contains($0.name) || own.contains($0.name) }
    let isConfigured = try isAsWritten(configuration)
    for (name, contents) in record.attached where !files.contains(where: { $0.name == name }) {
      guard isConfigured || !Attachment.isConfiguration(name) else { continue }
      switch contents {
      case .bytes(let bytes): files.append(Attachment(name, bytes: ByteView(bytes)))
      case .file(let other):
        if unchanged.contains(other) {
          files.append(
            Attachment(name, bytes: try ByteView(mapping: folder.appending(Companions.place(of: other)).text)))
        }
      }
    }
    return files
  }

  /// The naming in which the model's own configuration is spelled; nil where that is the user's by now.
  func origin(beside configuration: String?) throws -> String? {
    try isAsWritten(configuration) ? record.origin : nil
  }

  /// Whether the configuration is the one that the export wrote.
  private func isAsWritten(_ configuration: String?) throws -> Bool {
    guard let configuration, Path(configuration).folder.text == Path(record.file).folder.text else { return false }
    let name = Path(configuration).name
    return try record.isAsWritten(name, in: Path(record.file).folder)
  }
}

extension Checkpoint {
  /// The tensors as planning sees them.
  var sources: [SourceTensor] {
    tensors.map {
      SourceTensor(name: $0.name, elementType: $0.source.elementType, shape: $0.source.shape, path: $0.path)
    }
  }
}
