import Bytes
import Tensors

/// The extents of a dataset or an attribute.
///
/// HDF5 File Format Specification 3.0, IV.A.2.b. "The Dataspace Message".
struct Dataspace {
  /// The extents; `[0]` for a null dataspace, which has no elements.
  let shape: Shape
  /// How far each extent can grow, nil where nothing limits it.
  let maximum: [Int?]

  init(_ cursor: inout Cursor) throws {
    let place = cursor
    let version = try cursor.version(1...2, of: "a dataspace")
    let rank = Int(try cursor.u8("the rank of a dataspace"))
    let flags = try cursor.u8("the flags of a dataspace")
    guard rank <= Limits.rank else {
      throw place.damaged(found: "a dataspace of rank \(rank)", expected: "a rank of at most \(Limits.rank)")
    }
    var isNull = false
    if version == 1 {
      try cursor.skip(5, "the padding of a dataspace")
    } else {
      let type = try cursor.u8("the type of a dataspace")
      guard type <= 2 else { throw place.damaged(found: "a dataspace of type \(type)", expected: "type 0, 1 or 2") }
      isNull = type == 2
    }
    var extents: [Int] = []
    extents.reserveCapacity(rank)
    for _ in 0..<rank {
      let extent = try cursor.u64("an extent of a dataspace")
      extents.append(Int(exactly: extent) ?? -1)
    }
    guard let shape = Shape(isNull ? [0] : extents) else {
      throw place.damaged(found: "a dataspace whose number of elements overflows", expected: "fewer than 2^63 elements")
    }
    self.shape = shape
    guard flags & 0x01 != 0 else {
      maximum = shape.dimensions
      return
    }
    maximum = try (0..<rank).map { _ in
      let extent = try cursor.u64("a maximum extent of a dataspace")
      return extent == .max ? nil : Int(clamping: extent)
    }
  }
}
