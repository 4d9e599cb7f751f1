import Bytes
import JSON
import ModelFiles
import SafeTensors
import Tensors
import Testing

@Suite("Model files as they are read") struct ModelFileTests {
  @Test("a model file gives back everything that was put in")
  func contents() throws {
    let model = try ModelFile(mapping: fixtures + "tiny.ingot")
    #expect(model.path == fixtures + "tiny.ingot")
    #expect(model.architecture == "bert")
    #expect(model.revision == Digest(of: "architecture bert\n"))
    #expect(model.settings.compact == #"{"heads":2,"epsilon":1e-12,"activation":"gelu_tanh"}"#)
    #expect(Set(model.tensors.map(\.name)) == Set(TinyModel.tensors.map(\.name)))
    for (name, tensor) in TinyModel.tensors {
      let found = try #require(model.tensor(name))
      #expect(found.elementType == tensor.elementType)
      #expect(found.shape == tensor.shape)
      #expect(found.bytes.array() == tensor.bytes.array())
      #expect(try model.verifiedTensor(name)?.bytes.array() == tensor.bytes.array())
      #expect(try model.digest(of: name) == Digest(reading: tensor))
    }
    #expect(model.attachments.map(\.name) == ["bert_config.json", "vocab.txt"])
    #expect(model.attachment("vocab.txt")?.array() == Array("[PAD]\n月\n".utf8))
    #expect(model.attachment("nothing") == nil)
    #expect(try model.ledger() == ["source": "bert.h5"])
    let probe = try #require(model.probes.first)
    #expect(model.probes.count == 1)
    #expect(probe.inputs.map(\.name) == ["token_ids"])
    #expect(probe.points.map(\.name) == ["mlm.logits", "pooler"])
    #expect(try probe.points[0].tensor.floats() == [0, 1, 2, 3])
    #expect(model.tensor("nothing") == nil)
    #expect(model.tensor("ingot.ledger") == nil, "reserved tensors are not the model's own")
    #expect(try model.verifyDigests().isEmpty)
  }

  @Test("tensors are ordered by the power of two that divides their length, then by name, and aligned by it")
  func alignment() throws {
    let file = try SafeTensorsFile(ByteView(mapping: fixtures + "tiny.ingot"))
    #expect(file.dataStart % 64 == 0)
    for (before, after) in zip(file.tensors, file.tensors.dropFirst()) {
      let powers = (before.range.count.trailingZeroBitCount, after.range.count.trailingZeroBitCount)
      #expect(powers.0 > powers.1 || powers.0 == powers.1 && Spelling(before.name) < Spelling(after.name))
    }
    for entry in file.tensors where !entry.range.isEmpty {
      #expect(entry.range.lowerBound % min(64, 1 << entry.range.count.trailingZeroBitCount) == 0, "\(entry.name)")
    }
  }

