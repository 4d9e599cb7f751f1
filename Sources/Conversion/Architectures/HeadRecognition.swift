import Bytes
import Tensors

extension Plan {
  /// A head whose layout and meaning are known: extras that one kind of head accounts for.
  public struct Head: Equatable, Sendable {
    /// Who says what kind it is.
    public enum Origin: Equatable, Sendable {
      /// The user.
      case given
      /// The export of the model: `ingot.json`.
      case export
      /// The class that the configuration names.
      case configuration(String)
      /// The program that gives tensors such names.
      case names
    }

    /// One tensor of the head.
    public struct Part: Equatable, Sendable {
      /// Its name in the table: `sequence.weight`.
      public let tensor: String
      /// Its name in the checkpoint: `classifier/kernel`.
      public let source: String
      /// What turns the source into the tensor as the table has it, first to last.
      public let transforms: [Transform]
      /// The shape that the table gives it.
      public let shape: Shape
    }

    /// The kind: `sequence`.
    public let kind: String
    /// Who says so.
    public let origin: Origin
    /// The number of labels; nil for a head that has always the same outputs.
    public let labels: Int?
    /// Its tensors, in the order of the table.
    public let parts: [Part]
  }
}

/// What the user says of a head: its kind, and for Keras the layer that it is.
public struct HeadChoice: Equatable, Sendable {
  /// The kind: `sequence`.
  public let kind: String
  /// The name of the layer, where it is not the one of the table.
  public let layer: String?

  /// Reads `KIND` or `KIND=LAYER`; nil when one of them is empty.
  public init?(_ text: String) {
    let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard !sides.contains("") else { return nil }
    kind = sides[0]
    layer = sides.count == 2 ? sides[1] : nil
  }
}

extension Architecture {
  /// The heads that extras may be, by names, shapes and types alone; several kinds may have one layout.
  ///
  /// - Parameters:
  ///   - extras: The tensors beyond the architecture, under the names that the naming gives.
  ///   - groups: The optional groups of the model.
  ///   - layer: The Keras layer that is a head of one layer, where it is not called as the table says.
  ///   - beginning: What stands before the names that the naming gives: `model.`.
  package func possibleHeads(
    among extras: [SourceTensor], in naming: String, sizes: [Plan.Size], groups: [String], layer: String? = nil,
    behind beginning: String = ""
  ) -> [Plan.Head] {
    guard !extras.isEmpty, let names = headNames.first(where: { $0.naming == naming }) else { return [] }
    let own = extras.filter { $0.name.utf8.starts(with: beginning.utf8) }
    let sources = Dictionary(
      own.map { (Spelling(String(decoding: $0.name.utf8.dropFirst(beginning.utf8.count), as: UTF8.self)), $0) }
    ) { first, _ in first }
    return heads.compactMap { head in
      guard head.input != .pooler || groups.contains("pooler") else { return nil }
      var solved = SolvedSizes()
      for size in sizes { _ = solved.bind(size.letter, to: size.value, by: size.name) }
      var parts: [Plan.Head.Part] = []
      for slot in head.tensors {
        guard let row = names.rows.first(where: { $0.tensor == slot.name }),
          let source = sources[Spelling(row.source(inLayer: layer, of: head))], source.elementType.isFloatingPoint
        else { return nil }
        let isTransposed = row.transforms == [.transpose]
        let extents = isTransposed ? source.shape.dimensions.reversed() : source.shape.dimensions
        guard extents.count == slot.shape.count, !extents.contains(0) else { return nil }
        for (extent, value) in zip(slot.shape, extents) {
          if extent == Head.labels { _ = solved.bind("labels", to: value, by: source.name) }
        }
        guard solved.dimensions(of: slot.shape) == extents, let shape = Shape(extents) else { return nil }
        parts.append(
          Plan.Head.Part(
            tensor: slot.name, source: source.name, transforms: isTransposed ? [.transpose] : [], shape: shape))
      }
      return Plan.Head(
        kind: head.kind, origin: .names, labels: solved.entries["labels"]?.value, parts: parts)
    }
  }

  /// The one head that extras are, where somebody says which: the user, the class that a configuration names, or the program
  /// by whose names the tensors are called.
  ///
  /// - Parameters:
  ///   - className: The first of the configuration's `architectures`.
  ///   - told: What an export told.
  ///   - beginnings: What may stand before the names that the naming gives.
  package func head(
    among extras: [SourceTensor], in naming: String, sizes: [Plan.Size], groups: [String], className: String? = nil,
    given: HeadChoice? = nil, told: HeadChoice? = nil, behind beginnings: [String] = []
  ) -> Plan.Head? {
    let possible =
      ([""] + beginnings).lazy.map { beginning in
        possibleHeads(
          among: extras, in: naming, sizes: sizes, groups: groups, layer: (given ?? told)?.layer, behind: beginning)
      }.first { !$0.isEmpty } ?? []
    func find(_ kind: String, _ origin: Plan.Head.Origin) -> Plan.Head? {
      possible.first { $0.kind == kind }.map {
        Plan.Head(kind: kind, origin: origin, labels: $0.labels, parts: $0.parts)
      }
    }
    if let given { return find(given.kind, .given) }
    if let told { return find(told.kind, .export) }
    if let className, let kind = head(ofClass: className) { return find(kind, .configuration(className)) }
    let evident = headNames.first { $0.naming == naming }?.evident ?? []
    return evident.lazy.compactMap { find($0, .names) }.first
  }

  /// A head under the names of another family of files.
  ///
  /// - Parameters:
  ///   - head: The head of a model file, its sources named without `extra.`.
  ///   - source: The family that it comes from, which keeps its own names.
  ///   - naming: The family.
  /// - Returns: One row for each tensor of the head; none where such files have no names for it.
  package func translated(_ head: Plan.Head, from source: String?, to naming: String) -> [TranslatedTensor] {
    let rows = headNames.first { $0.naming == naming }?.rows ?? []
    return head.parts.compactMap { part in
      rows.first { $0.tensor == part.tensor }.map { row in
        let transforms = part.transforms.count == row.transforms.count ? [] : [Transform.transpose]
        let shape = row.transforms.isEmpty ? part.shape : Shape(part.shape.dimensions.reversed()) ?? part.shape
        return TranslatedTensor(
          tensor: "extra.\(part.source)",
          name: source == naming && !part.isBehindBeginning(row) ? part.source : row.pattern.spelling,
          transforms: transforms, shape: shape, part: part)
      }
    }
  }
}

/// One tensor of a head, as another family of files has it.
package struct TranslatedTensor: Sendable {
  /// Its name in the model file.
  package let tensor: String
  /// Its name in the files.
  package let name: String
  /// What turns the tensor of the model file into that of the files.
  package let transforms: [Transform]
  /// Its shape in the files.
  package let shape: Shape
  /// The part of the head that it is.
  package let part: Plan.Head.Part
}

extension Plan.Head.Part {
  /// Whether it is called as a row says behind what stood before all names of a checkpoint.
  fileprivate func isBehindBeginning(_ row: Architecture.Row) -> Bool {
    [".", "/"].contains { source.hasSuffix($0 + row.pattern.spelling) }
  }
}

extension Architecture.Row {
  /// The name of the source, in a layer that is called otherwise where the head has one layer.
  fileprivate func source(inLayer layer: String?, of head: Architecture.Head) -> String {
    let own = pattern.spelling
    guard let layer, head.activation == nil, let bracket = own.lastIndex(of: "[") else { return own }
    return layer + own[bracket...]
  }
}
