import Bytes
import JSON
import Tensors

/// Everything a model file holds but the weights themselves: what must be known before it is written.
public struct ModelContents: Sendable {
  /// The name of the architecture: `bert`.
  public var architecture: String
  /// The digest of the architecture's name table, which tells its revisions apart.
  public var revision: Digest
  /// What no shape shows: heads, epsilon, activation, mask …; an object.
  public var settings: JSON
  /// The settings that no file told and that were assumed, by name; nil when nobody knows, as of files of version 1.
  public var assumed: [String]?
  /// How texts become the ids that the model reads, an object (`Formats/ModelFile.md`, *Texts*); nil when the file does not say.
  public var text: JSON?
  /// How the vectors of tokens become that of a text, an object; nil when the file does not say.
  public var vectors: JSON?
  /// The tensors of which the settings of vectors speak.
  public var vectorTensors: [NamedTensor]
  /// What stands on top of the model, and how its scores become labels, an object (`Formats/ModelFile.md`, *Head*); nil for nothing.
  public var head: JSON?
  /// The model's tensors, in any order.
  public var tensors: [TensorDeclaration]
  /// The files that travel inside.
  public var attachments: [Attachment]
  /// How each tensor came to be.
  ///
  /// Facts that are known only afterwards, such as digests of sources, stand here as zeros of the final width;
  /// ``ModelWriter/finish(ledger:verifying:)`` takes the final ledger.
  public var ledger: JSON?
  /// The references by which the file can be checked anywhere.
  public var probes: [Probe]

  /// Gathers the contents.
  public init(
    architecture: String, revision: Digest, settings: JSON, assumed: [String]? = nil, text: JSON? = nil,
    vectors: JSON? = nil, vectorTensors: [NamedTensor] = [], head: JSON? = nil,
    tensors: [TensorDeclaration], attachments: [Attachment] = [], ledger: JSON? = nil, probes: [Probe] = []
  ) {
    self.architecture = architecture
    self.revision = revision
    self.settings = settings
    self.assumed = assumed
    self.text = text
    self.vectors = vectors
    self.vectorTensors = vectorTensors
    self.head = head
    self.tensors = tensors
    self.attachments = attachments
    self.ledger = ledger
    self.probes = probes
  }
}

/// A tensor's name, type and shape.
public struct TensorDeclaration: Hashable, Sendable {
  /// The name: `block.0.query.weight`.
  public let name: String
  /// The type of the elements.
  public let elementType: ElementType
  /// The extents.
  public let shape: Shape

  /// Joins a name, a type and a shape.
  public init(_ name: String, _ elementType: ElementType, _ shape: Shape) {
    self.name = name
    self.elementType = elementType
    self.shape = shape
  }
}

/// A file that travels inside a model file, such as `vocab.txt`.
public struct Attachment: Sendable {
  /// The file's name, which is no path.
  public let name: String
  /// The file's contents.
  public let bytes: ByteView

  /// Joins a name and contents.
  public init(_ name: String, bytes: ByteView) {
    self.name = name
    self.bytes = bytes
  }

  /// Whether a name is one that an attached file may have: no path.
  package static func isBareName(_ name: String) -> Bool { ReservedName.isBareFileName(name) }

  /// Whether a file of this name is a list of tokens, a line for each: `vocab.txt`, `vocab_small.txt`.
  public static func isVocabulary(_ name: String) -> Bool { name.hasSuffix(".txt") && name.contains("vocab") }
}

/// Inputs and the outputs that the original framework gave for them at named points.
public struct Probe: Sendable {
  /// What goes in, such as `token_ids`.
  public let inputs: [NamedTensor]
  /// What comes out at points of the forward pass, such as `mlm.logits`.
  public let points: [NamedTensor]

  /// Joins inputs and outputs.
  public init(inputs: [NamedTensor], points: [NamedTensor]) {
    self.inputs = inputs
    self.points = points
  }
}

/// A tensor under a name.
public struct NamedTensor: Sendable {
  /// The name.
  public let name: String
  /// The tensor.
  public let tensor: Tensor

  /// Joins a name and a tensor.
  public init(_ name: String, _ tensor: Tensor) {
    self.name = name
    self.tensor = tensor
  }
}
