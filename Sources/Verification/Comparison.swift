import Architectures
import Bytes
import Checkpoints
import Conversion
import ModelFiles
import Tensors

/// Two files of weights held against each other, tensor by tensor.
///
/// Files that name their tensors alike are compared by name. Others are compared through the name tables, where both turn out to be the
/// same architecture: each tensor is then what its naming makes of it.
public struct Comparison: Sendable {
  /// How the tensors of both sides were paired.
  public enum Pairing: Equatable, Sendable {
    /// Both sides use the same names.
    case names
    /// Both are this architecture, each in a naming of its own.
    case tables(architecture: String, namings: [String])
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
  }

  /// The paths of the first file and the second one.
  public let files: [String]
  /// How the tensors were paired.
  public let pairing: Pairing
  /// The tensors that both have, in the order of the first side.
  public let pairs: [Pair]
  /// The names of the tensors that only the first file has, in its order.
  public let onlyInFirst: [String]
  /// The names of the tensors that only the second file has, in its order.
  public let onlyInSecond: [String]
  /// What either file holds beside its weights and the tables leave out, such as an optimizer's state: `NAME in FILE`.
  ///
  /// Nothing where files are paired by names: then everything in them is compared.
  public let leftOut: [String]

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
  ///   - progress: Takes the number of bytes of the first side after each tile, on any thread.
  /// - Throws: `Problem` of kind *damaged* for a tensor that cannot be read.
  public init(
    of first: Checkpoint, with second: Checkpoint, among architectures: [Architecture] = Architecture.all,
    progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) throws {
    files = [first.file, second.file]
    for checkpoint in [first, second] { try checkpoint.verifyChecksums() }
    let sides = [first, second].map(Side.init)
    var tensors = sides.map(\.tensors)
    if Set(tensors[0].keys) == Set(tensors[1].keys) {
      pairing = .names
      leftOut = []
    } else if let canonical = try Self.canonical(sides, among: architectures) {
      tensors = canonical.map(\.tensors)
      pairing = .tables(architecture: canonical[0].architecture, namings: canonical.map(\.naming))
      leftOut = zip(files, canonical).flatMap { file, side in side.dropped.map { "\($0) in \(file)" } }
    } else {
      pairing = .names
      leftOut = []
    }
    let names = tensors[0].values.sorted { $0.order < $1.order }.map(\.name)
    onlyInFirst = names.filter { tensors[1][Spelling($0)] == nil }
    onlyInSecond = tensors[1].values.sorted { $0.order < $1.order }.map(\.name)
      .filter { tensors[0][Spelling($0)] == nil }
    let common = names.compactMap { name -> (name: String, tensors: [Tensor])? in
      guard let one = tensors[0][Spelling(name)], let other = tensors[1][Spelling(name)] else { return nil }
      return (name, [one, other])
    }
    let results = try mapInParallel(common) { pair in
      try TensorComparison(of: pair.tensors[0].source, with: pair.tensors[1].source, progress: progress)
    }
    pairs = zip(common, results).map { pair, result in
      Pair(
        name: pair.name, sources: pair.tensors.map(\.sourceName), transforms: pair.tensors.map(\.transforms),
        result: result)
    }
  }

  /// One tensor of a side, ready to be compared.
  private struct Tensor: Sendable {
    let name: String
    let sourceName: String
    let transforms: [Transform]
    let source: any TensorSource
    let order: Int
  }

  /// One side under the names that it has itself.
  private struct Side {
    let checkpoint: Checkpoint
    let tensors: [Spelling: Tensor]

    /// A model file's own tensors are its weights; what else travels in it is none.
    init(_ checkpoint: Checkpoint) {
      self.checkpoint = checkpoint
      var tensors: [Spelling: Tensor] = [:]
      for (order, tensor) in checkpoint.weights.enumerated() {
        tensors[Spelling(tensor.name)] = Tensor(
          name: tensor.name, sourceName: tensor.name, transforms: [], source: tensor.source, order: order)
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
    guard let plan = try? architecture.plan(for: sources, of: checkpoint.file, extras: .keep) else { return nil }
    var tensors: [Spelling: Tensor] = [:]
    let rows = Ledger(of: plan, for: checkpoint).rows
    for (order, row) in rows.enumerated() {
      tensors[Spelling(row.tensor)] = Tensor(
        name: row.tensor, sourceName: row.source, transforms: row.transforms,
        source: try DerivedTensor(row, from: checkpoint).source, order: order)
    }
    return CanonicalSide(
      architecture: architecture.name, naming: plan.naming, tensors: tensors, dropped: plan.dropped.map(\.source),
      extraCount: plan.extras.count)
  }
}

extension Checkpoint {
  /// The architecture of a model file; nil for any other file.
  fileprivate var modelArchitecture: String? {
    facts.contains { $0.name == "ingot.format" } ? facts.first { $0.name == "ingot.architecture" }?.value : nil
  }

  /// The tensors without those that a model file reserves for itself.
  fileprivate var weights: [CheckpointTensor] {
    modelArchitecture == nil ? tensors : tensors.filter { !$0.name.hasPrefix("ingot.") }
  }
}
