import Bytes
import CHDF5
import Foundation
import Tensors
import Testing

@testable import HDF5Library

@Suite struct HDF5WriterTests {
  @Test(arguments: ElementType.allCases)
  func everyElementTypeReadsBack(_ elementType: ElementType) throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/a.h5"
      let shapes: [Shape] = [[3, 5, 7], [], [0, 4], [1]]
      let writer = try HDF5Writer(creating: path)
      for (index, shape) in shapes.enumerated() { try writer.write(pattern(elementType, shape), to: "group/\(index)") }
      try writer.finish()
      let reader = try HDF5LibraryReader(opening: path)
      for (index, shape) in shapes.enumerated() {
        let dataset = try reader.dataset("/group/\(index)")
        #expect(dataset.elementType == elementType)
        #expect(dataset.shape == shape)
        #expect(try bytes(of: dataset) == pattern(elementType, shape).bytes.array())
      }
    }
  }

  @Test func aTensorOfSeveralTilesReadsBackFromAnyOffset() throws {
    try withTemporaryDirectory { directory in
      let tensor = pattern(.float32, [3, 211, 1001])  // 2.4 MiB in tiles of 1 MiB that end inside rows
      let writer = try HDF5Writer(creating: directory + "/a.h5")
      try writer.write(tensor, to: "a")
      try writer.finish()
      let dataset = try HDF5LibraryReader(opening: directory + "/a.h5").dataset("a")
      #expect(try bytes(of: dataset) == tensor.bytes.array())
      for (offset, count) in [(0, 1), (3, 2), (4003, 4010), (1 << 20, 8), (211 * 1001 * 4 - 2, 1_000_001)] {
        let piece = try ByteView(count: count) { try dataset.read(at: offset, into: $0) }
        #expect(try piece.array() == tensor.bytes.slice(at: offset, count: count, of: "a piece").array())
      }
    }
  }

  /// What h5py and our own reader rely on: the oldest superblock, contiguous data, no filter, no times.
  @Test func datasetsLieContiguousInTheOldestFormat() throws {
    try withTemporaryDirectory { directory in
      let tensor = pattern(.float32, [5, 7])
      let path = directory + "/a.h5"
      let writer = try HDF5Writer(creating: path)
      try writer.write(tensor, to: "layer/layer/kernel:0")
      try writer.finish()

      let file = try ByteView(mapping: path).array()
      #expect(file.prefix(9) == [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a, 0])
      Library.locked {
        let id = H5Fopen(path, CHDF5_H5F_ACC_RDONLY(), 0)
        let dataset = H5Dopen2(id, "layer/layer/kernel:0", 0)
        let creation = H5Dget_create_plist(dataset)
        #expect(H5Pget_layout(creation) == H5D_CONTIGUOUS)
        #expect(H5Pget_nfilters(creation) == 0)
        let type = H5Dget_type(dataset)
        #expect(H5Tequal(type, CHDF5_H5T_IEEE_F32LE()) > 0)
        let offset = Int(H5Dget_offset(dataset))
        #expect(Array(file[offset..<(offset + 140)]) == tensor.bytes.array())
        for close in [H5Tclose(type), H5Pclose(creation), H5Dclose(dataset), H5Fclose(id)] { #expect(close >= 0) }
      }
    }
  }

  @Test func theSameCallsGiveTheSameBytes() throws {
    try withTemporaryDirectory { directory in
      func write(_ name: String) throws -> [UInt8] {
        let writer = try HDF5Writer(creating: directory + name)
        try writer.writeAttribute("layer_names", of: "/", .strings(["一", "b"]))
        try writer.write(pattern(.float16, [4]), to: "一/a")
        try writer.finish()
        return try ByteView(mapping: directory + name).array()
      }
      let first = try write("/a.h5")
      // Long enough for a time in seconds, which HDF5 would record, to have changed.
      Thread.sleep(forTimeInterval: 1.1)
      #expect(try write("/b.h5") == first)
    }
  }

  @Test(arguments: [9, 60])
  func chineseNamesMakeGroupsOfTheNewStyle(count: Int) throws {
    try withTemporaryDirectory { directory in
      let names = (0..<count).map { "编码层-\($0)" }
      let writer = try HDF5Writer(creating: directory + "/a.h5")
      for name in names { try writer.write(pattern(.int8, [2]), to: "\(name)/\(name)/核") }
      try writer.finish()
      let paths = try HDF5LibraryReader(opening: directory + "/a.h5").objects().map(\.path)
      #expect(Set(paths) == Set(["/"] + names.flatMap { ["/\($0)", "/\($0)/\($0)", "/\($0)/\($0)/核"] }))
      #expect(paths.count == 1 + 3 * count)
    }
  }
}

