import Bytes
import JSON
import SafeTensors

/// The header of a model file, read and found to be the one that the writer would have written.
struct ModelHeader {
  let file: SafeTensorsFile
  let layout: ModelLayout
  let digest: Digest
  let digests: [Spelling: Digest]

  init(of file: SafeTensorsFile) throws {
    let metadata = try Metadata(of: file)
    let digests = try file.tensors.map { try metadata.digest(MetadataKey.digest(of: $0.name)) }
    self.file = file
    digest = try metadata.digest(MetadataKey.header)
    self.digests = Dictionary(uniqueKeysWithValues: zip(file.tensors.map { Spelling($0.name) }, digests))
    let settings = try metadata.settings()
    layout = try ModelLayout(
      architecture: metadata.required(MetadataKey.architecture), revision: metadata.digest(MetadataKey.revision),
      settings: settings, assumed: metadata.assumed(of: settings), text: metadata.object(MetadataKey.text),
      vectors: metadata.object(MetadataKey.vectors), head: metadata.object(MetadataKey.head),
      tensors: file.tensors.map { SafeTensorsHeader.Declaration($0.name, $0.dataType, $0.shape)! },
      file: file.bytes.file)
    try checkSpelling(digests: layout.tensors.map { self.digests[Spelling($0.name)]! })
  }

  /// Compares the header with the one that would be written now, and its digest with the one that it would have.
  private func checkSpelling(digests: [Digest]) throws {
    let (expected, computed) = layout.header(digests: digests, spelling: digest)
    let found = try file.bytes.slice(at: 0, count: file.dataStart - file.bytes.start, of: "the header").array()
    let shared = min(found.count, expected.count)
    var byte = 0
    while byte < shared, found[byte] == expected[byte] { byte += 1 }
    guard byte == found.count, byte == expected.count else {
      throw Problem(
        .damaged, file: file.bytes.file, object: "the header", byte: file.bytes.start + byte,
        found: "a spelling that Ingot does not write", expected: "the only one there is for these contents",
        advice: advice)
    }
    guard computed == digest else {
      throw Problem(
        .damaged, file: file.bytes.file, object: "the header", byte: file.bytes.start,
        found: "bytes with the SHA-256 \(computed)", expected: "\(digest), as the header says", advice: advice)
    }
  }
}

private let advice = "The file was changed after it was written; get it again from where it came"

/// The texts of a header under `__metadata__`.
private struct Metadata {
  private let texts: [Spelling: String]
  private let file: String

  /// - Throws: `Problem` of kind *mismatched* for a plain safetensors file, *unsupported* for another version.
  init(of file: SafeTensorsFile) throws {
    texts = Dictionary(uniqueKeysWithValues: file.metadata.map { (Spelling($0.name), $0.value) })
    self.file = file.bytes.file
    let names = file.metadata.map(\.name) + file.tensors.map(\.name)
    guard names.contains(where: ReservedName.isReserved) else {
      throw Problem(
        .mismatched, file: self.file, found: "a plain safetensors file", expected: "a model file that Ingot wrote",
        advice: "Inspect it as it is, or convert it")
    }
    let version = try required(MetadataKey.format)
    let known = MetadataKey.formats.map(\.version)
    guard known.contains(version) else {
      throw Problem(
        .unsupported, file: self.file, found: "version \(version) of the model file",
        expected: "version \(known.dropLast().joined(separator: ", ")) or \(known.last!)",
        advice: "Use the version of Ingot that wrote it, or a newer one")
    }
  }

  func required(_ name: String) throws -> String {
    guard let text = texts[Spelling(name)] else { throw damaged("no text \"\(name)\"", "one") }
    return text
  }

  func digest(_ name: String) throws -> Digest {
    let text = try required(name)
    guard let digest = Digest(hexadecimal: text) else {
      throw damaged("\"\(text.prefix(80))\" as \"\(name)\"", "64 hexadecimal digits in lower case")
    }
    return digest
  }

  func settings() throws -> JSON {
    _ = try required(MetadataKey.settings)
    return try object(MetadataKey.settings)!
  }

  /// The object that a text spells; nil where there is no such text.
  func object(_ name: String) throws -> JSON? {
    guard let text = texts[Spelling(name)] else { return nil }
    let object = try JSON(parsing: text, file: "\(file)(\(name))")
    guard object.members != nil else { throw damaged("\(object.compact.prefix(80)) as \"\(name)\"", "an object") }
    return object
  }

  /// The settings that were assumed; nil where nobody knows, as of files of the first version.
  func assumed(of settings: JSON) throws -> [String]? {
    let name = MetadataKey.assumed
    guard let text = try required(MetadataKey.format) == "2" ? required(name) : texts[Spelling(name)] else {
      return nil
    }
    let list = try JSON(parsing: text, file: "\(file)(\(name))")
    let names = (list.elements ?? []).compactMap(\.string)
    guard list.elements?.count == names.count, ModelLayout.isAscending(names, in: settings) else {
      throw damaged("\(list.compact.prefix(80)) as \"\(name)\"", "a list of settings, each once and in their order")
    }
    return names
  }

  private func damaged(_ found: String, _ expected: String) -> Problem {
    Problem(.damaged, file: file, object: "the header", found: found, expected: expected, advice: advice)
  }
}
