import Tensors

extension TensorSliceProto {
  /// The elements along each axis of a tensor.
  ///
  /// - Throws: `Problem` of kind *damaged* when the slice is not inside the tensor.
  func ranges(in tensor: BundleEntry) throws -> [Range<Int>] {
    guard extent.count == tensor.shape.rank else {
      throw tensor.damaged(
        found: "a slice of \(extent.count) axes", expected: "\(tensor.shape.rank), as the tensor has")
    }
    return try zip(extent, tensor.shape.dimensions).map { extent, size in
      let start = Int(extent.start)
      let count = extent.count ?? size
      guard start >= 0, start <= size, count >= 0, count <= size - start else {
        throw tensor.damaged(
          found: "a slice of \(count) elements from \(start)", expected: "one inside the extent \(size)")
      }
      return start..<(start + count)
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
    key.append(unsigned: UInt64(extent.count))
    for extent in extent {
      key.append(signed: extent.start)
      key.append(signed: Int64(extent.count ?? -1))
    }
    return key.bytes
  }
}

extension TensorSliceProto.Extent {
  /// How many elements along the axis; nil for all.
  fileprivate var count: Int? { hasLength ? Int(length) : nil }
}
