import Bytes
import JSON
import SafeTensors
import Tensors

extension ModelContents {
  /// Checks the contents and gives every tensor its place; also the reserved tensors whose contents are known.
  ///
  /// - Throws: `Problem` of kind *refused* for what the format cannot say.
  func laidOut(for path: String) throws -> (ModelLayout, reserved: [NamedTensor]) {
    func refused(_ object: String?, _ found: String, _ expected: String) -> Problem {
      Problem(.refused, file: path, object: object, found: found, expected: expected)
    }
    guard !architecture.isEmpty else { throw refused(nil, "no name of an architecture", "one, such as bert") }
    for (name, json) in [
      ("the settings", settings), ("the settings of texts", text), ("the settings of vectors", vectors),
      ("the settings of the head", head),
    ] {
      guard let json, json.members == nil else { continue }
      throw refused(name, json.compact, "an object")
    }
    if let assumed, !ModelLayout.isAscending(assumed, in: settings) {
      throw refused(
        "the settings", "\(assumed.joined(separator: ", ")) assumed", "settings, each once and in their order")
    }

    var declarations: [SafeTensorsHeader.Declaration] = []
    func declare(_ name: String, _ elementType: ElementType, _ shape: Shape) throws {
      guard name.utf8.count <= SafeTensorsFile.Limits().nameByteCount, shape.rank <= SafeTensorsFile.Limits().rank
      else {
        throw refused(
          "tensor \"\(name.prefix(80))\"", "a name of \(name.utf8.count) bytes and \(shape.rank) dimensions",
          "at most \(SafeTensorsFile.Limits().nameByteCount) bytes and \(SafeTensorsFile.Limits().rank) dimensions")
      }
      guard let dataType = DataType(elementType), let declaration = Declaration(name, dataType, shape) else {
        throw refused("tensor \"\(name)\"", "\(elementType) \(shape)", "a type and a size that safetensors has")
      }
      declarations.append(declaration)
    }

    for tensor in tensors {
      guard !ReservedName.isReserved(tensor.name), Spelling(tensor.name) != Spelling("__metadata__") else {
        throw refused("tensor \"\(tensor.name)\"", "a reserved name", "one without the prefix \(ReservedName.prefix)")
      }
      try declare(tensor.name, tensor.elementType, tensor.shape)
    }
    let reserved = try reservedTensors(refused)
    for attached in reserved { try declare(attached.name, attached.tensor.elementType, attached.tensor.shape) }
    if let ledger { try declare(ReservedName.ledger.name, .uint8, [ledger.compact.utf8.count]) }

    var names: Set<Spelling> = []
    for declaration in declarations where !names.insert(Spelling(declaration.name)).inserted {
      throw refused("tensor \"\(declaration.name)\"", "the name a second time", "every name once")
    }
    let layout = try ModelLayout(
      architecture: architecture, revision: revision, settings: settings, assumed: assumed, text: text,
      vectors: vectors, head: head, tensors: declarations, file: path)
    return (layout, reserved)
  }

  private typealias Declaration = SafeTensorsHeader.Declaration

  /// Attachments and probes under their names in the file.
  private func reservedTensors(
    _ refused: (_ object: String?, _ found: String, _ expected: String) -> Problem
  ) throws -> [NamedTensor] {
    var reserved: [NamedTensor] = []
    for attachment in attachments {
      guard ReservedName.isBareFileName(attachment.name) else {
        throw refused("the attached files", "the name \"\(attachment.name)\"", "a bare file name")
      }
      let tensor = Tensor(.uint8, [attachment.bytes.count], bytes: attachment.bytes)!
      reserved.append(NamedTensor(ReservedName.file(attachment.name).name, tensor))
    }
    if vectors == nil, let tensor = vectorTensors.first {
      throw refused("the tensors of vectors", "\"\(tensor.name)\"", "none without settings of vectors")
    }
    for tensor in vectorTensors {
      guard !tensor.name.isEmpty, !tensor.name.hasPrefix(".") else {
        throw refused("the tensors of vectors", "the name \"\(tensor.name)\"", "a name")
      }
      reserved.append(NamedTensor(ReservedName.vector(tensor.name).name, tensor.tensor))
    }
    for (index, probe) in probes.enumerated() {
      guard !probe.inputs.isEmpty, !probe.points.isEmpty else {
        throw refused("probe \(index)", "no inputs or no points", "both")
      }
      guard (probe.inputs + probe.points).allSatisfy({ !$0.name.isEmpty }) else {
        throw refused("probe \(index)", "a tensor without a name", "a name")
      }
      reserved += probe.inputs.map { NamedTensor(ReservedName.input(probe: index, $0.name).name, $0.tensor) }
      reserved += probe.points.map { NamedTensor(ReservedName.point(probe: index, $0.name).name, $0.tensor) }
    }
    return reserved
  }
}
