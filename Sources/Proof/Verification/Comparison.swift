import Architectures
import Bytes
import Checkpoints
import Conversion
import ModelFiles
import Tensors

/// Two files of weights held against each other, tensor by tensor.
///
/// Files that name their tensors alike are compared by name. Others are compared through the name tables, where both turn out to be the
/// same architecture: each tensor is then what its naming makes of it. Tensors that neither pairs are paired by their contents:
/// one of the first file with one of the second that has the same type, shape and bytes.
public struct Comparison: Sendable {
  /// How the tensors of both sides were paired.
  public enum Pairing: Equatable, Sendable {
    /// Both sides use the same names.
    case names
    /// Both are this architecture, each in a naming of its own.
    case tables(architecture: String, namings: [String])
    /// No name is on both sides, and no table accounts for both.
    case contents
  }

  /// One tensor that both sides have.
  public struct Pair: Sendable {
    /// The tensor's name: the one of both files, or the canonical one where the tables pair.
    public let name: String
    /// What the first file and the second one call it.
    public let sources: [String]
    /// What the tensor of the first file and that of the second one go through before they are compared, in this order.
    public let transforms: [[Transform]]
    /// What came out.
    public let result: TensorComparison
    /// Whether nothing but type, shape and bytes pairs the two.
    public let isByContents: Bool
  }

  /// The paths of the first file and the second one.
  public let files: [String]
  /// How the tensors were paired.
  public let pairing: Pairing
  /// The tensors that both have, in the order of the first side; those that are paired by their contents come last.
  ///
  /// Where several tensors hold the same, the first of one side is paired with the first of the other, and so on.
  public let pairs: [Pair]
  /// The names of the tensors that only the first file has, in its order.
  public let onlyInFirst: [String]
  /// The names of the tensors that only the second file has, in its order.
  public let onlyInSecond: [String]
  /// What either file holds beside its weights and the tables leave out, such as an optimizer's state: `NAME in FILE`.
  ///
  /// Nothing where files are paired by names: then everything in them is compared.
  public let leftOut: [String]
  /// The tables that one file holds and whoever loads the other one computes, the same: `NAME in FILE`.
  public let computed: [String]

  /// Whether both sides hold the same tensors with the same bits.
  public var agrees: Bool {
    onlyInFirst.isEmpty && onlyInSecond.isEmpty && pairs.allSatisfy(\.result.isEqual)
  }

