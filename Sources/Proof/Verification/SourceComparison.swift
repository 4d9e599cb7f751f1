import Bytes
import Checkpoints
import Conversion
import JSON
import ModelFiles
import Synchronization
import Tensors

/// Every tensor of a model file derived again from its checkpoint by the ledger, bit for bit.
public struct SourceComparison: Sendable {
  /// One tensor that is not what the ledger makes of its source, and why.
  public struct Difference: Sendable {
    /// The tensor's name in the model file, or the source's where it is missing from the ledger.
    public let tensor: String
    /// What is wrong, as a phrase.
    public let reason: String
  }

  /// The checkpoint's file.
  public let file: String
  /// How many tensors were derived.
  public let count: Int
  /// What differs; nothing when model file and checkpoint hold the same.
  public let differences: [Difference]

  /// Whether every tensor is the same to the last bit, and the checkpoint holds nothing that the ledger does not name.
  public var agrees: Bool { differences.isEmpty }

  /// Reads the whole checkpoint and compares.
  ///
  /// - Parameter progress: Takes the number of bytes after each tensor.
  /// - Throws: `Problem` of kind *mismatched* when the model file has no ledger; *damaged* and *unavailable* when a file
  ///   cannot be read.
  public init(of model: ModelFile, with checkpoint: Checkpoint, progress: (Int) -> Void = { _ in }) throws {
    guard let json = try model.ledger() else {
      throw Problem(
        .mismatched, file: model.path, found: "no ledger", expected: "a ledger that names each tensor's source",
        advice: "Convert the checkpoint again; a file without a ledger cannot be traced")
    }
    let ledger = try Ledger(json, file: model.path)
    try checkpoint.verifyMembers()
    file = checkpoint.file
    var differences: [Difference] = []
    for row in ledger.rows {
      guard let tensor = model.tensor(row.tensor), let expected = model.digest(of: row.tensor) else {
        differences.append(Difference(tensor: row.tensor, reason: "the ledger names it, the model file lacks it"))
        continue
      }
      do {
        let derived = try DerivedTensor(
          row, from: checkpoint, keeping: ledger.keptTokens, as: tensor.elementType)
        if derived.source.shape != tensor.shape {
          differences.append(
            Difference(tensor: row.tensor, reason: "\(derived.source.shape) from the source, \(tensor.shape) here"))
        } else if try Digest(reading: derived.source) != expected {
          differences.append(
            Difference(tensor: row.tensor, reason: "the values of \(row.source) are not the ones it was made from"))
        }
      } catch let problem as Problem where problem.kind == .mismatched {
        differences.append(
          Difference(tensor: row.tensor, reason: "\(row.source): \(problem.found), \(problem.expected ?? "")"))
      }
      progress(tensor.byteCount)
    }
    let addresses = Set((ledger.rows.map(\.source) + ledger.dropped.map(\.source)).map(Spelling.init))
    // A tensor of which rows name parts is known when they name all of them.
    let wholes = ledger.rows.compactMap { TensorPart(addressedAs: $0.source) }.filter { part in
      let whole = checkpoint.tensor(addressedAs: part.whole)?.source.shape
      return TensorPart.addresses(of: part.whole, part.sharing, in: whole)?
        .allSatisfy { addresses.contains(Spelling($0)) } ?? false
    }
    let known = addresses.union(wholes.map { Spelling($0.whole) })
    for tensor in checkpoint.tensors where !known.contains(Spelling(tensor.name)) {
      differences.append(Difference(tensor: tensor.name, reason: "the source has it, the ledger does not name it"))
    }
    let named = Set(ledger.rows.map { Spelling($0.tensor) })
    for tensor in model.tensors where !named.contains(Spelling(tensor.name)) {
      differences.append(Difference(tensor: tensor.name, reason: "the model file has it, the ledger does not name it"))
    }
    count = ledger.rows.count
    self.differences = differences
  }
}
