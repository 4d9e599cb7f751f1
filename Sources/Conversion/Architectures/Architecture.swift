import Bytes

/// What a model computes, and how its tensors are called: one name table, read and found free of defects.
///
/// A table is one readable file of `Formats/Architectures`; `Formats/NameTables.md` explains it row by row.
public struct Architecture: Sendable {
  /// The short name in commands and model files: `bert`.
  public let name: String
  /// One line for a person: what kind of model this is, and the paper.
  public let title: String
  /// The table's file name, for messages.
  public let file: String
  /// The SHA-256 of the table's exact text, in hexadecimal: which edition of the table made a model file.
  public let revision: String
  /// The sizes that appear in shapes and names, in the order of the table.
  public let sizes: [Size]
  /// Everything a model needs that no shape shows.
  public let settings: [Setting]
  /// The groups of tensors that a model has whole or not at all.
  public let groups: [Group]
  /// The canonical tensors, in the order of the table.
  public let tensors: [Slot]
  /// How the known families of files spell the tensors.
  public let namings: [Naming]
  /// The classes of libraries that load the files of a naming.
  package let classes: [Classes]
  /// The kinds of heads that fine-tuning puts on top.
  public let heads: [Head]
  /// How families of files spell the tensors of heads.
  package let headNames: [HeadNames]

  /// Reads a table.
  ///
  /// - Parameter file: The name under which messages speak of it: `bert.names`.
  /// - Throws: `Problems` with every defect of the table at once, each with its line.
  public init(parsing text: String, file: String) throws(Problems) {
    try self.init(parsing: text, file: file, linting: true)
  }

  /// Reads a table from a file.
  ///
  /// - Throws: `Problem` of kind *damaged* when the file is not UTF-8, `Problems` with every defect of the table at once.
  public init(reading bytes: ByteView) throws {
    try self.init(parsing: bytes.tableText(), file: bytes.file)
  }

  /// Reads a table.
  ///
  /// - Parameter linting: Whether defects beyond those of spelling are looked for, which compares every row with every other.
  private init(parsing text: String, file: String, linting: Bool) throws(Problems) {
    var reader = TableReader(text)
    let table = reader.table()
    let defects = reader.defects + (linting ? TableLinter(table).defects : [])
    if let problems = Problems(defects.sorted { $0.line < $1.line }.map { $0.problem(in: file) }) { throw problems }
    name = table.name
    title = table.title
    self.file = file
    revision = Digest(of: text).description
    sizes = table.sizes
    settings = table.settings
    groups = table.groups
    tensors = table.tensors
    namings = table.namings
    classes = table.classes
    heads = table.heads
    headNames = table.headNames
  }
}

extension Architecture {
  /// Every architecture that travels inside the binary, in the order of the file names; tests have linted them.
  public static let all: [Architecture] = EmbeddedTables.files.map { file in
    do {
      return try Architecture(parsing: file.text, file: file.name, linting: false)
    } catch {
      preconditionFailure("\(error)")
    }
  }

  /// The architecture of this name, when the binary holds it.
  public static func named(_ name: String) -> Architecture? {
    all.first { $0.name == name }
  }

  /// The naming of this name, when the table has it.
  public func naming(_ name: String) -> Naming? {
    namings.first { $0.name == name }
  }

  /// Whether this table, to the last letter, travels inside the binary; what is known of those was tried on them alone.
  public var isBuiltIn: Bool { Architecture.named(name)?.revision == revision }

  /// A place in the table, as messages write it: `bert.names:12`.
  func place(_ line: Int) -> String { "\(file):\(line)" }
}

extension ByteView {
  /// The text of a name table.
  ///
  /// - Throws: `Problem` of kind *damaged* when it is not UTF-8.
  func tableText() throws -> String {
    guard let text = String(validating: array(), as: UTF8.self) else {
      throw Problem(.damaged, file: file, found: "bytes that are not UTF-8", expected: "a name table")
    }
    return text
  }
}
