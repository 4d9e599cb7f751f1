import Bytes
import JSON
import SafeTensors
import Tensors

/// Where everything stands in a model file, and how its header is spelled.
///
/// There is one layout for given contents. The writer writes by it, and the reader demands that a file follows it, so that every
/// file has one spelling (`Formats/ModelFile.md`).
struct ModelLayout: Sendable {
  let architecture: String
  let revision: Digest
  let settings: JSON
  /// The settings that were assumed; nil where nobody knows.
  let assumed: [String]?
  /// How texts become ids, token vectors become vectors of texts, and what stands on top; objects, nil where the file does not say.
  let text, vectors, head: JSON?
  /// All tensors, also the reserved ones, in the order of the file.
  let tensors: [SafeTensorsHeader.Declaration]
  /// Where each of them begins, in bytes from the start of the file.
  let offsets: [Int]
  /// The size of the file.
  let byteCount: Int
  /// The texts of the header but for its digests, behind the version.
  private let texts: [(String, String)]

  /// The alignment of the data in the file, in bytes.
  static let alignment = 64

  /// Lays out the tensors: by the power of two that divides their size, largest first, then by name.
  ///
  /// - Throws: `Problem` of kind *refused* when together they are larger than any file.
  init(
    architecture: String, revision: Digest, settings: JSON, assumed: [String]?, text: JSON? = nil, vectors: JSON? = nil,
    head: JSON? = nil, tensors: [SafeTensorsHeader.Declaration], file: String
  ) throws {
    self.architecture = architecture
    self.revision = revision
    self.settings = settings
    self.assumed = assumed
    self.text = text
    self.vectors = vectors
    self.head = head
    let total = tensors.reduce(Optional(0)) { total, tensor in
      guard case (let sum, false)? = total?.addingReportingOverflow(tensor.byteCount) else { return nil }
      return sum
    }
    guard let total, total < 1 << 62 else {
      throw Problem(.refused, file: file, found: "tensors of 2^62 bytes or more", expected: "fewer")
    }
    let keyed = tensors.map { (power: $0.byteCount.trailingZeroBitCount, name: Spelling($0.name), tensor: $0) }
    self.tensors = keyed.sorted { $0.power == $1.power ? $0.name < $1.name : $0.power > $1.power }.map(\.tensor)
    texts = ModelLayout.texts(architecture, revision, settings, assumed, text, vectors, head)
    let header = ModelLayout.blankHeader(texts, self.tensors, digests: self.tensors.map { _ in .zero })
    var end = header.count
    offsets = self.tensors.map { tensor in
      defer { end += tensor.byteCount }
      return end
    }
    byteCount = header.count + total
  }

  /// The header with the digests of the tensors and its own, and the latter.
  ///
  /// The header's own digest is taken with zeros in its place.
  ///
  /// - Parameter spelled: The digest that stands in the bytes; the one that the header has when nil.
  func header(digests: [Digest], spelling spelled: Digest? = nil) -> (bytes: [UInt8], digest: Digest) {
    var bytes = ModelLayout.blankHeader(texts, tensors, digests: digests)
    let digest = Digest(of: bytes)
    let start = ModelLayout.placeOfDigest(texts)
    let end = start + Digest.zero.description.utf8.count
    bytes.replaceSubrange(start..<end, with: (spelled ?? digest).description.utf8)
    return (bytes, digest)
  }

  /// Where a header spells its own digest: behind its size in eight bytes and the version.
  private static func placeOfDigest(_ texts: [(String, String)]) -> Int {
    let version = MetadataKey.leastFormat(holding: texts.map(\.0))
    return 8 + #"{"__metadata__":{"\#(MetadataKey.format)":"\#(version)","\#(MetadataKey.header)":""#.utf8.count
  }

  private static func texts(
    _ architecture: String, _ revision: Digest, _ settings: JSON, _ assumed: [String]?, _ text: JSON?, _ vectors: JSON?,
    _ head: JSON?
  ) -> [(String, String)] {
    let texts: [(String, String?)] = [
      (MetadataKey.architecture, architecture),
      (MetadataKey.revision, revision.description),
      (MetadataKey.settings, settings.compact),
      (MetadataKey.assumed, assumed.map { JSON.array($0.map(JSON.string)).compact }),
      (MetadataKey.text, text?.compact),
      (MetadataKey.vectors, vectors?.compact),
      (MetadataKey.head, head?.compact),
    ]
    return texts.compactMap { name, text in text.map { (name, $0) } }
  }

  /// The header with zeros in the place of its own digest.
  private static func blankHeader(
    _ texts: [(String, String)], _ tensors: [SafeTensorsHeader.Declaration], digests: [Digest]
  ) -> [UInt8] {
    var metadata = [
      (MetadataKey.format, MetadataKey.leastFormat(holding: texts.map(\.0))),
      (MetadataKey.header, Digest.zero.description),
    ]
    metadata += texts
    for (tensor, digest) in zip(tensors, digests) {
      metadata.append((MetadataKey.digest(of: tensor.name), digest.description))
    }
    return SafeTensorsHeader(metadata: metadata, tensors: tensors).serialized(alignment: alignment)
  }

  /// Whether these settings are some of a model's, each once and in its order.
  static func isAscending(_ assumed: [String], in settings: JSON) -> Bool {
    let names = Set(assumed.map(Spelling.init))
    return (settings.members ?? []).map(\.name).filter { names.contains(Spelling($0)) } == assumed
  }
}

/// The names under `__metadata__`.
enum MetadataKey {
  static let format = "ingot.format"
  static let header = "ingot.header.sha256"
  static let architecture = "ingot.architecture"
  static let revision = "ingot.architecture.sha256"
  static let settings = "ingot.settings"
  static let assumed = "ingot.settings.assumed"
  static let text = "ingot.text"
  static let vectors = "ingot.vectors"
  static let head = "ingot.head"
  static func digest(of tensor: String) -> String { "ingot.sha256.\(tensor)" }

  /// The versions, each with the texts that came with it.
  static let formats: [(version: String, texts: [String])] = [
    ("1", []), ("2", [assumed]), ("3", [text, vectors]), ("4", [head]),
  ]

  /// The least version that has all of these texts: the one that a file has.
  static func leastFormat(holding texts: [String]) -> String {
    formats.last { $0.texts.isEmpty || $0.texts.contains(where: texts.contains) }!.version
  }
}
