/// What stands behind one naming of one architecture: the files that programs saved under it, what was computed with them, and the
/// exports under it that programs loaded.
///
/// `Formats/Evidence.txt` says it, and travels inside the binary. Tests hold that page against the fixtures, both ways: nothing stands
/// there that no fixture shows, and every fixture is stated.
public struct Evidence: Equatable, Sendable {
  /// The architecture, as its table names it.
  public let architecture: String
  /// The naming, as the table names it.
  public let naming: String
  /// The program whose own files are named so.
  public let program: String
  /// The files, in the order of their paths.
  public internal(set) var files: [SavedFile]
  /// The exports, in the order of `tools/fixtures/Export/exports.tsv`.
  public internal(set) var exports: [LoadedExport]

  /// States what stands behind a naming.
  public init(
    architecture: String, naming: String, program: String, files: [SavedFile] = [], exports: [LoadedExport] = []
  ) {
    self.architecture = architecture
    self.naming = naming
    self.program = program
    self.files = files
    self.exports = exports
  }

  /// Whether the program itself saved one of the files.
  public var hasOwnFile: Bool { files.contains { $0.isWritten(by: program) } }

  /// A file that a program saved under the naming, and that converts to the last tensor.
  public struct SavedFile: Equatable, Sendable {
    /// The file, or the folder that it lies in, under `Tests/Fixtures`.
    public let fixture: String
    /// The program that saved it, with the versions that count: `bert4keras 0.11.5, TensorFlow 2.15.1`.
    public let writer: String
    /// What was computed with it: one check for each precision in which a program recorded a reference.
    public let checks: [Check]

    /// States a file.
    public init(fixture: String, writer: String, checks: [Check]) {
      self.fixture = fixture
      self.writer = writer
      self.checks = checks
    }

    /// Whether this program saved it.
    public func isWritten(by program: String) -> Bool {
      writer == program || writer.hasPrefix("\(program) ") || writer.hasPrefix("\(program),")
    }
  }

  /// Every recorded point of a model in one precision, compared and found alike.
  public struct Check: Equatable, Sendable {
    /// `float32` or `float64`.
    public let precision: String
    /// How many points of the model the reference holds.
    public let recorded: Int
    /// How many points the model has.
    public let points: Int
    /// The program that recorded, with the versions that count.
    public let recorder: String

    /// States a comparison.
    public init(precision: String, recorded: Int, points: Int, recorder: String) {
      self.precision = precision
      self.recorded = recorded
      self.points = points
      self.recorder = recorder
    }
  }

  /// An export under the naming that programs loaded, and computed with or compared.
  public struct LoadedExport: Equatable, Sendable {
    /// The line of `tools/fixtures/Export/exports.tsv`.
    public let name: String
    /// The kind of folder: `huggingface`, `keras`, `tensorflow` or `npz`.
    public let destination: String
    /// The programs, with their versions.
    public let programs: [String]

    /// States an export.
    public init(name: String, destination: String, programs: [String]) {
      self.name = name
      self.destination = destination
      self.programs = programs
    }
  }
}

extension Evidence {
  /// All that travels inside the binary, in the order of the tables and their namings; a test has read it.
  public static let all: [Evidence] = {
    do {
      return try all(parsing: EmbeddedTables.evidence, file: "Evidence.txt")
    } catch {
      preconditionFailure("\(error)")
    }
  }()
}
