import Bytes
import Foundation
import JSON
import SafeTensors
import Tensors
import Testing

@Suite("Files of the reference implementation") struct FixtureTests {
  @Test("every fixture holds what the reference implementation reads in it", arguments: fixtures)
  func fixture(name: String) throws {
    let file = try SafeTensorsFile(ByteView(mapping: folder + name))
    let record = try #require(try JSON(parsing: ByteView(mapping: folder + "record.json"))[name])
    let recorded = try #require(record["tensors"]?.elements)
    #expect(file.tensors.count == recorded.count)
    for expected in recorded {
      let name = try #require(expected["name"]?.string)
      let entry = try #require(file.entry(name), "\(name)")
      #expect(Spelling(entry.name) == Spelling(name))
      #expect(entry.dataType.rawValue == expected["dtype"]?.string)
      #expect(entry.shape.dimensions == expected["shape"]?.elements?.compactMap(\.integer))
      let data = try file.bytes.slice(at: entry.range.lowerBound, count: entry.range.count, of: "data")
      #expect(hexadecimal(data.array()) == expected["data"]?.string)
      if entry.elementType != nil {
        #expect(try file.tensor(name)?.bytes.array() == data.array())
      }
    }
    let metadata = file.metadata.map { JSON.Member($0.name, .string($0.value)) }
    #expect(record["metadata"] == .object(metadata))
  }

  @Test("all fixtures are found, and all types occur in them")
  func coverage() throws {
    #expect(fixtures.count >= 6)
    let types = try fixtures.flatMap { try SafeTensorsFile(ByteView(mapping: folder + $0)).tensors.map(\.dataType) }
    let rare: Set<DataType> = [.f8e8m0, .f8e4m3fnuz, .f8e5m2fnuz]
    #expect(Set(types) == Set(DataType.allCases).subtracting(rare))
  }

  @Test("data that begin at an odd byte, as files of 2022 have them, are read")
  func unaligned() throws {
    let file = try SafeTensorsFile(ByteView(mapping: folder + "unaligned.safetensors"))
    #expect(file.dataStart % 2 == 1)
    #expect(try file.tensor("bias")?.doubles() == [-1.5])
    let weight = try #require(try file.tensor(file.tensors[1].name))
    #expect(weight.shape == [2, 3])
    #expect(try weight.floats() == [0, 1, 2, 3, 4, 5])
  }

  @Test("numbers of 8 bits are listed and not read")
  func float8() throws {
    let file = try SafeTensorsFile(ByteView(mapping: folder + "float8.safetensors"))
    #expect(file.tensors.count == 3)
    #expect(try file.tensor("plain")?.floats() == [7])
    #expect(file.entry("float8_e5m2")?.elementType == nil)
    var problem = #expect(throws: Problem.self) { try file.tensor("float8_e5m2") }
    problem?.file = "x"
    #expect(
      problem?.description == """
        x: unsupported at byte \(file.entry("float8_e5m2")!.range.lowerBound), in tensor "float8_e5m2": found elements of \
        type F8_E5M2, expected elements of 16 bits or more, or integers.
        """)
  }

  @Test("opening a file of four gigabytes reads its header and none of its data")
  func laziness() throws {
    let path = NSTemporaryDirectory() + "ingot-sparse-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let tensors = [SafeTensorsHeader.Declaration("w", .f32, [1 << 10, 1 << 20])!]
    let header = SafeTensorsHeader(metadata: [], tensors: tensors).serialized(alignment: 4_096)
    try Data(header).write(to: URL(filePath: path))
    try FileHandle(forWritingTo: URL(filePath: path)).truncate(atOffset: UInt64(header.count + 4 << 30))
    let file = try SafeTensorsFile(ByteView(mapping: path))
    let tensor = try #require(try file.tensor("w"))
    #expect(tensor.byteCount == 4 << 30)
    #if os(Linux)
      // One byte for each page: whether the system holds it in memory. The first megabyte may have been read ahead.
      let pages = try tensor.bytes.slice(at: 1 << 20, count: 1 << 30, of: "a part").withUnsafeBytes { part in
        var pages = [UInt8](repeating: 1, count: part.count / 4_096)
        #expect(mincore(UnsafeMutableRawPointer(mutating: part.baseAddress!), part.count, &pages) == 0)
        return pages
      }
      #expect(pages.allSatisfy { $0 & 1 == 0 })
    #endif
  }

  @Test("a header that is written is read again, aligned")
  func writing() throws {
    let tensors = [
      SafeTensorsHeader.Declaration("b", .f32, [2, 3])!, SafeTensorsHeader.Declaration("a\"\n", .u8, [1])!,
      SafeTensorsHeader.Declaration("c", .f64, [0])!,
    ]
    let header = SafeTensorsHeader(metadata: [("k", "v")], tensors: tensors).serialized(alignment: 64)
    #expect(header.count % 64 == 0)
    let file = try SafeTensorsFile(ByteView(header + [UInt8](repeating: 7, count: 25)))
    #expect(file.tensors.map(\.name) == ["b", "a\"\n", "c"])
    #expect(file.tensors.map(\.shape) == [[2, 3], [1], [0]])
    #expect(file.metadata.map(\.value) == ["v"])
    #expect(try file.tensor("nothing") == nil)
    #expect(SafeTensorsHeader.Declaration("x", .f32, [1 << 62]) == nil)
  }

  @Test("a fixture with any byte changed or cut at any length is an error or a reading", arguments: fixtures)
  func mutation(name: String) throws {
    let bytes = try ByteView(mapping: folder + name).array()
    var read = 0
    func attempt(_ mutant: [UInt8]) throws {
      do {
        let file = try SafeTensorsFile(ByteView(mutant, file: name))
        for entry in file.tensors where entry.elementType != nil { _ = try file.tensor(entry.name)?.bytes.array() }
        read += 1
      } catch let problem as Problem {
        #expect(problem.file == name)
      }
    }
    for length in bytes.indices { try attempt(Array(bytes[..<length])) }
    #expect(read == 0, "a truncated file is never whole")
    for index in bytes.indices {
      for change: UInt8 in [0x01, 0x80, 0xFF] {
        var mutant = bytes
        mutant[index] ^= change
        try attempt(mutant)
      }
    }
  }
}

private let folder =
  URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().path() + "Fixtures/SafeTensors/"

private let fixtures =
  (try? FileManager.default.contentsOfDirectory(atPath: folder))?
  .filter { $0.hasSuffix(".safetensors") }.sorted() ?? []

private func hexadecimal(_ bytes: [UInt8]) -> String {
  bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
