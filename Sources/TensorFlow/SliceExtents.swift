import Bytes
import Tensors

/// The part of a tensor that one slice holds, an extent for each axis.
///
/// `TensorSliceProto` of `tensorflow/core/framework/tensor_slice.proto`.
struct SliceExtents {
  private(set) var extents: [Extent] = []
  /// Where the message stands, for problems.
  let place: Cursor

  struct Extent {
    var start = 0
    /// How many elements along the axis; nil for all.
    var count: Int?
  }

  init(_ message: Message) throws {
    var message = message
    place = message.place
    while let field = try message.next() {
      guard field.number == 1 else { continue }
      guard extents.count < Limits.rank else {
        throw field.damaged(found: "a slice of more than \(Limits.rank) axes", expected: "at most that many")
      }
      var extent = Extent()
      var part = try field.message("an extent of a slice")
      while let field = try part.next() {
        switch field.number {
        case 1: extent.start = try field.size("the start of a slice")
        case 2: extent.count = try field.size("the length of a slice")
        default: break
        }
      }
      extents.append(extent)
    }
  }

  /// The elements along each axis of a tensor.
  ///
  /// - Throws: `Problem` of kind *damaged* when the slice is not inside the tensor.
  func ranges(in shape: Shape) throws -> [Range<Int>] {
    guard extents.count == shape.rank else {
      throw place.damaged(found: "a slice of \(extents.count) axes", expected: "\(shape.rank), as the tensor has")
    }
    return try zip(extents, shape.dimensions).map { extent, size in
      let count = extent.count ?? size
      guard extent.start <= size, count <= size - extent.start else {
        throw place.damaged(
          found: "a slice of \(count) elements from \(extent.start)", expected: "one inside the extent \(size)")
      }
      return extent.start..<(extent.start + count)
    }
  }

  /// The key under which the index keeps the slice of a tensor.
  ///
  /// `EncodeTensorNameSlice` of `tensorflow/core/util/saved_tensor_slice_util.cc`: a zero, the name, the number of axes,
  /// and for each axis start and length, a length of -1 meaning all.
  func key(of name: String) -> [UInt8] {
    var key = OrderedCode()
    key.append(unsigned: 0)
    key.append(bytes: name.utf8)
    key.append(unsigned: UInt64(extents.count))
    for extent in extents {
      key.append(signed: Int64(extent.start))
      key.append(signed: Int64(extent.count ?? -1))
    }
    return key.bytes
  }
}