  @Test("a plain safetensors file is no model file")
  func plain() {
    #expect(
      message { _ = try ModelFile(ByteView(plainHeader(metadata: [("format", "pt")]), file: "x")) } == """
        x: mismatched: found a plain safetensors file, expected a model file that Ingot wrote. Inspect it as it is, or convert \
        it.
        """)
  }

  @Test("a file of another version is unsupported")
  func version() {
    #expect(
      message { _ = try ModelFile(ByteView(plainHeader(metadata: [("ingot.format", "5")]), file: "x")) } == """
        x: unsupported: found version 5 of the model file, expected version 1, 2, 3 or 4. Use the version of Ingot that wrote it, or \
        a newer one.
        """)
  }

  @Test("a file of version 1 does not tell what was assumed, and neither does its copy")
  func firstVersion() throws {
    let model = try ModelFile(mapping: fixtures + "tiny.ingot")
    #expect(model.assumed == nil)
    try inFolder { folder in
      try model.copy(to: folder + "/copy.ingot") { _ in }
      #expect(
        try ByteView(mapping: folder + "/copy.ingot").array() == ByteView(mapping: fixtures + "tiny.ingot").array())
    }
  }

  @Test(
    "what was assumed is a list of settings, each once and in their order",
    arguments: [["a"], ["c", "b"], ["b", "b"]])
  func assumed(names: [String]) throws {
    try inFolder { folder in
      let contents = ModelContents(
        architecture: "bert", revision: Digest(of: ""), settings: ["b": 1, "c": 2], assumed: names, tensors: [])
      #expect(
        message { _ = try ModelWriter(creating: folder + "/a", contents: contents) } == """
          \(folder)/a: refused in the settings: found \(names.joined(separator: ", ")) assumed, expected settings, each once \
          and in their order.
          """)
    }
    let list = "[\(names.map { "\"\($0)\"" }.joined(separator: ","))]"
    let metadata =
      completeMetadata.dropLast().map {
        (name: $0.name, value: ["ingot.format": "2", "ingot.settings": #"{"b":1,"c":2}"#][$0.name] ?? $0.value)
      } + [(name: "ingot.settings.assumed", value: list), completeMetadata.last!]
    #expect(
      message { _ = try ModelFile(ByteView(plainHeader(metadata: metadata), file: "x")) } == """
        x: damaged in the header: found \(list) as "ingot.settings.assumed", expected a list of settings, each once and in \
        their order. The file was changed after it was written; get it again from where it came.
        """)
  }

  @Test(
    "settings of texts and vectors make a file one of version 3, and copies keep them", arguments: [nil, ["heads"]])
  func texts(assumed: [String]?) throws {
    var contents = TinyModel.contents
    contents.assumed = assumed
    contents.text = ["kind": "wordpiece"]
    contents.vectors = ["pooling": "mean"]
    try inFolder { folder in
      try TinyModel.write(to: folder + "/a.ingot", contents)
      let model = try ModelFile(mapping: folder + "/a.ingot")
      #expect(model.text == ["kind": "wordpiece"])
      #expect(model.vectors == ["pooling": "mean"])
      #expect(model.assumed == assumed)
      #expect(try SafeTensorsFile(ByteView(mapping: folder + "/a.ingot")).metadata.first?.value == "3")
      try model.copy(to: folder + "/b.ingot") { _ in }
      #expect(try ByteView(mapping: folder + "/a.ingot").array() == ByteView(mapping: folder + "/b.ingot").array())
      // Without them the file is again what an older Ingot writes and reads.
      try model.copy(to: folder + "/c.ingot") { ($0.text, $0.vectors) = (nil, nil) }
      #expect(
        try SafeTensorsFile(ByteView(mapping: folder + "/c.ingot")).metadata.first?.value
          == (assumed == nil ? "1" : "2"))
    }
  }

  @Test("settings of texts and vectors are objects", arguments: ["ingot.text", "ingot.vectors"])
  func textsAreObjects(name: String) throws {
    let metadata =
      completeMetadata.dropLast().map { (name: $0.name, value: $0.name == "ingot.format" ? "3" : $0.value) }
      + [(name: name, value: "[1]"), completeMetadata.last!]
    #expect(
      message { _ = try ModelFile(ByteView(plainHeader(metadata: metadata), file: "x")) } == """
        x: damaged in the header: found [1] as "\(name)", expected an object. The file was changed after it was written; get it \
        again from where it came.
        """)
    var contents = TinyModel.contents
    if name == "ingot.text" { contents.text = 1 } else { contents.vectors = 1 }
    try inFolder { folder in
      #expect(
        message { _ = try ModelWriter(creating: folder + "/a", contents: contents) }
          == "\(folder)/a: refused in the settings of \(name.dropFirst(6) == "text" ? "texts" : "vectors"): found 1, expected an object."
      )
    }
  }

  @Test("a file of version 3 without settings of texts and vectors is not one that Ingot writes")
  func needlessVersion() throws {
    let metadata = completeMetadata.map { (name: $0.name, value: $0.name == "ingot.format" ? "3" : $0.value) }
    #expect(
      try #require(message { _ = try ModelFile(ByteView(plainHeader(metadata: metadata), file: "x")) })
        .contains("found a spelling that Ingot does not write"))
  }

  @Test(
    "a header that lacks a text is damaged",
    arguments: [
      "ingot.format", "ingot.header.sha256", "ingot.architecture", "ingot.architecture.sha256", "ingot.settings",
      "ingot.sha256.a",
    ])
  func missing(name: String) {
    let metadata = completeMetadata.filter { $0.name != name }
    #expect(
      message { _ = try ModelFile(ByteView(plainHeader(metadata: metadata), file: "x")) } == """
        x: damaged in the header: found no text "\(name)", expected one. The file was changed after it was written; get it \
        again from where it came.
        """)
  }

  @Test("a digest is 64 digits in lower case", arguments: ["ingot.header.sha256", "ingot.sha256.a"])
  func digits(name: String) {
    for text in ["", String(repeating: "A", count: 64), String(repeating: "0", count: 63)] {
      let metadata = completeMetadata.map { $0.name == name ? (name: name, value: text) : $0 }
      #expect(
        message { _ = try ModelFile(ByteView(plainHeader(metadata: metadata), file: "x")) } == """
          x: damaged in the header: found "\(text)" as "\(name)", expected 64 hexadecimal digits in lower case. The file was \
          changed after it was written; get it again from where it came.
          """)
    }
  }

  @Test("settings are a JSON object")
  func settings() {
    func opening(_ settings: String) -> String? {
      let metadata = completeMetadata.map { $0.name == "ingot.settings" ? (name: $0.name, value: settings) : $0 }
      return message { _ = try ModelFile(ByteView(plainHeader(metadata: metadata), file: "x")) }
    }
    #expect(
      opening("{") == "x(ingot.settings): damaged at byte 1: found the end of the text, expected a member's name.")
    #expect(
      opening("[1]") == """
        x: damaged in the header: found [1] as "ingot.settings", expected an object. The file was changed after it was written; \
        get it again from where it came.
        """)
  }

  @Test("a header has one spelling")
  func spelling() throws {
    let golden = try ByteView(mapping: fixtures + "tiny.ingot").array()
    func found(_ bytes: [UInt8]) -> String? { message { _ = try ModelFile(ByteView(bytes, file: "x")) } }
    let length = Int(golden[0]) + Int(golden[1]) << 8
    func respelled(_ old: String, _ new: String) throws -> [UInt8] {
      let text = String(decoding: golden[8..<(8 + length)], as: UTF8.self)
      let header = Array(text.replacingFirst(old, with: new).utf8)
      return withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) } + header + golden[(8 + length)...]
    }
    // One space more before the data, escapes where none are needed, metadata in another order, a text nobody knows.
    let spellings = [
      try respelled("\"__metadata__\":", "\"__metadata__\": "), try respelled("bert_config", "bert\\u005fconfig"),
      try respelled("\"ingot.format\":\"1\",", "").replacingHeader {
        $0.replacingFirst("\"ingot.architecture\":", with: "\"ingot.format\":\"1\",\"ingot.architecture\":")
      },
      try respelled("\"ingot.format\":\"1\"", "\"ingot.format\":\"1\",\"note\":\"\""),
    ]
    for spelling in spellings {
      let text = try #require(found(spelling))
      #expect(text.hasPrefix("x: damaged at byte "))
      #expect(
        text.hasSuffix(
          """
          , in the header: found a spelling that Ingot does not write, expected the only one there is for these contents. \
          The file was changed after it was written; get it again from where it came.
          """))
    }
    #expect(try SafeTensorsFile(ByteView(spellings[0])).tensors.count == 12, "all these are sound safetensors files")
  }

  @Test("a header without its digest is damaged")
  func headerDigest() throws {
    let golden = try ByteView(mapping: fixtures + "tiny.ingot").array()
    let digest = try ModelFile(ByteView(golden)).digest
    let changed = golden.replacingHeader { $0.replacingFirst("\"heads\\\":2", with: "\"heads\\\":4") }
    let problem = #expect(throws: Problem.self) { try ModelFile(ByteView(changed, file: "x")) }
    let computed = try #require(problem?.found.split(separator: " ").last)
    #expect(
      problem?.description == """
        x: damaged at byte 0, in the header: found bytes with the SHA-256 \(computed), expected \(digest), as the header says. \
        The file was changed after it was written; get it again from where it came.
        """)
  }

  @Test(
    "tensors that are not as the format has them",
    arguments: [
      ("ingot.ledger", DataType.i32, "damaged", "I32 [1]", "a row of U8"),
      ("ingot.file.a", .f32, "damaged", "F32 [1]", "a row of U8"),
      ("ingot.file.../x", .u8, "refused", "the file name \"../x\"", "a bare file name"),
      ("ingot.file.", .u8, "refused", "the file name \"\"", "a bare file name"),
      ("a", .f8e5m2, "unsupported", "elements of type F8_E5M2", "a type that Ingot writes"),
      (
        "ingot.files", .u8, "unsupported", "a reserved name of unknown meaning",
        "a file, the ledger, a tensor of vectors or a probe"
      ),
      (
        "ingot.probe.00.input.x", .u8, "unsupported", "a reserved name of unknown meaning",
        "a file, the ledger, a tensor of vectors or a probe"
      ),
      (
        "ingot.probe.0.input.", .u8, "unsupported", "a reserved name of unknown meaning",
        "a file, the ledger, a tensor of vectors or a probe"
      ),
    ])
  func reserved(name: String, type: DataType, kind: String, found: String, expected: String) throws {
    let bytes = forged(name, type)
    #expect(
      message { _ = try ModelFile(ByteView(bytes, file: "x")) }
        == "x: \(kind) in tensor \"\(name)\": found \(found), expected \(expected).")
  }

  @Test("a probe has inputs and points, and probes are numbered from 0")
  func probes() {
    for name in ["ingot.probe.0.input.x", "ingot.probe.0.point.x", "ingot.probe.1.input.x"] {
      #expect(
        message { _ = try ModelFile(ByteView(forged(name, .u8), file: "x")) }
          == "x: damaged in probe 0: found no inputs or no points, expected both.")
    }
  }

  @Test("a ledger that is not JSON is damaged, and everything else can be read")
  func ledger() throws {
    let model = try ModelFile(ByteView(forged("ingot.ledger", .u8), file: "x"))
    let start = forged("ingot.ledger", .u8).count - 1
    #expect(
      message { _ = try model.ledger() }
        == "x(ingot.ledger): damaged at byte \(start): found the byte 0x7, expected a JSON value.")
  }
}