  /// Compares all tensors, in tiles and on all processors.
  ///
  /// - Parameters:
  ///   - first: A checkpoint or model file.
  ///   - second: Another one. Neither is changed, and no more than a few tiles of either are in memory at once.
  ///   - architectures: Whose tables pair tensors; all that Ingot knows unless told otherwise.
  ///   - prefix: What the names of a part begin with, of a file that holds several models: that part alone is compared, under names
  ///     without the prefix. A file without such names is compared whole.
  ///   - progress: Takes the number of bytes of the first side after each tile, on any thread.
  /// - Throws: `Problem` of kind *damaged* for a tensor that cannot be read, *mismatched* when neither file has names that begin
  ///   with the prefix.
  public init(
    of first: Checkpoint, with second: Checkpoint, among architectures: [Architecture] = Architecture.all,
    prefix: String? = nil, progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) throws {
    files = [first.file, second.file]
    for checkpoint in [first, second] { try checkpoint.verifyChecksums() }
    let sides = [first, second].map { Side($0, prefix: prefix) }
    if let prefix, sides.allSatisfy({ $0.part == nil }) {
      throw Problem(
        .mismatched, file: first.file, found: "no name that begins with \"\(prefix)\", nor in \(second.file)",
        expected: "a part of one of them")
    }
    // A part may use tensors that are called otherwise, as ELECTRA's generator does those of the discriminator's embedding.
    let isPairedByNames = prefix == nil && Set(sides[0].tensors.keys) == Set(sides[1].tensors.keys)
    let canonical = isPairedByNames ? nil : try Self.canonical(sides, among: architectures)
    let tensors = canonical?.map(\.tensors) ?? sides.map(\.tensors)
    leftOut = zip(files, canonical ?? []).flatMap { file, side in side.dropped.map { "\($0) in \(file)" } }
    let ordered = tensors.map { $0.values.sorted { $0.order < $1.order } }
    let common = ordered[0].compactMap { one -> (name: String, tensors: [Tensor])? in
      tensors[1][Spelling(one.name)].map { (one.name, [one, $0]) }
    }
    let equal = try Self.pairs(
      byContentsOf: ordered[0].filter { tensors[1][Spelling($0.name)] == nil },
      and: ordered[1].filter { tensors[0][Spelling($0.name)] == nil }, progress: progress)
    let architecture = architectures.first { $0.name == canonical?[0].architecture }
    let computed = try equal.rest.map { rest in
      try rest.filter { try architecture?.isSinusoid($0.source, named: $0.name) ?? false }.map(\.name)
    }
    self.computed = zip(files, computed).flatMap { file, names in names.map { "\($0) in \(file)" } }
    onlyInFirst = equal.rest[0].map(\.name).filter { !computed[0].contains($0) }
    onlyInSecond = equal.rest[1].map(\.name).filter { !computed[1].contains($0) }
    pairing =
      if common.isEmpty && !equal.pairs.isEmpty {
        .contents
      } else if let canonical {
        .tables(architecture: canonical[0].architecture, namings: canonical.map(\.naming))
      } else {
        .names
      }
    let results = try mapInParallel(common) { pair in
      try TensorComparison(of: pair.tensors[0].source, with: pair.tensors[1].source, progress: progress)
    }
    pairs =
      zip(common, results).map { Pair($0.name, $0.tensors, $1) }
      + equal.pairs.map { Pair($0[0].name, $0, TensorComparison(ofEqual: $0[0].source), isByContents: true) }
  }

  /// Pairs tensors of the same type, shape and bytes in their order, and gives what is left of both sides.
  ///
  /// Only tensors are read of whose type and shape the other side has one; a digest stands for the bytes.
  private static func pairs(
    byContentsOf first: [Tensor], and second: [Tensor], progress: @escaping @Sendable (Int) -> Void
  ) throws -> (pairs: [[Tensor]], rest: [[Tensor]]) {
    let forms = [first, second].map { Set($0.map(\.form)) }
    let common = forms[0].intersection(forms[1])
    let candidates = [first, second].map { $0.filter { common.contains($0.form) } }
    let digests = try candidates.enumerated().map { side, tensors in
      try Digest.digests(of: tensors.map(\.source)) { if side == 0 { progress($0) } }
    }
    var waiting: [Contents: [Tensor]] = [:]
    for (tensor, digest) in zip(candidates[1], digests[1]).reversed() {
      waiting[Contents(form: tensor.form, digest: digest), default: []].append(tensor)
    }
    let pairs = zip(candidates[0], digests[0]).compactMap { tensor, digest in
      waiting[Contents(form: tensor.form, digest: digest)]?.popLast().map { [tensor, $0] }
    }
    let paired = (0..<2).map { side in Set(pairs.map { $0[side].order }) }
    return (
      pairs, zip([first, second], paired).map { tensors, paired in tensors.filter { !paired.contains($0.order) } }
    )
  }

  /// What two tensors have in common that are paired by their contents.
  private struct Contents: Hashable {
    let form: [String]
    let digest: Digest
  }

  /// One tensor of a side, ready to be compared.
  fileprivate struct Tensor: Sendable {
    let name: String
    let sourceName: String
    let transforms: [Transform]
    let source: any TensorSource
    let order: Int
    /// Type and shape.
    var form: [String] { [source.elementType.rawValue, "\(source.shape)"] }
  }

  /// One side under the names that it has itself.
  private struct Side {
    let checkpoint: Checkpoint
    /// What the names of the part begin with that is compared; nil for the whole file.
    let part: String?
    let tensors: [Spelling: Tensor]