@Suite struct HDF5WriterAttributeTests {
  /// Writes one attribute to the root and reads it back; `inspect` sees it through libhdf5 itself.
  private func attribute(
    _ value: HDF5AttributeValue, inspect: (_ type: hid_t, _ space: hid_t) -> Void = { _, _ in }
  ) throws -> HDF5LibraryAttribute {
    try withTemporaryDirectory { directory in
      let path = directory + "/a.h5"
      let writer = try HDF5Writer(creating: path)
      try writer.createGroup("layer")
      try writer.writeAttribute("a", of: "layer", value)
      try writer.finish()
      Library.locked {
        let id = H5Fopen(path, CHDF5_H5F_ACC_RDONLY(), 0)
        let attribute = H5Aopen_by_name(id, "layer", "a", 0, 0)
        let (type, space) = (H5Aget_type(attribute), H5Aget_space(attribute))
        inspect(type, space)
        for close in [H5Tclose(type), H5Sclose(space), H5Aclose(attribute), H5Fclose(id)] { #expect(close >= 0) }
      }
      return try #require(try HDF5LibraryReader(opening: path).objects().last?.attributes.first)
    }
  }

  @Test func listsOfStringsAsH5py3WritesThem() throws {
    let read = try attribute(.strings(["a", "bcd", ""])) { type, space in
      #expect(H5Tis_variable_str(type) > 0)
      #expect(H5Tget_cset(type) == H5T_CSET_ASCII)
      #expect(H5Tget_strpad(type) == H5T_STR_NULLTERM)
      #expect(H5Sget_simple_extent_type(space) == H5S_SIMPLE)
    }
    #expect(read.shape == [3])
    #expect(read.value == .strings([Array("a".utf8), Array("bcd".utf8), []]))
  }

  @Test func listsOfStringsAsH5py2WritesThem() throws {
    let read = try attribute(.strings(["a", "bcd", ""], .fixed)) { type, _ in
      #expect(H5Tis_variable_str(type) == 0)
      #expect(H5Tget_size(type) == 3)
      #expect(H5Tget_strpad(type) == H5T_STR_NULLPAD)
    }
    #expect(read.value == .strings([Array("a".utf8), Array("bcd".utf8), []]))
  }

  @Test(arguments: [HDF5AttributeValue.Storage.variable, .fixed])
  func oneStringIsAScalar(_ storage: HDF5AttributeValue.Storage) throws {
    let read = try attribute(.string("床前明月光", storage)) { type, space in
      #expect(H5Tget_class(type) == H5T_STRING)
      #expect(H5Tget_cset(type) == H5T_CSET_UTF8)
      #expect(H5Sget_simple_extent_type(space) == H5S_SCALAR)
    }
    #expect(read.shape == [])
    #expect(read.value == .strings([Array("床前明月光".utf8)]))
  }

  @Test func anEmptyListIsOneOfFloats() throws {
    let read = try attribute(.strings([])) { type, _ in #expect(H5Tequal(type, CHDF5_H5T_IEEE_F64LE()) > 0) }
    #expect(read.shape == [0])
    #expect(read.value == .floats([]))
  }

  @Test func anEmptyStringIsKept() throws {
    #expect(try attribute(.string("", .fixed)).value == .strings([[]]))
    #expect(try attribute(.string("")).value == .strings([[]]))
  }

  @Test func integers() throws {
    #expect(try attribute(.integer(-5)).shape == [])
    #expect(try attribute(.integer(.min)).value == .integers([.min]))
    #expect(try attribute(.integers([1, -2])).value == .integers([1, -2]))
    #expect(try attribute(.integers([])).value == .integers([]))
  }

  /// The parts are those of `numpy.array_split(numpy.arange(4001), 3)`: 1334, 1334, 1333.
  @Test func longListsAreSplitAsKerasSplitsThem() throws {
    try withTemporaryDirectory { directory in
      let names = (0..<4001).map { "layer-" + String(repeating: "0", count: 34 - "\($0)".count) + "\($0)" }
      let writer = try HDF5Writer(creating: directory + "/a.h5")
      try writer.writeStrings("layer_names", of: "/", names)
      try writer.writeStrings("short", of: "/", ["a"])
      try writer.finish()
      let root = try #require(try HDF5LibraryReader(opening: directory + "/a.h5").objects().first)
      #expect(root.attributes.map(\.name) == ["layer_names0", "layer_names1", "layer_names2", "short"])
      #expect(root.attributes.map(\.shape) == [[1334], [1334], [1333], [1]])
      let read = root.attributes.dropLast().flatMap { attribute -> [String] in
        guard case .strings(let strings) = attribute.value else { return [] }
        return strings.map { String(decoding: $0, as: UTF8.self) }
      }
      #expect(read == names)
    }
  }
}

@Suite struct HDF5WriterProblemTests {
  @Test func anExistingDestinationIsRefused() throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/a.h5"
      try Data("mine".utf8).write(to: URL(filePath: path))
      #expect(
        message { _ = try HDF5Writer(creating: path) }
          == "\(path): refused: found a file of this name, expected none. "
          + "Name another destination, or allow to replace it with --force.")
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "mine")
    }
  }

  @Test func anExistingDestinationIsReplacedWhenAsked() throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/a.h5"
      try Data("mine".utf8).write(to: URL(filePath: path))
      let writer = try HDF5Writer(creating: path, replacing: true)
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "mine")
      try writer.finish()
      #expect(try HDF5LibraryReader(opening: path).objects().count == 1)
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["a.h5"])
    }
  }

  @Test func ofTwoWritersTheSecondIsRefused() throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/a.h5"
      let (first, second) = (try HDF5Writer(creating: path), try HDF5Writer(creating: path))
      try first.createGroup("first")
      try first.finish()
      #expect(message { try second.finish() }.hasPrefix("\(path): refused: found a file of this name"))
      #expect(try HDF5LibraryReader(opening: path).objects().map(\.path) == ["/", "/first"])
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["a.h5"])
    }
  }

  @Test func aWriterThatIsDroppedLeavesNothing() throws {
    try withTemporaryDirectory { directory in
      do {
        let writer = try HDF5Writer(creating: directory + "/a.h5")
        try writer.write(pattern(.int8, [2]), to: "a")
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory).isEmpty)
    }
  }

  @Test func aMissingDirectoryIsUnavailable() {
    #expect(
      message { _ = try HDF5Writer(creating: "/nowhere/a.h5") }
        == "/nowhere/a.h5: unavailable: found no such file or directory, expected a folder in which files can be created."
    )
  }

  @Test func aNameIsTakenOnce() throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/a.h5"
      let writer = try HDF5Writer(creating: path)
      try writer.write(pattern(.int8, [2]), to: "a/b")
      #expect(
        message { try writer.write(pattern(.int8, [2]), to: "a/b") }
          == "\(path): unavailable in a/b: found what libhdf5 \(HDF5LibraryReader.libraryVersion) calls "
          + "\"name already exists\", expected a new dataset.")
      #expect(
        message { try writer.createGroup("a") }
          == "\(path): unavailable in a: found what libhdf5 \(HDF5LibraryReader.libraryVersion) calls "
          + "\"name already exists\", expected a new group.")
    }
  }

  @Test func anAttributeHasAtMost64KiB() throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/a.h5"
      let writer = try HDF5Writer(creating: path)
      #expect(
        message { try writer.writeAttribute("a", of: "/", .integers(Array(repeating: 1, count: 8200))) }
          == "\(path): unavailable in /@a: found what libhdf5 \(HDF5LibraryReader.libraryVersion) calls "
          + "\"object header message is too large\", expected a new attribute.")
      #expect(
        message { try writer.writeStrings("a", of: "/", [String(repeating: "a", count: 64513)]) }
          == "\(path): unsupported in /@a: found a string of 64513 bytes, expected at most 64512, as Keras.")
    }
  }

  @Test func aStringWithANULIsUnsupported() throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/a.h5"
      let writer = try HDF5Writer(creating: path)
      #expect(
        message { try writer.writeAttribute("a", of: "/", .string("a\0b")) }
          == "\(path): unsupported in /@a: found a string with a NUL in it.")
      #expect(
        message { try writer.createGroup("a\0b") }
          == "\(path): unsupported in a\\u{0}b: found a name with a NUL in it.")
    }
  }

  @Test func aFinishedWriterWritesNoMore() throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/a.h5"
      let writer = try HDF5Writer(creating: path)
      try writer.finish()
      #expect(
        message { try writer.createGroup("a") }
          == "\(path): unavailable: found a file that is finished or given up, expected a file being written.")
    }
  }

  @Test func aProblemOfTheSourceLeavesNothing() throws {
    struct Broken: TensorSource {
      let elementType = ElementType.int8
      let shape: Shape = [4]
      let contiguousBytes: ByteView? = nil
      func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
        throw Problem(.damaged, file: "source", found: "nothing")
      }
    }
    try withTemporaryDirectory { directory in
      let path = directory + "/a.h5"
      let writer = try HDF5Writer(creating: path)
      #expect(message { try writer.write(Broken(), to: "a") } == "source: damaged: found nothing.")
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory).isEmpty)
      #expect(
        message { try writer.finish() }
          == "\(path): unavailable: found a file that is finished or given up, expected a file being written.")
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory).isEmpty)
    }
  }
}
