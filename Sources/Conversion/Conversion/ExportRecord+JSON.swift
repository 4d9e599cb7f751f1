import Architectures
import Bytes
import JSON
import ModelFiles
import Tensors

extension ExportRecord {
  /// The version of the file that this Ingot writes and reads.
  private static let version = 1

  /// What helps against a record that is not understood.
  private static let advice = "Remove the file to do without what it says"

  /// The file's contents; the same record always gives the same text.
  var json: JSON {
    var members = [
      JSON.Member("ingot", .integer(Self.version)), JSON.Member("architecture", .string(architecture)),
      JSON.Member("naming", .string(naming)), JSON.Member("origin", origin.map(JSON.string) ?? .null),
      JSON.Member("sizes", .object(sizes.map { JSON.Member($0.name, .integer($0.value)) })),
      JSON.Member("settings", .object(settings.map { JSON.Member($0.name, JSON(spelled: $0.value)) })),
    ]
    func add(_ name: String, _ elements: [JSON]) {
      if !elements.isEmpty { members.append(JSON.Member(name, .array(elements))) }
    }
    func add(_ name: String, _ object: [JSON.Member]) {
      if !object.isEmpty { members.append(JSON.Member(name, .object(object))) }
    }
    add("assumed", assumed.map(JSON.string))
    for (name, value) in [("text", text), ("vectors", vectors)] {
      if let value { members.append(JSON.Member(name, value)) }
    }
    add("vectorTensors", vectorTensors.map { JSON.Member($0.name, $0.tensor.json) })
    if let head {
      add(
        "head",
        [JSON.Member("kind", .string(head.kind))]
          + (head.layer.map { [JSON.Member("layer", .string($0))] } ?? []))
    }
    if let headSettings { members.append(JSON.Member("headSettings", headSettings)) }
    add(
      "extras",
      extras.map { extra -> JSON in
        [
          "source": .string(extra.source), "tensor": .string(extra.tensor),
          "transforms": .array(extra.transforms.map(\.json)),
        ]
      })
    add("without", without.map(JSON.string))
    add("computed", computed.map(JSON.string))
    add("tables", tables.map { JSON.Member($0.name, $0.tensor.json) })
    add("attached", attached.map { JSON.Member($0.name, $0.contents.json) })
    add("files", files.map { JSON.Member($0.name, .string("\($0.digest)")) })
    return .object(members)
  }

  /// Reads what ``json`` wrote.
  ///
  /// - Throws: `Problem`: *unsupported* for another version, *damaged* when a member is missing or says what none can say.
  init(reading bytes: ByteView) throws {
    let reader = try Reader(bytes)
    try self.init(
      file: bytes.file, architecture: reader.word("architecture"), naming: reader.word("naming"),
      origin: reader.wordIfAny("origin"),
      sizes: reader.members("sizes", "an object of whole numbers") { $0.integer },
      settings: reader.members("settings", "an object of settings' values") { $0.word },
      assumed: reader.words("assumed"),
      text: reader.object("text"), vectors: reader.object("vectors"),
      vectorTensors: reader.tables("vectorTensors"), head: reader.head(),
      headSettings: reader.object("headSettings"),
      extras: reader.list("extras", "a list of tensors, each with its source and its transforms", Extra.init),
      without: reader.words("without"), computed: reader.words("computed"),
      tables: reader.tables("tables"),
      attached: reader.members("attached", "an object of files: text, hex, or the bare name of a file in the folder") {
        Attached($0)
      },
      files: reader.members("files", "an object of files' SHA-256") {
        $0.string.flatMap(Digest.init(hexadecimal:))
      })
    for name in attached.map(\.name) + files.map(\.name) where !Attachment.isBareName(name) {
      throw Problem(
        .refused, file: file, object: name, found: "a file name that is a path", expected: "a bare file name",
        advice: Self.advice)
    }
  }

  /// Takes members one by one.
  private struct Reader {
    private let json: JSON
    private let file: String

    init(_ bytes: ByteView) throws {
      (json, file) = (try JSON(parsing: bytes), bytes.file)
      let found = json["ingot"]
      guard found?.integer == ExportRecord.version else {
        throw Problem(
          .unsupported, file: file, object: "ingot", found: found.map(\.compact) ?? "no version",
          expected: "version \(ExportRecord.version)", advice: ExportRecord.advice)
      }
    }

    private func damaged(_ name: String, _ expected: String) -> Problem {
      Problem(
        .damaged, file: file, object: name, found: json[name] == nil ? "nothing" : "something else",
        expected: expected, advice: ExportRecord.advice)
    }

    func word(_ name: String) throws -> String {
      guard let text = json[name]?.string else { throw damaged(name, "a text") }
      return text
    }