    /// A model file's own tensors are its weights; what else travels in it is none.
    init(_ checkpoint: Checkpoint, prefix: String?) {
      self.checkpoint = checkpoint
      let weights = checkpoint.weights
      let part = prefix.flatMap { Architecture.part($0, of: weights.map(\.name)) }
      self.part = part
      var tensors: [Spelling: Tensor] = [:]
      for (order, tensor) in weights.enumerated() {
        guard tensor.name.utf8.starts(with: (part ?? "").utf8) else { continue }
        let name = String(decoding: tensor.name.utf8.dropFirst((part ?? "").utf8.count), as: UTF8.self)
        tensors[Spelling(name)] = Tensor(
          name: name, sourceName: tensor.name, transforms: [], source: tensor.source, order: order)
      }
      self.tensors = tensors
    }
  }

  /// One side under canonical names.
  private struct CanonicalSide {
    let architecture: String
    let naming: String
    let tensors: [Spelling: Tensor]
    let dropped: [String]
    /// How many tensors are no part of the architecture.
    var extraCount = 0
  }

  /// Both sides under the canonical names of the architecture that leaves over least; nil when no table accounts for both.
  private static func canonical(_ sides: [Side], among architectures: [Architecture]) throws -> [CanonicalSide]? {
    let fitting = try architectures.map { architecture in
      try sides.compactMap { try Self.canonical($0, architecture) }
    }.filter { $0.count == 2 }
    return fitting.min { $0[0].extraCount + $0[1].extraCount < $1[0].extraCount + $1[1].extraCount }
  }

  private static func canonical(_ side: Side, _ architecture: Architecture) throws -> CanonicalSide? {
    let checkpoint = side.checkpoint
    if checkpoint.modelArchitecture == architecture.name {
      return CanonicalSide(architecture: architecture.name, naming: "ingot", tensors: side.tensors, dropped: [])
    }
    guard checkpoint.modelArchitecture == nil else { return nil }
    let sources = checkpoint.weights.map {
      SourceTensor(
        name: $0.name, elementType: $0.source.elementType, shape: $0.source.shape, path: $0.path)
    }
    let plan = try? architecture.plan(for: sources, of: checkpoint.file, extras: .keep, prefix: side.part)
    guard let plan else { return nil }
    var tensors: [Spelling: Tensor] = [:]
    let rows = Ledger(of: plan, for: checkpoint).rows
    for (order, row) in rows.enumerated() {
      tensors[Spelling(row.tensor)] = Tensor(
        name: row.tensor, sourceName: row.source, transforms: row.transforms,
        source: try DerivedTensor(row, from: checkpoint).source, order: order)
    }
    return CanonicalSide(
      architecture: architecture.name, naming: plan.naming, tensors: tensors,
      dropped: plan.dropped.map(\.source).filter { $0.utf8.starts(with: (side.part ?? "").utf8) },
      extraCount: plan.extras.count)
  }
}

extension Comparison.Pair {
  fileprivate init(
    _ name: String, _ tensors: [Comparison.Tensor], _ result: TensorComparison, isByContents: Bool = false
  ) {
    self.init(
      name: name, sources: tensors.map(\.sourceName), transforms: tensors.map(\.transforms), result: result,
      isByContents: isByContents)
  }
}

extension Checkpoint {
  /// The architecture of a model file; nil for any other file.
  fileprivate var modelArchitecture: String? {
    facts.contains { $0.name == "ingot.format" } ? facts.first { $0.name == "ingot.architecture" }?.value : nil
  }

  /// Whether a tensor is none of those that a model file reserves for itself.
  fileprivate func isWeight(_ tensor: CheckpointTensor) -> Bool {
    modelArchitecture == nil || !tensor.name.hasPrefix("ingot.")
  }

  /// The tensors as they are listed, without those that a model file reserves for itself.
  fileprivate var weights: [CheckpointTensor] {
    listed.filter(isWeight)
  }
}
