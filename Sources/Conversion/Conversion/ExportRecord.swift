import Architectures
import Bytes
import Checkpoints
import JSON
import Tensors

/// What an exported folder tells Ingot beside the files of the other program: `ingot.json` (`Formats/Exports.md`).
///
/// It is a file like any other: what it says is held against the weights and counts only as far as they agree.
public struct ExportRecord: Sendable {
  /// A tensor beyond the architecture.
  struct Extra: Equatable, Sendable {
    /// Its name in the exported files.
    let source: String
    /// Its name in the model file.
    let tensor: String
    /// What leads from the exported files to the model file, first to last.
    let transforms: [Transform]
  }

  /// Where a file is that travels in the model file.
  enum Attached: Equatable, Sendable {
    /// In the folder, under this name.
    case file(String)
    /// Here.
    case bytes([UInt8])
  }

  /// The file's path.
  public let file: String
  /// The name of the architecture.
  public let architecture: String
  /// The naming of the files.
  public let naming: String
  /// The naming of the files from which the model file was made; nil where nobody knows.
  let origin: String?
  /// The sizes that the weights show, by the names of the table.
  let sizes: [(name: String, value: Int)]
  /// Settings that the configuration beside it does not tell, or tells otherwise, as the table spells them.
  let settings: [(name: String, value: String)]
  /// Those of them that nobody told the model either.
  let assumed: [String]
  /// How texts become ids and vectors become that of a text, as the model file says it; nil where it does not.
  let (text, vectors): (JSON?, JSON?)
  /// The tensors behind the vectors' settings, such as those of a whitening.
  let vectorTensors: [(name: String, tensor: Tensor)]
  /// The head; nil where there is none, or its kind is not known.
  let head: HeadChoice?
  /// What the model file says of its head; nil where it says nothing.
  let headSettings: JSON?
  /// The tensors beyond the architecture.
  let extras: [Extra]
  /// The optional groups that the export left out, by the user's word.
  let without: [String]
  /// Tables of sinusoids that the files always hold and the model computes, by their canonical names.
  let computed: [String]
  /// Tables of sinusoids that the model holds and the files never do, by their canonical names, bit for bit.
  let tables: [(name: String, tensor: Tensor)]
  /// The files of the model.
  let attached: [(name: String, contents: Attached)]
  /// The files beside the weights as they were written.
  let files: [(name: String, digest: Digest)]

  /// The usual name.
  static let name = "ingot.json"

  /// The beginning of the address of a table that lies in the file.
  private static let beginning = "\(name)/"

  /// The address of a table in a ledger.
  static func address(of table: String) -> String { beginning + table }

  /// Whether an address in a ledger is that of a table in this file.
  static func isTable(_ address: String) -> Bool { address.hasPrefix(beginning) }

  /// Finds what an export told of a folder; nil where none did.
  ///
  /// - Throws: `Problem`: *damaged* or *unsupported* when it is no such record, and what reading throws.
  init?(in folder: Path) throws {
    guard try folder.names().contains(Self.name) else { return nil }
    try self.init(reading: ByteView(mapping: folder.appending(Self.name).text))
  }

  /// A checkpoint with the tables that lie here.
  func adding(to checkpoint: Checkpoint) -> Checkpoint {
    checkpoint.adding(
      tables.map { name, tensor in
        CheckpointTensor(name: Self.address(of: name), path: name, storage: "hexadecimal", source: tensor)
      })
  }

  /// Whether a file lies in a folder as the export wrote it.
  func isAsWritten(_ name: String, in folder: Path) throws -> Bool {
    let path = Path(folder.appending(Companions.place(of: name)).text)
    guard let own = files.first(where: { $0.name == name }), try path.folder.isFolder,
      try path.folder.names().contains(path.name)
    else { return false }
    return try ByteView(mapping: path.text).withUnsafeBytes { Digest(of: $0) } == own.digest
  }

  /// Gathers what is told.
  init(
    file: String, architecture: String, naming: String, origin: String?, sizes: [(name: String, value: Int)],
    settings: [(name: String, value: String)], assumed: [String], text: JSON?, vectors: JSON?,
    vectorTensors: [(name: String, tensor: Tensor)], head: HeadChoice?,
    headSettings: JSON?, extras: [Extra],
    without: [String], computed: [String], tables: [(name: String, tensor: Tensor)],
    attached: [(name: String, contents: Attached)], files: [(name: String, digest: Digest)]
  ) {
    self.file = file
    self.architecture = architecture
    self.naming = naming
    self.origin = origin
    self.sizes = sizes
    self.settings = settings
    self.assumed = assumed
    (self.text, self.vectors, self.vectorTensors) = (text, vectors, vectorTensors)
    self.head = head
    self.headSettings = headSettings
    self.extras = extras
    self.without = without
    self.computed = computed
    self.tables = tables
    self.attached = attached
    self.files = files
  }
}
