import Architectures
import Bytes
import JSON
import ModelFiles
import Tensors

extension Export {
  /// The configuration file: what the source's own said, where it was of the same family, with what the model is known to be.
  ///
  /// - Parameter labels: What is said of the labels of a head, where the original does not.
  static func configuration(
    _ said: Architecture.SaidConfiguration, of kind: (modelType: String, name: String)?,
    labels: [(name: String, value: JSON)],
    storing elementType: ElementType?, in model: ModelFile, after original: JSON?
  ) -> JSON {
    var members = original?.members ?? []
    // A name that comes first for one value is not a second name of another.
    let first = Set(said.members.map { $0.names[0] })
    func set(_ names: [String], _ value: JSON) {
      let names = names.prefix(1) + names.dropFirst().filter { !first.contains($0) }
      if let index = members.firstIndex(where: { names.contains($0.name) && $0.value != .null }) {
        members[index] = JSON.Member(members[index].name, value)
      } else if let index = members.firstIndex(where: { $0.name == names[0] }) {
        members[index] = JSON.Member(names[0], value)
      } else {
        members.append(JSON.Member(names[0], value))
      }
    }
    if let kind {
      set(["architectures"], [.string(kind.name)])
      set(["model_type"], .string(kind.modelType))
      if let type = elementType ?? model.tensors.first(where: { $0.elementType.isFloatingPoint })?.elementType {
        set(["torch_dtype", "dtype"], .string(type.rawValue))
      }
    }
    for member in labels { set([member.name], member.value) }
    for member in said.members {
      let isThere = members.contains { $0.name == member.names[0] }
      switch member.manner {
      case .ifAbsent where isThere, .ifPresent where !isThere: break
      default: set(member.names, member.value)
      }
    }
    return .object(members)
  }
}