/// The texts that a model file with the single tensor `a` needs; the digests are not its own.
private let completeMetadata: [(name: String, value: String)] = [
  ("ingot.format", "1"), ("ingot.header.sha256", "\(Digest(of: ""))"), ("ingot.architecture", "bert"),
  ("ingot.architecture.sha256", "\(Digest(of: ""))"), ("ingot.settings", "{}"), ("ingot.sha256.a", "\(Digest(of: ""))"),
]

private func plainHeader(metadata: [(name: String, value: String)]) -> [UInt8] {
  let tensors = [SafeTensorsHeader.Declaration("a", .u8, [1])!]
  // The prefix stays recognisable when one text is taken away.
  return SafeTensorsHeader(metadata: metadata, tensors: tensors).serialized(alignment: 64) + [7]
}

/// A model file with right digests and one tensor of one element, which the writer would not write.
private func forged(_ name: String, _ type: DataType) -> [UInt8] {
  let data = [UInt8](repeating: 7, count: type.byteCount)
  func header(_ own: String) -> [UInt8] {
    let metadata = [
      ("ingot.format", "1"), ("ingot.header.sha256", own), ("ingot.architecture", "bert"),
      ("ingot.architecture.sha256", "\(Digest(of: ""))"), ("ingot.settings", "{}"),
      ("ingot.sha256.\(name)", "\(Digest(of: data))"),
    ]
    let tensors = [SafeTensorsHeader.Declaration(name, type, [1])!]
    return SafeTensorsHeader(metadata: metadata, tensors: tensors).serialized(alignment: 64)
  }
  return header("\(Digest(of: header(String(repeating: "0", count: 64))))") + data
}

extension String {
  fileprivate func replacingFirst(_ old: String, with new: String) -> String {
    guard let range = firstRange(of: old) else { return self }
    return replacingCharacters(in: range, with: new)
  }

  private func replacingCharacters(in range: Range<Index>, with new: String) -> String {
    self[..<range.lowerBound] + new + self[range.upperBound...]
  }
}

extension [UInt8] {
  /// The file with its header's text changed and the length made right.
  fileprivate func replacingHeader(_ change: (String) -> String) -> [UInt8] {
    let length = Int(self[0]) + Int(self[1]) << 8
    let header = Array(change(String(decoding: self[8..<(8 + length)], as: UTF8.self)).utf8)
    return Swift.withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) } + header + self[(8 + length)...]
  }
}
