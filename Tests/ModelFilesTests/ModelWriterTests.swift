import Bytes
import Foundation
import JSON
import ModelFiles
import SafeTensors
import Synchronization
import Tensors
import Testing

@Suite("Writing model files") struct ModelWriterTests {
  @Test("tensors written on all processors give the same file, and progress counts every byte")
  func parallel() throws {
    try inFolder { folder in
      let writer = try ModelWriter(creating: folder + "/a.ingot", contents: TinyModel.contents)
      let written = Atomic(0)
      try writer.append(TinyModel.tensors.map { ($0.name, $0.tensor) }) { count in
        written.add(count, ordering: .relaxed)
      }
      try writer.finish()
      #expect(try ByteView(mapping: folder + "/a.ingot").array() == TinyModel.bytes())
      #expect(written.load(ordering: .relaxed) == TinyModel.tensors.reduce(0) { $0 + $1.tensor.byteCount })
    }
  }

  @Test("tensors larger than a tile, transposed and narrowed on the way, are written and digested whole")
  func streaming() throws {
    try inFolder { folder in
      let base = Tensor((0..<(500 * 300)).map { Float($0 % 1_000) }, shape: [500, 300])!
      let source = try #require(base.transposed()?.converted(to: .float16))
      let contents = ModelContents(
        architecture: "x", revision: Digest(of: ""), settings: [:], tensors: [.init("w", .float16, [300, 500])])
      let writer = try ModelWriter(creating: folder + "/a.ingot", contents: contents)
      let digest = try writer.append("w", from: source)
      try writer.finish()
      let model = try ModelFile(mapping: folder + "/a.ingot")
      let found = try #require(try model.verifiedTensor("w"))
      #expect(digest == model.digest(of: "w"))
      let columns = try base.floats()
      let expected = (0..<300).flatMap { column in (0..<500).map { row in columns[row * 300 + column] } }
      #expect(try found.floats() == expected)
    }
  }

  @Test("a writer that is let go, or fails, leaves nothing")
  func abandoning() throws {
    try inFolder { folder in
      let path = folder + "/a.ingot"
      do {
        let writer = try ModelWriter(creating: path, contents: TinyModel.contents)
        try writer.append("empty", from: TinyModel.tensors[4].tensor)
        #expect(try names(in: folder).count == 1)
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(
          message { try writer.finish() } == """
            \(path): mismatched: found no contents for 5 of 12 tensors (embedding.token.weight, block.0.query.weight, 床, \
            block.0.query.bias, pooler.bias), expected contents for every declared tensor.
            """)
      }
      #expect(try names(in: folder).isEmpty)
    }
  }

