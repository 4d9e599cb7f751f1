import Bytes
import JSON
import SafeTensors
import Tensors

/// A model file, mapped: everything about a model in one place (`Formats/ModelFile.md`).
///
/// Opening it checks the header, with its digest, and touches no weights. Tensors are windows onto the map, shared with every
/// other process that maps the same file. Their digests are checked when that is asked for.
public struct ModelFile: Sendable {
  /// The path as it was given.
  public let path: String
  /// The name of the architecture: `bert`.
  public let architecture: String
  /// The digest of the architecture's name table as it was when the file was made.
  public let revision: Digest
  /// What no shape shows: heads, epsilon, activation, mask …; an object.
  public let settings: JSON
  /// The settings that no file told when the model was converted, by name; nil when the file does not say, being of version 1.
  public let assumed: [String]?
  /// How texts become the ids that the model reads, an object; nil when the file does not say, being of version 1 or 2.
  public let text: JSON?
  /// How the vectors of tokens become that of a text, an object; nil when the file does not say.
  public let vectors: JSON?
  /// The tensors of which the settings of vectors speak, sorted by name.
  public let vectorTensors: [NamedTensor]
  /// What stands on top of the model, and how its scores become labels, an object; nil when the file says of nothing.
  public let head: JSON?
  /// The model's own tensors, in the order of the file.
  public let tensors: [TensorDeclaration]
  /// The files that travel inside, sorted by name.
  public let attachments: [Attachment]
  /// The references sealed into the file; inputs and points sorted by name.
  public let probes: [Probe]
  /// The digest of the header, which holds those of all tensors: it stands for the whole file.
  public let digest: Digest

  let file: SafeTensorsFile
  let digests: [Spelling: Digest]

  /// Maps a model file and checks its header.
  ///
  /// - Throws: `Problem` of kind *damaged* when the header breaks a rule or does not match its digest; *mismatched* when the
  ///   file is a plain safetensors file; *unsupported* when a newer Ingot wrote it; *unavailable* when it cannot be opened.
  public init(mapping path: String) throws {
    try self.init(ByteView(mapping: path))
  }

  /// Checks the header of a model file whose bytes are at hand.
  ///
  /// - Throws: `Problem` as ``init(mapping:)`` does.
  public init(_ bytes: ByteView) throws {
    let header = try ModelHeader(of: SafeTensorsFile(bytes))
    let contents = try ReservedTensors(in: header.file)
    if header.layout.vectors == nil, let tensor = contents.vectors.first {
      throw Problem(
        .damaged, file: bytes.file, object: ReservedName.vector(tensor.name).name,
        found: "a tensor of vectors without settings of vectors", expected: "both or neither")
    }
    path = bytes.file
    architecture = header.layout.architecture
    revision = header.layout.revision
    settings = header.layout.settings
    assumed = header.layout.assumed
    text = header.layout.text
    vectors = header.layout.vectors
    vectorTensors = contents.vectors
    head = header.layout.head
    digest = header.digest
    digests = header.digests
    file = header.file
    tensors = contents.own
    attachments = contents.attachments
    probes = contents.probes
  }

  /// One of the model's own tensors, over the mapped bytes; nil when there is none of this name.
  public func tensor(_ name: String) -> Tensor? {
    ReservedName.isReserved(name) ? nil : anyTensor(name)
  }

  /// An attached file's contents; nil when there is none of this name.
  public func attachment(_ name: String) -> ByteView? {
    attachments.first { Spelling($0.name) == Spelling(name) }?.bytes
  }

  /// The attached list of tokens, a line for each; nil when there is none.
  public var vocabulary: Attachment? { attachments.first { Attachment.isVocabulary($0.name) } }

  /// How each tensor came to be; nil when the file has no ledger.
  ///
  /// - Throws: `Problem` of kind *damaged* when the ledger is not JSON.
  public func ledger() throws -> JSON? {
    guard var bytes = anyTensor(ReservedName.ledger.name)?.bytes else { return nil }
    bytes.file += "(\(ReservedName.ledger.name))"
    return try JSON(parsing: bytes)
  }

  /// The digest that the header gives for a tensor, also for one under the prefix `ingot.`; nil when there is none of this name.
  public func digest(of name: String) -> Digest? {
    digests[Spelling(name)]
  }

  /// A tensor of any name; the header has been found to hold only types that can be read.
  func anyTensor(_ name: String) -> Tensor? {
    (try? file.tensor(name)) ?? nil
  }
}
