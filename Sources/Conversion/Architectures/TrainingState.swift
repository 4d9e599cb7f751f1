import Bytes

/// What training leaves beside the weights, in checkpoints of every architecture: slots of optimizers, counts of steps, averages, metrics.
///
/// Its rows are those of `Formats/Training.names`. They apply to names that no row of a naming takes.
public struct TrainingState: Sendable {
  /// The rows, each with its reason.
  public let drops: [Architecture.Drop]

  /// Reads the rows.
  ///
  /// - Parameter file: The name under which messages speak of it.
  /// - Throws: `Problems` with every defect at once, each with its line.
  public init(parsing text: String, file: String) throws(Problems) {
    var reader = TableReader(text)
    drops = reader.trainingRows()
    let defects = reader.defects + TableLinter(drops).defects
    if let problems = Problems(defects.sorted { $0.line < $1.line }.map { $0.problem(in: file) }) { throw problems }
  }

  /// Reads the rows from a file.
  ///
  /// - Throws: `Problem` of kind *damaged* when the file is not UTF-8, `Problems` with every defect of the rows at once.
  public init(reading bytes: ByteView) throws {
    try self.init(parsing: bytes.tableText(), file: bytes.file)
  }

  /// The rows that travel inside the binary; tests have linted them.
  public static let known: TrainingState = {
    do {
      return try TrainingState(parsing: EmbeddedTables.training, file: "Training.names")
    } catch {
      preconditionFailure("\(error)")
    }
  }()

  /// Whether training leaves a tensor of this name beside the weights.
  public func names(_ tensor: String) -> Bool { drop(of: Array(tensor.utf8)) != nil }

  /// The row that names a tensor; nil for a name that training does not leave.
  func drop(of name: [UInt8]) -> Architecture.Drop? { drops.first { $0.pattern.match(name) != nil } }
}
