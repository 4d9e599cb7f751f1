import Bytes
import Foundation
import Tensors
import Testing

@testable import HDF5Library

@Suite struct HDF5LibraryReaderTests {
  /// h5py's types, in both byte orders, as little-endian bytes.
  @Test(arguments: [
    ("i1", ElementType.int8), ("u1", .uint8), ("i2", .int16), ("u2", .uint16), ("i4", .int32), ("u4", .uint32),
    ("i8", .int64), ("u8", .uint64), ("f2", .float16), ("f4", .float32), ("f8", .float64),
  ])
  func everyTypeOfH5py(name: String, elementType: ElementType) throws {
    let reader = try HDF5LibraryReader(opening: fixture("types.h5"))
    for order in ["little", "big"] {
      let dataset = try reader.dataset("\(order)-\(name)")
      #expect(dataset.elementType == elementType)
      #expect(dataset.shape == [2, 3])
      #expect(try bytes(of: dataset) == (0..<6).flatMap { littleEndian($0, elementType) })
    }
  }

  private func littleEndian(_ value: Int, _ elementType: ElementType) -> [UInt8] {
    let bits: UInt64 =
      switch elementType {
      case .float16: UInt64([0, 0x3c00, 0x4000, 0x4200, 0x4400, 0x4500][value])
      case .float32: UInt64(Float(value).bitPattern)
      case .float64: Double(value).bitPattern
      default: UInt64(value)
      }
    return (0..<elementType.byteCount).map { UInt8(truncatingIfNeeded: bits >> (8 * UInt64($0))) }
  }

  @Test func otherShapesAndTypes() throws {
    let reader = try HDF5LibraryReader(opening: fixture("types.h5"))
    let boolean = try reader.dataset("bool")
    #expect(boolean.elementType == .bool)
    #expect(try bytes(of: boolean) == [1, 0, 1])
    let opaque = try reader.dataset("opaque")
    #expect(opaque.elementType == .bfloat16)
    #expect(try bytes(of: opaque) == [0, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0])
    let scalar = try reader.dataset("scalar")
    #expect(scalar.shape == [])
    #expect(try bytes(of: scalar) == [7, 0, 0, 0, 0, 0, 0, 0])
    let empty = try reader.dataset("empty")
    #expect(empty.shape == [0, 4])
    #expect(try bytes(of: empty).isEmpty)
    let path = fixture("types.h5")
    #expect(
      message { _ = try reader.dataset("text") }
        == "\(path): unsupported in text: found a dataset that is no array of numbers, expected integers, floats, "
        + "h5py's booleans or complex numbers, or opaque elements of two bytes.")
  }

  @Test func everyAttributeOfH5py() throws {
    let root = try #require(try HDF5LibraryReader(opening: fixture("types.h5")).objects().first)
    #expect(
      root.attributes == [
        HDF5LibraryAttribute(name: "fixed", shape: [3], value: strings("a", "bcd", "")),
        HDF5LibraryAttribute(name: "floats", shape: [2], value: .floats([0.5, -2])),
        HDF5LibraryAttribute(name: "integers", shape: [3], value: .integers([1, -2, 3])),
        HDF5LibraryAttribute(name: "no names", shape: [0], value: .floats([])),
        HDF5LibraryAttribute(name: "scalar", shape: [], value: strings("2.3.1")),
        HDF5LibraryAttribute(name: "text", shape: [], value: strings("诗")),
        HDF5LibraryAttribute(name: "unsigned", shape: [], value: .unsignedIntegers([.max])),
        HDF5LibraryAttribute(name: "variable", shape: [3], value: strings("a", "bcd", "诗")),
      ])
  }

  private func strings(_ texts: String...) -> HDF5LibraryAttribute.Value { .strings(texts.map { Array($0.utf8) }) }

  @Test(arguments: ["contiguous", "deflate", "szip", "scaleoffset"])
  func everyFilterOfTheLibrary(_ name: String) throws {
    let dataset = try HDF5LibraryReader(opening: fixture("filters.h5")).dataset(name)
    let expected: Tensor =
      name == "scaleoffset"
      ? Tensor((0..<1024).map(Int32.init), shape: [32, 32])!
      : Tensor((0..<1024).map(Float.init), shape: [32, 32])!
    #expect(dataset.elementType == expected.elementType)
    #expect(try bytes(of: dataset) == expected.bytes.array())
  }

  @Test func aListingSaysWhatItRefuses() throws {
    let objects = try HDF5LibraryReader(opening: fixture("elsewhere.h5")).objects()
    let kinds = objects.map { object in
      switch object.kind {
      case .group: "\(object.path) group"
      case .datatype: "\(object.path) datatype"
      case .dataset(let elementType, let shape): "\(object.path) \(elementType!) \(shape!)"
      case .refused(let problem): "\(object.path) \(problem.found)"
      }
    }
    #expect(
      kinds == [
        "/ group", "/external link a link to another file", "/external storage a dataset stored in other files",
        "/group group", "/group/cycle group", "/group/soft a soft link", "/here float32 [3]",
        "/second name float32 [3]", "/soft a soft link", "/virtual a virtual dataset, made of parts of other files",
      ])
  }

  @Test func tasksShareTheLibrary() async throws {
    let reader = try HDF5LibraryReader(opening: fixture("filters.h5"))
    let expected = Tensor((0..<1024).map(Float.init), shape: [32, 32])!.bytes.array()
    try await withThrowingTaskGroup(of: [UInt8].self) { group in
      for index in 0..<16 {
        group.addTask { try bytes(of: reader.dataset(["deflate", "szip", "contiguous"][index % 3])) }
      }
      for try await read in group { #expect(read == expected) }
    }
  }
}

