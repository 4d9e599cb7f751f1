import Bytes
import Tensors

/// A safetensors file: its header read and checked, its data left where they are.
///
/// Format: <https://github.com/huggingface/safetensors#format>; what is refused follows `SafeTensors::read_metadata` and
/// `Metadata::validate` of the reference implementation (safetensors 0.8, `tensor.rs`), but for names that repeat: its
/// specification forbids them, and so does this reader.
public struct SafeTensorsFile: Sendable {
  /// The whole file.
  public let bytes: ByteView
  /// The texts under `__metadata__`, in the header's order.
  public let metadata: [(name: String, value: String)]
  /// The tensors in the order of their data; empty ones that share a place, in the header's order.
  public let tensors: [Entry]
  /// Where the data begin, in bytes from the start of the file.
  public let dataStart: Int
  private let indices: [Spelling: Int]

  /// One tensor as the header declares it.
  public struct Entry: Hashable, Sendable {
    /// The name, which may be any text at all.
    public let name: String
    /// The type of the elements as it is spelled.
    public let dataType: DataType
    /// The extents.
    public let shape: Shape
    /// The place of the contents, in bytes from the start of the file.
    public let range: Range<Int>

    /// The type of the elements; nil for numbers of 8 bits, which Ingot lists but does not read.
    public var elementType: ElementType? { dataType.elementType }
  }

  /// Reads and checks the header; the data are not touched.
  ///
  /// - Throws: `Problem` of kind *damaged* when the file breaks a rule of the format, *unsupported* for a type of elements
  ///   that Ingot does not know, *refused* when a limit is exceeded (``Limits``).
  ///
  /// - Parameter isCutShort: Whether the end of the data may be missing; such tensors are declared, and reading them throws.
  public init(_ bytes: ByteView, limits: Limits = Limits(), isCutShort: Bool = false) throws {
    let header = try ParsedHeader(of: bytes, limits: limits)
    self.bytes = bytes
    metadata = header.metadata
    tensors = try header.entries(isCutShort: isCutShort)
    dataStart = header.dataStart
    indices = Dictionary(uniqueKeysWithValues: tensors.enumerated().map { (Spelling($1.name), $0) })
  }

  /// What a header may hold at most.
  public struct Limits: Sendable {
    /// How many tensors.
    public var tensors = 1_000_000
    /// How many bytes a name has in UTF-8.
    public var nameByteCount = 4_096
    /// How many dimensions a tensor has.
    public var rank = 32

    /// Sets the limits that are far beyond any known model.
    public init() {}
  }

  /// The declaration of a tensor; nil when there is none of this name.
  public func entry(_ name: String) -> Entry? {
    indices[Spelling(name)].map { tensors[$0] }
  }

  /// A tensor over the file's own bytes, which nothing copies; nil when there is none of this name.
  ///
  /// - Throws: `Problem` of kind *unsupported* when its elements are floating-point numbers of 8 bits.
  public func tensor(_ name: String) throws -> Tensor? {
    guard let entry = entry(name) else { return nil }
    guard let elementType = entry.elementType else {
      throw Problem(
        .unsupported, file: bytes.file, object: "tensor \"\(name)\"", byte: entry.range.lowerBound,
        found: "elements of type \(entry.dataType.rawValue)", expected: "elements of 16 bits or more, or integers")
    }
    let contents = try bytes.slice(
      at: entry.range.lowerBound - bytes.start, count: entry.range.count, of: "the data of the tensor \"\(name)\"")
    return Tensor(elementType, entry.shape, bytes: contents)
  }
}