  @Test("an existing file is replaced only when that is asked for")
  func replacing() throws {
    try inFolder { folder in
      let path = folder + "/a.ingot"
      try Data("precious".utf8).write(to: URL(filePath: path))
      #expect(
        message { try TinyModel.write(to: path) } == """
          \(path): refused: found a file of this name, expected none. Name another destination, or allow to replace it with \
          --force.
          """)
      #expect(try Data(contentsOf: URL(filePath: path)) == Data("precious".utf8))
      let writer = try ModelWriter(creating: path, contents: TinyModel.contents, replacing: true)
      try writer.append(TinyModel.tensors.map { ($0.name, $0.tensor) })
      #expect(try Data(contentsOf: URL(filePath: path)) == Data("precious".utf8))
      try writer.finish()
      #expect(try ModelFile(mapping: path).verifyDigests().isEmpty)
      #expect(try names(in: folder) == ["a.ingot"])
    }
  }

  @Test("a folder that does not exist or cannot be written is unavailable")
  func folders() throws {
    for path in ["/proc/a.ingot", "/nowhere/a.ingot"] {
      let problem = #expect(throws: Problem.self) { try ModelWriter(creating: path, contents: TinyModel.contents) }
      #expect(problem?.kind == .unavailable)
      #expect(problem?.file == path)
      #expect(problem?.expected == "a folder in which files can be created")
    }
  }

  @Test("a disk that is too small is found out before anything is written")
  func fullDisk() throws {
    try inFolder { folder throws in
      var contents = TinyModel.contents
      contents.tensors.append(TensorDeclaration("huge", .float32, [1 << 58]))
      let path = folder + "/a.ingot"
      let problem = #expect(throws: Problem.self) { try ModelWriter(creating: path, contents: contents) }
      #expect(problem?.kind == .unavailable)
      #expect(problem?.file == path)
      #expect(problem?.expected?.hasPrefix("room for 1152921504606") == true)
      #expect(try names(in: folder).isEmpty)
    }
  }

  @Test("the complete file is verified before it has its name")
  func verifying() throws {
    try inFolder { folder in
      let path = folder + "/a.ingot"
      do {
        let writer = try ModelWriter(creating: path, contents: TinyModel.contents)
        try writer.append(TinyModel.tensors.map { ($0.name, $0.tensor) })
        let problem = #expect(throws: Problem.self) {
          try writer.finish { model in
            #expect(model.path == path)
            #expect(try model.verifyDigests().isEmpty)
            #expect(model.probes.count == 1)
            #expect(!FileManager.default.fileExists(atPath: path))
            throw Problem(.mismatched, file: path, found: "other numbers")
          }
        }
        #expect(problem?.found == "other numbers")
      }
      #expect(try names(in: folder).isEmpty)
    }
  }

  @Test("the final ledger takes the place of the declared one when it has its length")
  func ledger() throws {
    try inFolder { folder in
      let path = folder + "/a.ingot"
      let writer = try ModelWriter(creating: path, contents: TinyModel.contents)
      try writer.append(TinyModel.tensors.map { ($0.name, $0.tensor) })
      #expect(
        message { try writer.finish(ledger: ["source": "longer.h5"]) } == """
          \(path): mismatched in tensor "ingot.ledger": found 22 bytes, expected 20, as declared.
          """)
      try writer.finish(ledger: ["source": "tree.h5"])
      #expect(try ModelFile(mapping: path).ledger() == ["source": "tree.h5"])

      var contents = TinyModel.contents
      contents.ledger = nil
      let other = try ModelWriter(creating: folder + "/b.ingot", contents: contents)
      try other.append(TinyModel.tensors.map { ($0.name, $0.tensor) })
      #expect(
        message { try other.finish(ledger: [:]) } == """
          \(folder)/b.ingot: mismatched in tensor "ingot.ledger": found a ledger, expected none, as declared.
          """)
      try other.finish()
      #expect(try ModelFile(mapping: folder + "/b.ingot").ledger() == nil)
    }
  }

  @Test("a tensor is written once, and as it was declared")
  func declarations() throws {
    try inFolder { folder in
      let path = folder + "/a.ingot"
      let writer = try ModelWriter(creating: path, contents: TinyModel.contents)
      let bias = TinyModel.tensors[2].tensor
      func appending(_ name: String, _ tensor: Tensor) -> String? { message { try writer.append(name, from: tensor) } }
      #expect(
        appending("nobody", bias)
          == "\(path): mismatched in tensor \"nobody\": found a tensor that was not declared, expected one that was."
      )
      #expect(
        appending("ingot.file.vocab.txt", bias) == """
          \(path): mismatched in tensor "ingot.file.vocab.txt": found a tensor that was not declared, expected one that was.
          """)
      #expect(
        appending("block.0.query.bias", Tensor([Int32(1), 2, 3], shape: [3])!) == """
          \(path): mismatched in tensor "block.0.query.bias": found int32 [3], expected float32 [3], as declared.
          """)
      #expect(appending("block.0.query.bias", bias) == nil)
      #expect(
        appending("block.0.query.bias", bias) == """
          \(path): mismatched in tensor "block.0.query.bias": found its contents a second time, expected them once.
          """)
    }
  }

  @Test("what the format cannot say is refused before a file exists")
  func refusals() throws {
    try inFolder { folder throws in
      let path = folder + "/a.ingot"
      func refusal(_ change: (inout ModelContents) -> Void) -> String? {
        var contents = TinyModel.contents
        change(&contents)
        return message { _ = try ModelWriter(creating: path, contents: contents) }?
          .replacingOccurrences(of: path + ": refused", with: "")
      }
      let one = Tensor([Float(1)], shape: [1])!
      #expect(refusal { $0.architecture = "" } == ": found no name of an architecture, expected one, such as bert.")
      #expect(refusal { $0.settings = [1] } == " in the settings: found [1], expected an object.")
      #expect(
        refusal { $0.tensors.append(.init("ingot.x", .uint8, [1])) }
          == " in tensor \"ingot.x\": found a reserved name, expected one without the prefix ingot..")
      #expect(
        refusal { $0.tensors.append(.init("__metadata__", .uint8, [1])) }
          == " in tensor \"__metadata__\": found a reserved name, expected one without the prefix ingot..")
      #expect(
        refusal { $0.tensors.append(.init("empty", .uint8, [1])) }
          == " in tensor \"empty\": found the name a second time, expected every name once.")
      #expect(
        refusal { $0.tensors.append(.init("c", .complex128, [1])) }
          == " in tensor \"c\": found complex128 [1], expected a type and a size that safetensors has.")
      #expect(
        refusal { $0.attachments.append(Attachment("../x", bytes: ByteView([]))) }
          == " in the attached files: found the name \"../x\", expected a bare file name.")
      #expect(
        refusal { $0.probes.append(Probe(inputs: [], points: [NamedTensor("x", one)])) }
          == " in probe 1: found no inputs or no points, expected both.")
      #expect(
        refusal { $0.probes.append(Probe(inputs: [NamedTensor("", one)], points: [NamedTensor("x", one)])) }
          == " in probe 1: found a tensor without a name, expected a name.")
      let long = String(repeating: "n", count: 5_000)
      #expect(
        refusal { $0.tensors.append(.init(long, .uint8, [1])) } == """
           in tensor "\(long.prefix(80))": found a name of 5000 bytes and 1 dimensions, expected at most 4096 bytes and 32 \
          dimensions.
          """)
      #expect(
        refusal { $0.tensors += (0..<4).map { TensorDeclaration("huge.\($0)", .uint8, [1 << 61]) } }
          == ": found tensors of 2^62 bytes or more, expected fewer.")
      #expect(try names(in: folder).isEmpty)
    }
  }

  @Test("a probe is sealed into a copy, also into one that takes the file's own place")
  func copying() throws {
    try inFolder { folder in
      let path = folder + "/a.ingot"
      try TinyModel.write(to: path)
      let model = try ModelFile(mapping: path)
      let probe = Probe(
        inputs: [NamedTensor("token_ids", Tensor([Int32(7)], shape: [1])!)],
        points: [NamedTensor("pooler", Tensor([Float(2)], shape: [1])!)])
      try model.copy(to: path, replacing: true) { $0.probes.append(probe) }
      let sealed = try ModelFile(mapping: path)
      #expect(sealed.probes.count == 2)
      #expect(try sealed.probes[1].inputs[0].tensor.doubles() == [7])
      #expect(try sealed.ledger() == model.ledger())
      #expect(sealed.attachments.map(\.name) == model.attachments.map(\.name))
      #expect(try sealed.verifyDigests().isEmpty)
      try sealed.copy(to: folder + "/b.ingot") { $0.probes.removeLast() }
      #expect(
        try ByteView(mapping: folder + "/b.ingot").array() == TinyModel.bytes(), "taking it out gives the old bytes")
    }
  }

  @Test("a copy does not carry damage on")
  func copyingDamage() throws {
    try inFolder { folder in
      var bytes = try TinyModel.bytes()
      let place = try SafeTensorsFile(ByteView(bytes)).entry("pooler.bias")!.range.lowerBound
      bytes[place] ^= 1
      let model = try ModelFile(ByteView(bytes, file: "x"))
      let problem = #expect(throws: Problem.self) { try model.copy(to: folder + "/b.ingot") { _ in } }
      #expect(problem?.object == "tensor \"pooler.bias\"")
      #expect(problem?.byte == place)
      #expect(try names(in: folder).isEmpty)
    }
  }
}
