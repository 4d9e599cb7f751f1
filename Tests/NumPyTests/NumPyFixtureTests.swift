import Bytes
import Foundation
import JSON
import NumPy
import TestSupport
import Tensors
import Testing

/// What NumPy itself read from a fixture, written down by the script that made it.
struct Expectation {
  let type: ElementType
  let shape: [Int]
  let isBigEndian: Bool
  let isColumnMajor: Bool
  let digest: String

  init(_ json: JSON) throws {
    type = try #require(ElementType(rawValue: json["dtype"]?.string ?? ""))
    shape = try #require(json["shape"]?.elements).compactMap(\.integer)
    isBigEndian = try #require(json["bigEndian"]?.bool as Bool?)
    isColumnMajor = try #require(json["fortran"]?.bool as Bool?)
    digest = try #require(json["sha256"]?.string)
  }
}

/// Every fixture that can be read, with what NumPy says of it.
enum NumPyFixtures {
  static let root = Fixtures.folder("NumPy")

  /// The expectations of one fixture: the folder of its NumPy has them all in one file.
  static func expectation(of file: URL) throws -> JSON {
    let relative = file.path.dropFirst(root.path.count).drop { $0 == "/" }.split(separator: "/")
    let sidecar = root.appending(path: "\(relative[0])/expected.json")
    let name = relative.dropFirst().joined(separator: "/")
    return try #require(try JSON(parsing: ByteView(mapping: sidecar.path))[name], "\(file.path) has no expectation")
  }

  static func arrays() throws -> [URL] {
    try Fixtures.files(in: root, withExtension: "npy", atLeast: 60).filter { !$0.path.contains("/unreadable/") }
  }

  static func archives() throws -> [URL] {
    try Fixtures.files(in: root, withExtension: "npz", atLeast: 18)
  }
}

/// Demands that an array is what NumPy says, whole and in pieces of sizes that divide nothing.
func expect(_ array: NumPyArray, equals json: JSON, sourceLocation: SourceLocation = #_sourceLocation) throws {
  let expected = try Expectation(json)
  #expect(array.elementType == expected.type, sourceLocation: sourceLocation)
  #expect(array.shape.dimensions == expected.shape, sourceLocation: sourceLocation)
  #expect(array.isBigEndian == expected.isBigEndian, sourceLocation: sourceLocation)
  #expect(array.isColumnMajor == expected.isColumnMajor, sourceLocation: sourceLocation)
  let whole = try Tensor(reading: array).bytes.array()
  let digest = "\(Digest(of: whole))"
  #expect(digest == expected.digest, sourceLocation: sourceLocation)
  let pieceSizes = array.byteCount < 2_000 ? [1, 7, 64] : array.byteCount < 1_000_000 ? [9_973, 70_000] : [5_000_003]
  for size in pieceSizes {
    #expect(try bytes(of: array, inPiecesOf: size) == whole, "in pieces of \(size)", sourceLocation: sourceLocation)
  }
}

/// Reads an array from front to back in pieces of one size.
func bytes(of array: NumPyArray, inPiecesOf size: Int) throws -> [UInt8] {
  var result: [UInt8] = []
  while result.count < array.byteCount {
    let count = min(size, array.byteCount - result.count)
    result += try ByteView(count: count) { try array.read(at: result.count, into: $0) }.array()
  }
  return result
}

@Suite("Arrays by real NumPy") struct NumPyFixtureTests {
  @Test("every .npy gives what NumPy reads from it", arguments: try NumPyFixtures.arrays())
  func array(file: URL) throws {
    let array = try NumPyArray(ByteView(mapping: file.path))
    try expect(array, equals: NumPyFixtures.expectation(of: file))
    #expect(array.remarks.count == (array.elementType == .bfloat16 ? 1 : 0))
  }

  @Test("every .npz gives the arrays that NumPy reads from it", arguments: try NumPyFixtures.archives())
  func archive(file: URL) throws {
    let archive = try NumPyArchive(ByteView(mapping: file.path))
    let expected = try #require(try NumPyFixtures.expectation(of: file).members)
    #expect(archive.arrays.filter { (try? $0.array.get()) != nil }.count == expected.count)
    for member in expected {
      let array = try #require(try archive[member.name], "\(member.name) is missing")
      try expect(array, equals: member.value)
    }
    try archive.verifyChecksums()
  }

