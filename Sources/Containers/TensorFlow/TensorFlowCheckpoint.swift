import Bytes
import Tensors

/// A checkpoint of TensorFlow 0.12 and later: an index, and one or more files of data.
///
/// Opening reads the index and maps the data, without reading it. Both kinds of checkpoint are such bundles: the
/// name-based ones of `tf.train.Saver`, and the object-based ones of Keras and `tf.train.Checkpoint`, which hold an
/// ``ObjectGraph`` beside the tensors (`tensorflow/core/util/tensor_bundle/tensor_bundle.h`, "tensor bundle").
public struct TensorFlowCheckpoint: Sendable {
  /// The path of the index.
  public let file: String
  /// How many data files there are.
  public let shardCount: Int
  /// Whether the program that wrote it ran on a big-endian machine.
  public let isBigEndian: Bool
  /// The tensors, by name bytewise.
  public let entries: [Entry]

  /// One tensor.
  public struct Entry: Sendable {
    /// The name, as `tf.train.list_variables` gives it.
    public let name: String
    /// The type of the elements.
    public let dataType: DataType
    /// The extents.
    public let shape: Shape
    /// How many slices the tensor was cut into; nil when it lies whole in one file.
    public let sliceCount: Int?
    /// The tensor, or why it cannot be read: its data file is missing or short, or its elements are no numbers.
    public let tensor: Result<any TensorSource, Problem>
    let text: TextTensor?
  }

  /// Opens a checkpoint.
  ///
  /// - Parameter path: The prefix (`bert_model.ckpt`), the index or a data file of the checkpoint; or a folder: one with a
  ///   single index, one with a file `checkpoint` that says which of several is the last, or a SavedModel.
  /// - Throws: `Problem` of kind *damaged* when the index is malformed or contradicts itself; *unsupported* for the first format
  ///   (V1) and for versions to come; *refused* beyond the limits; *unavailable* when the index cannot be read;
  ///   *mismatched* when a folder does not say which checkpoint is meant.
  ///   A data file that is missing or short is no reason: the tensors in it hold the problem.
  public init(opening path: String) throws {
    let index = try TensorFlowCheckpoint.index(for: path) ?? path
    try self.init(index: ByteView(mapping: index)) { try ByteView(mapping: $0) }
  }

  /// Returns the name of the index that a path stands for; nil when the path stands for no checkpoint.
  ///
  /// - Throws: `Problem` of kind *mismatched* when a folder does not say which checkpoint is meant.
  public static func index(for path: String) throws -> String? {
    try CheckpointLocation.prefix(for: path).map { $0 + ".index" }
  }

  /// Tells an index, and a whole checkpoint of the first format, by its last bytes.
  public static func hasSignature(_ bytes: ByteView) -> Bool {
    bytes.withUnsafeBytes { $0.suffix(SortedTable.signature.count).elementsEqual(SortedTable.signature) }
  }

  /// Opens a checkpoint whose files come from somewhere else.
  ///
  /// - Parameters:
  ///   - index: The contents of the index, under its path.
  ///   - shard: Gives the contents of a data file by its path, or throws a `Problem`.
  /// - Throws: `Problem` as ``init(opening:)`` does.
  public init(index: ByteView, shard: @escaping (String) throws -> ByteView) throws {
    let bundle = try Bundle(index)
    file = index.file
    shardCount = bundle.header.shardCount
    isBigEndian = bundle.header.isBigEndian
    let prefix = index.file.hasSuffix(".index") ? String(index.file.dropLast(".index".count)) : index.file
    var shards = Shards(of: prefix, count: shardCount, open: shard)
    entries = try bundle.tensors.map { try Entry($0, of: bundle, in: &shards) }
  }

  /// Returns the tensor of a name; nil when there is none.
  ///
  /// - Throws: `Problem` when it is there and cannot be read.
  public func tensor(_ name: String) throws -> (any TensorSource)? { try entry(name)?.tensor.get() }

  /// Returns the texts of a tensor of texts; nil when there is none of this name.
  ///
  /// - Throws: `Problem` when they cannot be read or do not have their checksum.
  public func texts(_ name: String) throws -> [ByteView]? {
    guard let entry = entry(name), entry.dataType == .string else { return nil }
    guard let text = entry.text else {
      _ = try entry.tensor.get()
      return nil
    }
    return try text.texts()
  }

  /// Reads the graph of objects; nil in a name-based checkpoint.
  ///
  /// - Throws: `Problem` when it is there and cannot be read.
  public func objectGraph() throws -> ObjectGraph? { try texts(ObjectGraph.key)?.first.map(ObjectGraph.init) }

  /// Reads every tensor and every text and compares their checksums.
  ///
  /// Each tensor does so by itself before it gives out its first byte.
  ///
  /// - Throws: `Problem` at the first that is damaged or lost; tensors of other elements are passed over.
  public func verifyChecksums() throws {
    for entry in entries {
      if let text = entry.text {
        _ = try text.texts()
      } else if entry.dataType.elementType != nil {
        try entry.tensor.get().read(at: 0, into: UnsafeMutableRawBufferPointer(start: nil, count: 0))
      }
    }
  }

  private func entry(_ name: String) -> Entry? { entries.first { Spelling($0.name) == Spelling(name) } }
}

extension TensorFlowCheckpoint.Entry {
  fileprivate init(_ tensor: Bundle.Tensor, of bundle: Bundle, in shards: inout Shards) throws {
    name = tensor.name
    dataType = tensor.entry.dataType
    shape = tensor.entry.shape
    sliceCount = tensor.slices.isEmpty ? nil : tensor.slices.count
    var text: TextTensor?
    do {
      if let elementType = dataType.elementType {
        self.tensor = .success(try bundle.source(tensor, elementType, in: &shards))
      } else {
        if dataType == .string, tensor.slices.isEmpty { text = try bundle.text(tensor, in: &shards) }
        throw Problem(
          .unsupported, file: bundle.file, object: name, found: "elements of type \(dataType.name)",
          expected: "numbers of a type that Ingot has")
      }
    } catch let problem as Problem {
      self.tensor = .failure(problem)
    }
    self.text = text
  }
}
