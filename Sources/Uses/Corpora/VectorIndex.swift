import Bytes
import JSON
import ModelFiles
import SafeTensors
import Tensors

/// An index: the vectors and the texts of a corpus, and the model that made them.
///
/// The file is a safetensors file with `vectors`, F32 [n, d]; `text`, U8, all texts one behind the other; and `text.offsets`, I64 [n + 1],
/// where each begins. Its metadata have a SHA-256 of each, and the digest of the model file. It is mapped: opening reads its header only.
public struct VectorIndex: Sendable {
  /// The number of vectors, n.
  public let count: Int
  /// The number of components of each, d.
  public let width: Int
  /// What the vectors were made by.
  public let origin: IndexOrigin
  /// The vectors; F32 [n, d].
  public let vectors: Tensor
  private let offsets: Tensor
  private let texts: Tensor
  private let digests: [(name: String, digest: Digest)]
  private let file: SafeTensorsFile

  /// Opens an index.
  ///
  /// - Throws: `Problem` of kind *damaged* when the file is no safetensors file, *mismatched* when it is one without the members of an
  ///   index, *unavailable* when the system does not give it.
  public init(mapping path: String) throws {
    let file = try SafeTensorsFile(ByteView(mapping: path))
    self.file = file
    func metadata(_ name: String) -> String? { file.metadata.first { $0.name == name }?.value }
    func problem(_ kind: Problem.Kind, _ found: String, _ expected: String, object: String? = nil) -> Problem {
      Problem(
        kind, file: path, object: object, found: found, expected: expected,
        advice: kind == .mismatched ? "Make one with \"ingot embed MODEL --texts CORPUS -o INDEX.safetensors\"" : nil)
    }
    guard let format = metadata(IndexOrigin.Key.format) else { throw problem(.mismatched, "no index", "an index") }
    guard format == "1" else { throw problem(.unsupported, "an index of version \(format)", "version 1") }
    func tensor(_ name: String, _ type: ElementType, _ rank: Int) throws -> Tensor {
      guard let tensor = try file.tensor(name), tensor.elementType == type, tensor.shape.rank == rank else {
        throw problem(.damaged, "no such tensor", "\(type) with \(rank) dimensions", object: "tensor \"\(name)\"")
      }
      return tensor
    }
    vectors = try tensor("vectors", .float32, 2)
    offsets = try tensor("text.offsets", .int64, 1)
    texts = try tensor("text", .uint8, 1)
    (count, width) = (vectors.shape.dimensions[0], vectors.shape.dimensions[1])
    guard count > 0, width > 0, offsets.shape.dimensions[0] - 1 == count else {
      throw problem(.damaged, "\(vectors.shape) vectors and \(offsets.shape) offsets", "as many, and at least one")
    }
    guard let model = metadata(IndexOrigin.Key.model).flatMap(Digest.init(hexadecimal:)),
      let json = try? JSON(parsing: metadata(IndexOrigin.Key.vectors) ?? ""),
      let origin = IndexOrigin(model: model, json: json)
    else { throw problem(.damaged, "nothing that says how the vectors were made", "a model's digest and settings") }
    self.origin = origin
    digests = try ["vectors", "text.offsets", "text"].map { name in
      guard let digest = metadata(IndexOrigin.Key.digest(of: name)).flatMap(Digest.init(hexadecimal:)) else {
        throw problem(.damaged, "no digest of \(name)", "one")
      }
      return (name, digest)
    }
  }

  /// The text of a vector.
  ///
  /// - Throws: `Problem` of kind *damaged* when its place is outside the texts, or it is no UTF-8.
  public func text(_ index: Int) throws -> String {
    var places: (Int64, Int64) = (0, 0)
    try withUnsafeMutableBytes(of: &places) { try offsets.read(at: index * 8, into: $0) }
    let (start, end) = (Int64(littleEndian: places.0), Int64(littleEndian: places.1))
    guard start >= 0, start <= end, end <= texts.byteCount else {
      throw Problem(
        .damaged, file: file.bytes.file, object: "text \(index)", found: "the place \(start) to \(end)",
        expected: "one within \(texts.byteCount) bytes")
    }
    let bytes = try texts.bytes.slice(at: Int(start), count: Int(end - start), of: "a text").array()
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Problem(.damaged, file: file.bytes.file, object: "text \(index)", found: "no UTF-8", expected: "a text")
    }
    return text
  }

  /// Compares the digest of everything.
  ///
  /// - Throws: `Problem` of kind *damaged* for what is not as it was written.
  public func verify() throws {
    let tensors = [vectors, offsets, texts]
    for ((name, digest), found) in zip(digests, try Digest.digests(of: tensors)) where found != digest {
      throw Problem(
        .damaged, file: file.bytes.file, object: "tensor \"\(name)\"", found: "the digest \(found)",
        expected: "\(digest)", advice: "Make the index again")
    }
  }

  /// Checks that a model is the one that made the vectors.
  ///
  /// - Throws: `Problem` of kind *mismatched* for another one.
  public func check(_ model: ModelFile) throws {
    guard model.digest == origin.model else {
      throw Problem(
        .mismatched, file: file.bytes.file, found: "vectors of the model \(origin.model)",
        expected: "those of \(model.path), \(model.digest)",
        advice: "Take the model file by which the index was made, or make the index again")
    }
  }
}
