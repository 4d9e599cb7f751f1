import Bytes
import Foundation
import JSON
import ModelFiles
import SafeTensors
import Tensors
import Testing

@Suite("The bytes of a model file") struct GoldenFileTests {
  @Test("today's writer writes the committed file, whatever the order of the tensors")
  func golden() throws {
    let bytes = try TinyModel.bytes()
    if ProcessInfo.processInfo.environment["INGOT_RECORD_GOLDEN"] != nil {
      try Data(bytes).write(to: URL(filePath: fixtures + "tiny.ingot"))
    }
    #expect(try ByteView(mapping: fixtures + "tiny.ingot").array() == bytes)
    try inFolder { folder in
      try TinyModel.write(to: folder + "/reversed.ingot", reversed: true)
      #expect(try ByteView(mapping: folder + "/reversed.ingot").array() == bytes)
    }
  }

  @Test("Python's safetensors sees in it what we see")
  func python() throws {
    let model = try ModelFile(mapping: fixtures + "tiny.ingot")
    let record = try JSON(parsing: ByteView(mapping: fixtures + "tiny.ingot.json"))
    let file = try SafeTensorsFile(ByteView(mapping: fixtures + "tiny.ingot"))

    let texts = Dictionary(uniqueKeysWithValues: file.metadata.map { ($0.name, JSON.string($0.value)) })
    let recordedTexts = try #require(record["metadata"]?.members)
    #expect(Dictionary(uniqueKeysWithValues: recordedTexts.map { ($0.name, $0.value) }) == texts)
    #expect(texts["ingot.architecture"] == .string(model.architecture))
    #expect(texts["ingot.header.sha256"] == .string(model.digest.description))

    let recorded = try #require(record["tensors"]?.elements)
    #expect(recorded.count == file.tensors.count)
    for tensor in recorded {
      let entry = try #require(file.entry(tensor["name"]?.string ?? ""))
      #expect(entry.dataType.rawValue == tensor["dtype"]?.string)
      #expect(entry.shape.dimensions == tensor["shape"]?.elements?.compactMap(\.integer))
      #expect(model.digest(of: entry.name)?.description == tensor["sha256"]?.string)
      let numbers = try #require(try file.tensor(entry.name)).doubles()
      #expect(numbers.map(JSON.double) == tensor["values"]?.elements?.map { JSON.double($0.double ?? .infinity) })
    }
  }

  @Test("the worked example of the specification is what the writer writes and the reader reads")
  func workedExample() throws {
    let text = try String(contentsOfFile: repository + "Formats/ModelFile.md", encoding: .utf8)
    let example = text.split(separator: "\n").compactMap { line -> [UInt8]? in
      let line = line.drop { $0 == " " }
      guard line.prefix(8).allSatisfy(\.isHexDigit), line.dropFirst(8).hasPrefix("  ") else { return nil }
      return line.dropFirst(10).prefix(48).split(separator: " ").compactMap { UInt8($0, radix: 16) }
    }.flatMap { $0 }
    try inFolder { folder in
      let path = folder + "/example.ingot"
      let contents = ModelContents(
        architecture: "bert", revision: Digest(of: "architecture bert\n"), settings: ["heads": 2],
        assumed: ["heads"], tensors: [TensorDeclaration("w", .float32, [2])])
      let writer = try ModelWriter(creating: path, contents: contents)
      try writer.append("w", from: Tensor([Float(1), -2], shape: [2])!)
      try writer.finish()
      let written = try ByteView(mapping: path).array()
      #expect(hexadecimalDump(example) == hexadecimalDump(written))
      let model = try ModelFile(ByteView(example))
      #expect(try model.tensor("w")?.floats() == [1, -2])
      #expect(try model.verifyDigests().isEmpty)
      for digest in [model.digest, model.revision, model.digest(of: "w")!] { #expect(text.contains("\(digest)")) }
    }
  }
}

/// The bytes as `hexdump -C` shows them, which is how they stand in the specification.
private func hexadecimalDump(_ bytes: [UInt8]) -> String {
  func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: width - digits.count) + digits
  }
  return stride(from: 0, to: bytes.count, by: 16).map { start in
    let line = bytes[start...].prefix(16)
    let hexadecimal = line.map { padded(Int($0), 2) }.joined(separator: " ")
    let text = String(decoding: line.map { (0x20..<0x7F).contains($0) ? $0 : UInt8(ascii: ".") }, as: UTF8.self)
    return "\n    \(padded(start, 8))  \(hexadecimal)\(String(repeating: "   ", count: 16 - line.count))  |\(text)|"
  }.joined()
}