    func wordIfAny(_ name: String) throws -> String? {
      json[name] == nil || json[name] == .null ? nil : try word(name)
    }

    func object(_ name: String) throws -> JSON? {
      guard let value = json[name] else { return nil }
      guard value.members != nil else { throw damaged(name, "an object") }
      return value
    }

    func words(_ name: String) throws -> [String] { try list(name, "a list of texts", \.string) }

    func list<Element>(_ name: String, _ expected: String, _ element: (JSON) -> Element?) throws -> [Element] {
      guard let value = json[name] else { return [] }
      guard let found = value.elements?.map(element), found.allSatisfy({ $0 != nil }) else {
        throw damaged(name, expected)
      }
      return found.compactMap(\.self)
    }

    func members<Value>(
      _ name: String, _ expected: String, _ value: (JSON) -> Value?
    ) throws -> [(name: String, Value)] {
      guard let object = json[name] else { return [] }
      guard let members = object.members else { throw damaged(name, expected) }
      return try members.map { member in
        guard let value = value(member.value) else { throw damaged(name, expected) }
        return (member.name, value)
      }
    }

    func tables(_ name: String) throws -> [(name: String, tensor: Tensor)] {
      try members(name, "an object of tables: type, shape, and as many bytes, in hexadecimal") {
        Tensor($0, file: file)
      }
      .map { (name: $0, tensor: $1) }
    }

    func head() throws -> HeadChoice? {
      guard let value = json["head"] else { return nil }
      let layer = value["layer"]?.string
      guard let kind = value["kind"]?.string, let head = HeadChoice(kind + (layer.map { "=\($0)" } ?? "")) else {
        throw damaged("head", "a kind, and the layer where it has another name")
      }
      return head
    }
  }
}

extension ExportRecord.Extra {
  fileprivate init?(_ json: JSON) {
    guard let source = json["source"]?.string, let tensor = json["tensor"]?.string, tensor.hasPrefix("extra."),
      let transforms = json["transforms"]?.elements?.map(Transform.init), transforms.allSatisfy({ $0 != nil })
    else { return nil }
    self.init(source: source, tensor: tensor, transforms: transforms.compactMap(\.self))
  }
}

extension ExportRecord.Attached {
  /// Contents as text where they are text.
  fileprivate var json: JSON {
    switch self {
    case .file(let name): ["file": .string(name)]
    case .bytes(let bytes):
      String(validating: bytes, as: UTF8.self).map { ["text": .string($0)] } ?? ["hex": .string(hexadecimal(bytes))]
    }
  }

  fileprivate init?(_ json: JSON) {
    if let name = json["file"]?.string, Attachment.isBareName(name) {
      self = .file(name)
    } else if let text = json["text"]?.string {
      self = .bytes(Array(text.utf8))
    } else if let bytes = json["hex"]?.string.flatMap(bytes(hexadecimal:)) {
      self = .bytes(bytes)
    } else {
      return nil
    }
  }
}

extension JSON {
  /// A setting of a model file, or of a record, as the table spells it.
  var word: String? {
    switch self {
    case .string(let text), .number(let text): text
    case .bool(let value): "\(value)"
    default: nil
    }
  }

  /// A setting as ``word`` reads it.
  fileprivate init(spelled text: String) {
    if let truth = Bool(text) {
      self = .bool(truth)
    } else {
      self = Double(text)?.isFinite == true && text.first?.isNumber == true ? .number(text) : .string(text)
    }
  }
}

extension Tensor {
  /// A table as a record holds it.
  fileprivate var json: JSON {
    [
      "type": .string(elementType.rawValue), "shape": shape.json,
      "bytes": .string(bytes.withUnsafeBytes { hexadecimal($0) }),
    ]
  }

  /// Reads a table; nil for what is none.
  fileprivate init?(_ json: JSON, file: String) {
    guard let type = json["type"]?.string.flatMap(ElementType.init), type.isFloatingPoint,
      let shape = Shape(json["shape"]), let bytes = json["bytes"]?.string.flatMap(bytes(hexadecimal:))
    else { return nil }
    self.init(type, shape, bytes: ByteView(bytes, file: file))
  }
}

/// Two digits for each byte, in lower case.
private func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
  let digits = Array("0123456789abcdef".utf8)
  return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}

/// What ``hexadecimal(_:)`` wrote; nil for anything else.
private func bytes(hexadecimal text: String) -> [UInt8]? {
  func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    default: nil
    }
  }
  var bytes: [UInt8] = []
  var high: UInt8?
  for byte in text.utf8 {
    guard let digit = digit(byte) else { return nil }
    if let first = high {
      bytes.append(first << 4 | digit)
      high = nil
    } else {
      high = digit
    }
  }
  return high == nil ? bytes : nil
}
