import Bytes
import Tensors

/// What an export told of a plan: tables that lie elsewhere, tensors that had other names, and a head.
extension Plan {
  /// The plan of a model that computes tables which these files always hold.
  ///
  /// - Parameter tensors: The canonical names of the tables; others than whole groups of sinusoids stay in the plan.
  package func computing(_ tensors: [String], of architecture: Architecture) -> Plan {
    let left = groups.filter { name in
      let own = architecture.tensors.filter { $0.group == name }.map(\.name)
      return architecture.groups.contains { $0.name == name && $0.isSinusoid } && own.allSatisfy(tensors.contains)
    }
    let slots = Set(architecture.tensors.filter { $0.group.map(left.contains) == true }.map(\.name))
    let removed = steps.filter { slots.contains($0.tensor) }
    guard !removed.isEmpty else { return self }
    // A size that only these tables show is none of the model.
    let rest = architecture.tensors.filter { slot in
      !slots.contains(slot.name) && (slot.group.map(groups.contains) ?? true)
    }
    let shown = Set(rest.flatMap { $0.shape + [$0.counter.map(Architecture.Extent.size)].compactMap(\.self) })
    var plan = with(
      sizes: sizes.filter { shown.contains(.size($0.letter)) }, groups: groups.filter { !left.contains($0) },
      steps: steps.filter { !slots.contains($0.tensor) })
    plan.dropped += removed.map { step in
      Dropped(
        source: step.source, tableLine: nil, copyOf: nil, isSinusoid: true, isAdjacent: true,
        reason: "a table of sines and cosines, which the model computes")
    }
    return plan
  }

  /// The plan of a model with tables that these files never hold and somebody else does.
  ///
  /// - Parameters:
  ///   - tables: The tables, under their addresses.
  ///   - names: The canonical name of each.
  /// - Returns: Nil when one is no table of sinusoids that the naming lacks, or does not have the shape that the sizes demand.
  package func holding(_ tables: [SourceTensor], as names: [String], of architecture: Architecture) -> Plan? {
    var solved = Dictionary(sizes.map { ($0.letter, $0.value) }) { first, _ in first }
    var (groups, steps) = (Set(groups), steps)
    for (table, name) in zip(tables, names) {
      guard let slot = architecture.tensors.first(where: { $0.name == name }), slot.counter == nil,
        let group = architecture.groups.first(where: { $0.name == slot.group }), group.isSinusoid,
        let absence = architecture.naming(naming)?.absences.first(where: { $0.tensor == name }),
        table.shape.rank == slot.shape.count, !steps.contains(where: { $0.tensor == name })
      else { return nil }
      for (extent, value) in zip(slot.shape, table.shape.dimensions) {
        switch extent {
        case .literal(let number): if number != value { return nil }
        case .size(let letter): if solved.updateValue(value, forKey: letter).map({ $0 != value }) == true { return nil }
        }
      }
      groups.insert(group.name)
      steps.append(
        Step(
          tensor: name, source: table.name, transforms: [], sourceShape: table.shape, shape: table.shape,
          elementType: table.elementType, tableLine: absence.line))
    }
    let all = architecture.sizes.compactMap { size in
      solved[size.letter].map { Size(letter: size.letter, name: size.name, value: $0) }
    }
    return with(sizes: all, groups: architecture.groups.map(\.name).filter(groups.contains), steps: steps)
  }

  /// The plan with extras under the names, and in the shapes, that they had before an export.
  ///
  /// - Parameter extras: For sources: the name in the model file, and what leads back to it.
  /// - Returns: Nil when a transform does not take its source.
  package func naming(_ extras: [String: (tensor: String, transforms: [Transform])]) -> Plan? {
    var plan = self
    for (place, extra) in self.extras.enumerated() {
      guard let own = extras[extra.source] else { continue }
      let shape = own.transforms.reduce(Optional(extra.shape)) { shape, transform in
        shape.flatMap(transform.applied)
      }
      guard own.tensor.hasPrefix("extra."), shape != nil else { return nil }
      plan.extras[place] = Extra(
        source: extra.source, tensor: own.tensor, transforms: own.transforms, elementType: extra.elementType,
        shape: extra.shape)
    }
    return Set(plan.extras.map { Spelling($0.tensor) }).count == plan.extras.count ? plan : nil
  }

  /// The plan with the head that an export told; as it is where the extras are no such head.
  package func heading(_ told: HeadChoice?, of architecture: Architecture) -> Plan {
    guard let told else { return self }
    var plan = self
    plan.head =
      architecture.head(
        among: extras.map { SourceTensor(name: $0.source, elementType: $0.elementType, shape: $0.shape) },
        in: naming, sizes: sizes, groups: groups, told: told) ?? head
    return plan
  }

  private func with(sizes: [Size], groups: [String], steps: [Step]) -> Plan {
    Plan(
      architecture: architecture, revision: revision, naming: naming, prefix: prefix, sizes: sizes, groups: groups,
      steps: steps, dropped: dropped, extras: extras, head: head, unknownInBlocks: unknownInBlocks, parts: parts)
  }
}