  @Test("all types are there, in both byte orders and both layouts")
  func coverage() throws {
    var kinds: Set<[String]> = []
    for file in try NumPyFixtures.arrays() {
      let expected = try Expectation(try NumPyFixtures.expectation(of: file))
      kinds.insert([expected.type.rawValue, "\(expected.isBigEndian)", "\(expected.isColumnMajor)"])
    }
    for type in ElementType.allCases {
      let orders = type.byteCount == 1 || type == .bfloat16 ? ["false"] : ["false", "true"]
      for order in orders {
        for layout in ["false", "true"] { #expect(kinds.contains([type.rawValue, order, layout])) }
      }
    }
  }

  @Test("an array that lies as it is read is mapped; another is not", arguments: try NumPyFixtures.arrays())
  func contiguous(file: URL) throws {
    let array = try NumPyArray(ByteView(mapping: file.path))
    let isDirect = !array.isColumnMajor && !array.isBigEndian
    #expect((array.contiguousBytes != nil) == isDirect)
    if let bytes = array.contiguousBytes {
      #expect(bytes.count == array.byteCount)
      #expect(bytes.start + bytes.count == (try ByteView(mapping: file.path)).count)
    }
  }

  @Test("stored members lie at odd offsets of the archive, and are mapped all the same")
  func oddOffsets() throws {
    let file = NumPyFixtures.root.appending(path: "numpy-2.4/archives/stored.npz")
    let archive = try NumPyArchive(ByteView(mapping: file.path))
    let windows = archive.arrays.compactMap { try? $0.array.get().contiguousBytes }
    #expect(windows.count == 5)
    #expect(windows.contains { $0.start % 4 != 0 })
    let array = try #require(try archive["w"])
    let tensor = try Tensor(reading: array)
    #expect(tensor.bytes.file == "\(file.path)(w.npy)")
    let values = tensor.withElements(of: Float.self) { $0.map(\.bitPattern) }
    let copy = try bytes(of: array, inPiecesOf: 4)
    #expect(values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } } == copy)
  }

  @Test("names keep their slashes, colons and Chinese, and are compared byte by byte")
  func names() throws {
    let file = NumPyFixtures.root.appending(path: "numpy-2.4/archives/deflated.npz")
    let archive = try NumPyArchive(ByteView(mapping: file.path))
    #expect(
      archive.arrays.map(\.name)
        == ["w", "layer/kernel:0", "层/权重", "fortran", "big", "big-fortran", "scalar", "empty"])
    #expect(try archive["层/权重"] != nil)
    #expect(try archive["w.npy"] == nil)
    #expect(try archive["W"] == nil)
  }

  @Test("a member that is no array is ignored, and one that is refused does not hide the others")
  func otherMembers() throws {
    let file = NumPyFixtures.root.appending(path: "numpy-2.4/archives/with-others.npz")
    let archive = try NumPyArchive(ByteView(mapping: file.path))
    #expect(archive.ignored == ["config.json"])
    #expect(archive.arrays.map(\.name) == ["w", "object"])
    #expect(try archive["w"]?.shape == [2])
    let problem = #expect(throws: Problem.self) { try archive["object"] }
    #expect(problem?.kind == .refused)
    #expect(problem?.file == "\(file.path)(object.npy)")
  }

  @Test("opening an archive reads no array: damage behind the headers shows only in reading")
  func lazyOpening() throws {
    let file = NumPyFixtures.root.appending(path: "numpy-2.4/archives/deflated-huge-fortran.npz")
    var bytes = Array(try Data(contentsOf: file))
    for offset in 1_000..<2_000 { bytes[offset] = 0xFF }
    let archive = try NumPyArchive(ByteView(bytes, file: "x.npz"))
    let array = try #require(try archive["steps"])
    #expect(array.shape == [3, 360_000])
    let problem = #expect(throws: Problem.self) { try Tensor(reading: array) }
    #expect(problem?.kind == .damaged)
    #expect(problem?.object == "steps.npy")
    #expect(throws: Problem.self) { try archive.verifyChecksums() }
  }

  @Test("an array saved in both layouts gives the same bytes")
  func sameValues() throws {
    for name in ["f4-little", "f4-big", "c16-big", "i2-big", "b1", "bfloat16"] {
      let folder = NumPyFixtures.root.appending(path: "numpy-2.4/types")
      let rows = try NumPyArray(ByteView(mapping: folder.appending(path: "\(name)-c.npy").path))
      let columns = try NumPyArray(ByteView(mapping: folder.appending(path: "\(name)-fortran.npy").path))
      #expect(try Tensor(reading: rows).bytes.array() == Tensor(reading: columns).bytes.array(), "\(name)")
    }
  }
}
