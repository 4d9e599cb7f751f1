import Bytes
import HDF5
import HDF5Library
import Tensors
import TestSupport
import Testing

/// What our own writer writes, libhdf5 and our reader read alike.
@Suite struct WrittenFileTests {
  private func tensor(_ type: ElementType, _ shape: Shape) -> any TensorSource {
    let bytes = (0..<shape.byteCount(of: type)!).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) }
    return Tensor(type, shape, bytes: ByteView(bytes))!
  }

  /// Enough names for several nodes, types, ranks and lengths of every kind.
  private func tree() -> [(path: [String], source: any TensorSource)] {
    let types: [ElementType] = [
      .int8, .uint8, .int16, .uint16, .int32, .uint32, .int64, .uint64, .float16, .float32, .float64,
    ]
    return types.map { (["types", $0.rawValue], tensor($0, [3, 5])) }
      + (0..<1_000).map { (["many", "layer_\($0)", "kernel:0"], tensor(.float32, [1, 2])) }
      + [
        (["scalar"], tensor(.float32, [])), (["empty"], tensor(.float32, [0, 4])),
        (["词嵌入", "é"], tensor(.float64, [7])),
        (["deep", "a", "b", "c", "d"], tensor(.int16, [2, 1, 3, 1])),
        (["large"], tensor(.float32, [700, 500])),
      ]
  }

  @Test func bothReadersReadEveryDatasetAlike() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path("written.h5")
    var root = NewGroup()
    for (place, source) in tree() { root.add(source, at: place) }
    root.attributes = [("backend", .text("tensorflow")), ("layer_names", .texts(["a", "Embedding-Token", "词"]))]
    root.members["none"] = .group(
      {
        var group = NewGroup(); group.attributes = [("weight_names", .texts([]))]; return group
      }())
    try HDF5FileWriter.write(root, to: path)

    let ours = try Contents(readBy: HDF5File(ByteView(mapping: path)))
    #expect(try ours.differences(from: Contents(readBy: HDF5LibraryReader(opening: path))) == [])
    for (place, source) in tree() {
      let object = "/" + place.joined(separator: "/")
      let expected = Contents.Entry.dataset(source.elementType, source.shape, try source.allBytes())
      #expect(ours.entries[Spelling(object)] == expected, "\(object)")
    }
    #expect(
      ours.entries[Spelling("/@layer_names")] == .strings(["a", "Embedding-Token", "词"].map { Array($0.utf8) }))
    #expect(ours.entries[Spelling("/@backend")] == .strings([Array("tensorflow".utf8)]))
    #expect(ours.entries[Spelling("/none@weight_names")] == .floats([]))
  }
}

extension TensorSource {
  fileprivate func allBytes() throws -> [UInt8] {
    var all: [UInt8] = []
    try forEachTile { all += Array($1) }
    return all
  }
}
