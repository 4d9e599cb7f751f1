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
  /// All tensors, also the reserved ones, in the order of the file.
  let tensors: [SafeTensorsHeader.Declaration]
  /// Where each of them begins, in bytes from the start of the file.
  let offsets: [Int]
  /// The size of the file.
  let byteCount: Int

  /// The alignment of the data in the file, in bytes.
  static let alignment = 64

  /// Lays out the tensors: by the power of two that divides their size, largest first, then by name.
  ///
  /// - Throws: `Problem` of kind *refused* when together they are larger than any file.
  init(
    architecture: String, revision: Digest, settings: JSON, tensors: [SafeTensorsHeader.Declaration], file: String
  ) throws {
    self.architecture = architecture
    self.revision = revision
    self.settings = settings
    let total = tensors.reduce(Optional(0)) { total, tensor in
      guard case (let sum, false)? = total?.addingReportingOverflow(tensor.byteCount) else { return nil }
      return sum
    }
    guard let total, total < 1 << 62 else {
      throw Problem(.refused, file: file, found: "tensors of 2^62 bytes or more", expected: "fewer")
    }
    let keyed = tensors.map { (power: $0.byteCount.trailingZeroBitCount, name: Spelling($0.name), tensor: $0) }
    self.tensors = keyed.sorted { $0.power == $1.power ? $0.name < $1.name : $0.power > $1.power }.map(\.tensor)
    let header = ModelLayout.header(
      architecture, revision, settings, self.tensors, digests: self.tensors.map { _ in .zero }, own: .zero)
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
  func header(digests: [Digest]) -> (bytes: [UInt8], digest: Digest) {
    let digest = Digest(of: header(digests: digests, own: .zero))
    return (header(digests: digests, own: digest), digest)
  }

  /// The header as it is spelled with given digests.
  func header(digests: [Digest], own: Digest) -> [UInt8] {
    ModelLayout.header(architecture, revision, settings, tensors, digests: digests, own: own)
  }

  private static func header(
    _ architecture: String, _ revision: Digest, _ settings: JSON, _ tensors: [SafeTensorsHeader.Declaration],
    digests: [Digest], own: Digest
  ) -> [UInt8] {
    var metadata = [
      (MetadataKey.format, MetadataKey.currentFormat),
      (MetadataKey.header, own.description),
      (MetadataKey.architecture, architecture),
      (MetadataKey.revision, revision.description),
      (MetadataKey.settings, settings.compact),
    ]
    for (tensor, digest) in zip(tensors, digests) {
      metadata.append((MetadataKey.digest(of: tensor.name), digest.description))
    }
    return SafeTensorsHeader(metadata: metadata, tensors: tensors).serialized(alignment: alignment)
  }
}

/// The names under `__metadata__`.
enum MetadataKey {
  static let format = "ingot.format"
  static let header = "ingot.header.sha256"
  static let architecture = "ingot.architecture"
  static let revision = "ingot.architecture.sha256"
  static let settings = "ingot.settings"
  static func digest(of tensor: String) -> String { "ingot.sha256.\(tensor)" }

  /// The version of the format that is written and read.
  static let currentFormat = "1"
}
