import Architectures
import Bytes
import JSON
import ModelFiles
import Tensors

extension Architecture {
  /// Whether a tensor is a table of sines and cosines, which some files hold and others leave to be computed.
  ///
  /// That it is the table which everybody computes is not believed but compared.
  package func isSinusoid(_ tensor: any TensorSource, named name: String) throws -> Bool {
    guard let slot = tensors.first(where: { $0.name == name }),
      groups.contains(where: { $0.name == slot.group && $0.isSinusoid }), tensor.shape.rank == 2,
      let sinusoid = Sinusoid(positions: tensor.shape.dimensions[0], width: tensor.shape.dimensions[1], .adjacent)
    else { return false }
    return try sinusoid.isEqual(to: tensor)
  }
}

/// Tables of sines and cosines, which one program stores and another computes.
extension Export {
  /// The tensors of a model that a naming never holds because whoever loads its files computes them.
  static func tensorsToCompute(
    in naming: Architecture.Naming, of architecture: Architecture, from model: ModelFile
  ) throws -> [String] {
    try naming.absences.map(\.tensor).filter { name in
      guard let tensor = model.tensor(name) else { return false }
      return try architecture.isSinusoid(tensor, named: name)
    }
  }

  /// The tensors that the files of a naming always hold, and the model does not because it computes them.
  ///
  /// There is a row for each distance up to `relative.distance`, forth and back, of the width of a head.
  static func tensorsToStore(
    in naming: Architecture.Naming, of architecture: Architecture, from model: ModelFile, settings: [String: String]
  ) -> [(name: String, source: Sinusoid)] {
    architecture.tensors.filter { slot in
      architecture.groups.contains { $0.name == slot.group && $0.isSinusoid }
        && naming.presences.contains { $0.groups == [slot.group] } && model.tensor(slot.name) == nil
    }.compactMap { slot in
      guard let distance = settings["relative.distance"].flatMap(Int.init), (1..<1 << 31).contains(distance),
        let width = model.tensor("block.0.attention.query.weight")?.shape.dimensions.first,
        let heads = settings["heads"].flatMap(Int.init), heads > 0,
        let sinusoid = Sinusoid(positions: 2 * distance + 1, width: width / heads, .adjacent)
      else { return nil }
      return (slot.name, sinusoid)
    }
  }

  /// The tables that the files of a naming hold and the model does not: rows `- NAME = sinusoid`.
  ///
  /// There is a row for each position that the exported configuration allows, of the width of a head.
  ///
  /// - Throws: `Problem` of kind *unsupported* for sizes of which no table can be made.
  static func sinusoids(
    in naming: Architecture.Naming, of plan: Plan, settings: [String: String], configuration: JSON, file: String
  ) throws -> [(name: String, source: any TensorSource)] {
    try naming.drops.filter(\.isSinusoid).map { drop in
      let positions = configuration["max_position_embeddings"]?.integer ?? 0
      let heads = settings["heads"].flatMap(Int.init) ?? 1
      let width = (plan.size(named: "width") ?? 0) / max(1, heads)
      guard let sinusoid = Sinusoid(positions: positions, width: width, .halves) else {
        throw Problem(
          .unsupported, file: file, object: drop.pattern.spelling, found: "\(positions) positions of width \(width)",
          expected: "a table of them")
      }
      return (drop.pattern.name(at: nil), sinusoid)
    }
  }
}