@Suite struct HDF5LibraryReaderProblemTests {
  private static let copy =
    "Copy what it points to into the file, with h5py's Group.copy and expand_soft or expand_external."

  @Test(arguments: [
    ("soft", "/soft: found a soft link, expected an object of this file. \(copy)"),
    ("external link", "/external link: found a link to another file, expected an object of this file. \(copy)"),
    ("group/soft/here", "/group/soft: found a soft link, expected an object of this file. \(copy)"),
    (
      "external storage",
      "external storage: found a dataset stored in other files, expected data inside this file. "
        + "Copy the dataset into one file with h5py."
    ),
    (
      "virtual",
      "virtual: found a virtual dataset, made of parts of other files, expected data inside this file. "
        + "Copy the dataset into one file with h5py."
    ),
  ])
  func whatLeadsElsewhereIsRefused(object: String, rest: String) throws {
    let path = fixture("elsewhere.h5")
    let reader = try HDF5LibraryReader(opening: path)
    #expect(message { _ = try reader.dataset(object) } == "\(path): refused in \(rest)")
  }

  @Test func aShapeBombIsRefused() throws {
    let path = fixture("bomb.h5")
    let reader = try HDF5LibraryReader(opening: path)
    let message = message { _ = try reader.dataset("bomb") }
    #expect(message.hasPrefix("\(path): refused in bomb: found 8796093022208 bytes made of "))
    #expect(message.hasSuffix(" stored ones, expected at most a thousand times what is stored."))
  }

  @Test func aMissingFilterIsNamed() throws {
    let path = fixture("filters.h5")
    let reader = try HDF5LibraryReader(opening: path)
    #expect(
      message { _ = try reader.dataset("lzf") }
        == "\(path): unsupported in lzf: found the filter lzf (number 32000), expected a filter that libhdf5 "
        + "\(HDF5LibraryReader.libraryVersion) has here. "
        + "Write the dataset again without compression, with h5py where the filter is installed.")
  }

  @Test func aMissingObjectIsMismatched() throws {
    let path = fixture("filters.h5")
    let reader = try HDF5LibraryReader(opening: path)
    #expect(
      message { _ = try reader.dataset("a/b") }
        == "\(path): mismatched in /a: found nothing of this name, expected a group or a dataset.")
  }

  @Test func aGroupIsNoDataset() throws {
    let path = fixture("elsewhere.h5")
    let reader = try HDF5LibraryReader(opening: path)
    #expect(message { _ = try reader.dataset("group") }.hasPrefix("\(path): damaged in group: found what libhdf5 "))
  }

  @Test func anotherFormatIsDamaged() throws {
    #expect(
      message { _ = try HDF5LibraryReader(opening: #filePath) }
        == "\(#filePath): damaged: found what libhdf5 \(HDF5LibraryReader.libraryVersion) calls "
        + "\"file signature not found\", expected an HDF5 file.")
  }

  @Test func aDirectoryIsUnavailable() {
    #expect(message { _ = try HDF5LibraryReader(opening: "/") }.hasPrefix("/: unavailable: found a directory"))
  }

  @Test func aRangeOutsideTheDatasetIsAProblem() throws {
    let path = fixture("filters.h5")
    let dataset = try HDF5LibraryReader(opening: path).dataset("contiguous")
    #expect(
      message { _ = try ByteView(count: 8) { try dataset.read(at: 4090, into: $0) } }
        == "\(path): damaged in contiguous: found 8 bytes at offset 4090, expected a range inside the 4096 bytes of "
        + "the dataset.")
  }
}
