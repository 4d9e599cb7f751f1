import Conversion
import JSON
import ModelFiles
import Tensors

extension Listing {
  /// The listing as a program reads it.
  var json: JSON {
    var members: [JSON.Member] = [
      JSON.Member("file", .string(checkpoint.file)),
      JSON.Member("kind", .string(kind)),
    ]
    if let model {
      members += modelMembers(model)
    } else {
      members.append(JSON.Member("facts", .object(checkpoint.facts.map { JSON.Member($0.name, .string($0.value)) })))
    }
    members.append(JSON.Member("remarks", .array(checkpoint.remarks.map(JSON.string))))
    members.append(JSON.Member("tensors", .array(tensors.indices.map(row))))
    if let salvage {
      members.append(
        JSON.Member(
          "lost", .array(salvage.lost.map { ["name": .string($0.name), "problem": .string("\($0.problem)")] })))
      members.append(JSON.Member("listIsWhole", .bool(salvage.isListWhole)))
    }
    return .object(members)
  }

  private func modelMembers(_ model: ModelFile) -> [JSON.Member] {
    [
      JSON.Member("architecture", .string(model.architecture)),
      JSON.Member("revision", .string("\(model.revision)")),
      JSON.Member("settings", model.settings),
      JSON.Member("assumed", model.assumed.map { .array($0.map(JSON.string)) } ?? .null),
      JSON.Member("source", ledger.map { ["file": .string($0.file), "container": .string($0.container)] } ?? .null),
      JSON.Member("naming", ledger.map { .string($0.naming) } ?? .null),
      JSON.Member(
        "files",
        .array(model.attachments.map { ["name": .string($0.name), "bytes": .integer($0.bytes.count)] })),
      JSON.Member("probes", .integer(model.probes.count)),
    ] + (model.head.map { [JSON.Member("head", $0)] } ?? [])
  }

  private func row(_ index: Int) -> JSON {
    let tensor = tensors[index]
    var members: [JSON.Member] = [
      JSON.Member("name", .string(tensor.name)),
      JSON.Member("path", .string(tensor.path)),
      JSON.Member("shape", .array(tensor.source.shape.dimensions.map(JSON.integer))),
      JSON.Member("type", .string(tensor.source.elementType.rawValue)),
      JSON.Member("bytes", .integer(tensor.source.byteCount)),
      JSON.Member("storage", .string(tensor.storage)),
    ]
    if let digest = model?.digest(of: tensor.name) { members.append(JSON.Member("sha256", .string("\(digest)"))) }
    if measurements.indices.contains(index) {
      switch measurements[index] {
      case .summary(let summary): members += summary.members
      case .none: break
      case .unreadable(let problem): members.append(JSON.Member("problem", .string("\(problem)")))
      }
    }
    return .object(members)
  }
}

extension TensorSummary {
  fileprivate var members: [JSON.Member] {
    [
      JSON.Member("minimum", .double(statistics.minimum)),
      JSON.Member("maximum", .double(statistics.maximum)),
      JSON.Member("mean", .double(statistics.mean)),
      JSON.Member("deviation", .double(statistics.deviation)),
      JSON.Member("zeros", .integer(statistics.zeros)),
      JSON.Member("nan", .integer(statistics.notANumber)),
      JSON.Member("infinite", .integer(statistics.infinite)),
      JSON.Member("histogram", .array((histogram?.counts ?? []).map(JSON.integer))),
    ]
  }
}
