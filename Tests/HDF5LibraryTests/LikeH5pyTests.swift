import Bytes
import CHDF5
import Foundation
import Tensors
import Testing

@testable import HDF5Library

/// The writer, compared with what h5py 2.10 wrote for the same content (tools/fixtures/HDF5Library/make_h5py2.py).
@Suite struct LikeH5pyTests {
  /// Spells the content of `h5py2.h5` with the writer.
  private func write(to path: String) throws {
    let writer = try HDF5Writer(creating: path)
    try writer.writeAttribute("layer_names", of: "/", .strings(["Input-Token", "Pooler"], .fixed))
    try writer.writeAttribute("backend", of: "/", .string("tensorflow"))
    try writer.writeAttribute("keras_version", of: "/", .string("2.3.1"))
    try writer.writeAttribute("count", of: "/", .integer(-3))
    try writer.createGroup("Input-Token")
    try writer.writeAttribute("weight_names", of: "Input-Token", .strings([], .fixed))
    try writer.createGroup("Pooler")
    try writer.writeAttribute("weight_names", of: "Pooler", .strings(["Pooler/kernel:0", "Pooler/bias:0"], .fixed))
    try writer.write(Tensor((0..<12).map(Float.init), shape: [3, 4])!, to: "Pooler/Pooler/kernel:0")
    try writer.write(Tensor((0..<4).map(Float.init), shape: [4])!, to: "Pooler/Pooler/bias:0")
    try writer.write(Tensor([Int64(7)], shape: [])!, to: "编码/iterations")
    let types: KeyValuePairs<String, ElementType> = [
      "i1": .int8, "u1": .uint8, "i2": .int16, "u2": .uint16, "i4": .int32, "u4": .uint32, "i8": .int64, "u8": .uint64,
      "f2": .float16, "f4": .float32, "f8": .float64, "c8": .complex64, "c16": .complex128, "V2": .bfloat16,
      "bool": .bool,
    ]
    #expect(types.count == ElementType.allCases.count)
    for (name, elementType) in types {
      let zeros = ByteView(count: 2 * elementType.byteCount) { _ in }
      try writer.write(Tensor(elementType, [2], bytes: zeros)!, to: "types/\(name)")
    }
    try writer.finish()
  }

  @Test func theContentIsTheSame() throws {
    try withTemporaryDirectory { directory in
      try write(to: directory + "/ours.h5")
      let (ours, theirs) = (
        try HDF5LibraryReader(opening: directory + "/ours.h5"), try HDF5LibraryReader(opening: fixture("h5py2.h5"))
      )
      let (ourObjects, theirObjects) = (try ours.objects(), try theirs.objects())
      #expect(ourObjects.map(\.path) == theirObjects.map(\.path))
      #expect(ourObjects.map(\.attributes) == theirObjects.map(\.attributes))
      var datasets = 0
      for object in theirObjects {
        guard case .dataset = object.kind else { continue }
        datasets += 1
        let (our, their) = (try ours.dataset(object.path), try theirs.dataset(object.path))
        #expect(our.elementType == their.elementType)
        #expect(our.shape == their.shape)
        #expect(try bytes(of: our) == bytes(of: their))
      }
      #expect(datasets == 18)
    }
  }

  /// Datatypes and dataspaces are equal in libhdf5's own eyes: class, size, byte order, padding, character set, tags.
  @Test func theDatatypesAreTheSame() throws {
    try withTemporaryDirectory { directory in
      let paths: [String] = [directory + "/ours.h5", directory + "/theirs.h5"]
      try write(to: paths[0])
      // A copy, since libhdf5 opens no file twice in different ways, and other tests read the fixture.
      try FileManager.default.copyItem(atPath: fixture("h5py2.h5"), toPath: paths[1])
      let objects = try HDF5LibraryReader(opening: paths[1]).objects()
      Library.locked {
        let files = paths.map { H5Fopen($0, CHDF5_H5F_ACC_RDONLY(), 0) }
        defer { files.forEach { H5Fclose($0) } }
        for object in objects { expectEqual(object, in: files) }
      }
    }
  }

  private func expectEqual(_ object: HDF5LibraryObject, in files: [hid_t]) {
    if case .dataset = object.kind {
      let datasets = files.map { H5Dopen2($0, object.path, 0) }
      expectEqual(datasets.map { H5Dget_type($0) }, datasets.map { H5Dget_space($0) }, object.path)
      datasets.forEach { H5Dclose($0) }
    }
    for name in object.attributes.map(\.name) {
      let attributes = files.map { H5Aopen_by_name($0, object.path, name, 0, 0) }
      expectEqual(attributes.map { H5Aget_type($0) }, attributes.map { H5Aget_space($0) }, "\(object.path)@\(name)")
      attributes.forEach { H5Aclose($0) }
    }
  }

  private func expectEqual(_ types: [hid_t], _ spaces: [hid_t], _ place: String) {
    #expect(H5Tequal(types[0], types[1]) > 0, "\(place)")
    #expect(H5Sextent_equal(spaces[0], spaces[1]) > 0, "\(place)")
    types.forEach { H5Tclose($0) }
    spaces.forEach { H5Sclose($0) }
  }
}
