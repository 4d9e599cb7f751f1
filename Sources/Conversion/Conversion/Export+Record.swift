import Architectures
import Bytes
import JSON
import ModelFiles
import Tensors

extension Export {
  /// What the folder tells Ingot beside the files of the other program.
  ///
  /// - Parameter files: The files beside the weights.
  /// - Throws: What reading a table throws.
  func record(beside files: [(name: String, bytes: ByteView)]) throws -> ExportRecord {
    let told = toldSettings
    let ledger = try model.ledger().map { try Ledger($0, file: model.path) }
    return ExportRecord(
      file: ExportRecord.name, architecture: architecture.name, naming: plan.naming,
      origin: ledger?.namingBeforeExport ?? ledger?.naming,
      sizes: plan.sizes.map { ($0.name, $0.value) }, settings: told.settings, assumed: told.assumed,
      text: model.text, vectors: model.vectors,
      vectorTensors: model.vectorTensors.map { ($0.name, $0.tensor) },
      head: toldHead, headSettings: model.head, extras: toldExtras, without: Set(options.without).sorted(),
      computed: stored.map(\.name),
      tables: try tables(), attached: attached(in: files),
      files: files.compactMap { place, bytes in
        Companions.name(of: place).map { ($0, bytes.withUnsafeBytes { Digest(of: $0) }) }
      })
  }

  /// The settings that whoever converts these files would not find, or not as certain or uncertain as they are.
  private var toldSettings: (settings: [(name: String, value: String)], assumed: [String]) {
    let read = try? architecture.settings(
      for: plan, of: "", configuration: Configuration(file: "", json: configuration))
    let entries = read?.entries ?? []
    let assumed = Set(
      model.assumed
        // Of a file of version 1 nobody knows more than the table.
        ?? entries.filter { $0.assumption != nil && "\($0.value)" == settings[$0.name] }.map(\.name)
    ).subtracting(options.settings.keys)
    let told = architecture.settings.filter { setting in
      guard let value = settings[setting.name] else { return false }
      guard let entry = entries.first(where: { $0.name == setting.name }), case .configuration = entry.origin else {
        return true
      }
      return entry.value != setting.domain.value(of: value)
        || (entry.assumption != nil) != assumed.contains(setting.name)
    }
    return (
      told.map { ($0.name, settings[$0.name] ?? "") }, told.map(\.name).filter(assumed.contains)
    )
  }

  /// The head that the files hold, with its layer where that has a name of its own.
  private var toldHead: HeadChoice? {
    guard let kept = keptHead else { return nil }
    let isOwnLayer = head.tensors.contains { tensor in
      options.head?.layer.map { tensor.name.hasPrefix("\($0)[") } ?? false
    }
    return HeadChoice(kept.kind + (isOwnLayer ? "=\(options.head?.layer ?? "")" : ""))
  }

  private var toldExtras: [ExportRecord.Extra] {
    plan.extras.map { extra in
      let known = head.tensors.first { $0.name == extra.source }
      return ExportRecord.Extra(
        source: extra.source, tensor: known?.tensor ?? extra.tensor,
        transforms: known?.transforms.reversed().map(\.inverse) ?? [])
    }
  }

  /// The tables that the files leave to be computed, in the type in which they would hold them.
  private func tables() throws -> [(name: String, tensor: Tensor)] {
    try computed.filter { name in architecture.group(ofTensor: name).map(options.without.contains) != true }
      .compactMap { name in
        guard let tensor = model.tensor(name) else { return nil }
        guard let type = options.elementType, let converted = tensor.converted(to: type) else { return (name, tensor) }
        return (name, try Tensor(reading: converted))
      }
  }

  /// Where the model's files are: beside the weights, by whatever name, or in the record.
  private func attached(
    in files: [(name: String, bytes: ByteView)]
  ) -> [(name: String, contents: ExportRecord.Attached)] {
    model.attachments.map { own in
      let same = files.filter { $0.bytes.isEqual(to: own.bytes) }.compactMap { Companions.name(of: $0.name) }
      let name = same.first { $0 == own.name } ?? same.first
      return (own.name, name.map { .file($0) } ?? .bytes(own.bytes.array()))
    }
  }
}

extension ByteView {
  /// Whether another view holds the same bytes.
  fileprivate func isEqual(to other: ByteView) -> Bool {
    count == other.count
      && withUnsafeBytes { own in other.withUnsafeBytes { own.elementsEqual($0) } }
  }
}
