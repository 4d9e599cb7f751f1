import Bytes
import JSON
import SafeTensors
import SentenceVectors
import Tensors

/// What the vectors of an index were made by.
public struct IndexOrigin: Hashable, Sendable {
  /// The digest of the model file's header, which holds those of its tensors.
  public let model: Digest
  /// The pooling.
  public let pooling: Pooling
  /// Whether vectors were divided by their lengths.
  public let normalizes: Bool
  /// How many components were kept; nil for all.
  public let components: Int?
  /// The greatest number of tokens; nil where only the model's positions limit it.
  public let maximumLength: Int?

  /// Writes down what counts of settings that are not in the model file.
  public init(model: Digest, settings: VectorSettings) {
    self.model = model
    (pooling, normalizes) = (settings.pooling, settings.normalizes)
    (components, maximumLength) = (settings.components, settings.maximumLength)
  }

  /// The settings as the file has them.
  var json: JSON {
    [
      "pooling": .string(pooling.rawValue), "normalize": .bool(normalizes),
      "components": components.map(JSON.integer) ?? .null,
      "maximum_length": maximumLength.map(JSON.integer) ?? .null,
    ]
  }

  /// Reads what ``json`` wrote; nil for anything else.
  init?(model: Digest, json: JSON) {
    func count(_ name: String) -> Int?? {
      switch json[name] {
      case .null?: .some(nil)
      case let value?: value.integer.flatMap { $0 > 0 ? $0 : nil }.map { .some($0) } ?? nil
      case nil: nil
      }
    }
    guard let pooling = json["pooling"]?.string.flatMap(Pooling.init(rawValue:)),
      let normalizes = json["normalize"]?.bool, let components = count("components"),
      let maximumLength = count("maximum_length"), json.members?.count == 4
    else { return nil }
    (self.model, self.pooling, self.normalizes) = (model, pooling, normalizes)
    (self.components, self.maximumLength) = (components, maximumLength)
  }

  /// Puts what was decided into a model's settings.
  public func apply(to settings: inout VectorSettings) {
    (settings.normalizes, settings.components, settings.maximumLength) = (normalizes, components, maximumLength)
  }
}

/// Where the tensors of an index lie.
struct IndexLayout {
  let rows: Int
  let width: Int
  let textByteCount: Int

  /// The tensors in their order, each with its place in the file.
  var tensors: [(name: String, type: DataType, shape: Shape, range: Range<Int>)] {
    let vectors = IndexOrigin.headerByteCount..<IndexOrigin.headerByteCount + rows * width * 4
    let offsets = vectors.upperBound..<vectors.upperBound + (rows + 1) * 8
    return [
      ("vectors", .f32, [rows, width], vectors),
      ("text.offsets", .i64, [rows + 1], offsets),
      ("text", .u8, [textByteCount], offsets.upperBound..<offsets.upperBound + textByteCount),
    ]
  }
}

extension IndexOrigin {
  /// The room for the header, however many digits its numbers have.
  static let headerByteCount = 4_096

  /// The names under `__metadata__`.
  enum Key {
    static let format = "ingot.index"
    static let model = "ingot.model.sha256"
    static let vectors = "ingot.vectors"
    static func digest(of tensor: String) -> String { "ingot.sha256.\(tensor)" }
  }

  /// The header, padded with spaces to ``headerByteCount``.
  func header(of layout: IndexLayout, digests: [Digest]) -> [UInt8] {
    let tensors = layout.tensors
    var metadata = [
      (name: Key.format, value: "1"), (name: Key.model, value: model.description),
      (name: Key.vectors, value: json.compact),
    ]
    metadata += zip(tensors, digests).map { (name: Key.digest(of: $0.name), value: $1.description) }
    let header = SafeTensorsHeader(
      metadata: metadata,
      tensors: tensors.map { SafeTensorsHeader.Declaration($0.name, $0.type, $0.shape)! })
    return header.serialized(alignment: IndexOrigin.headerByteCount)
  }
}
