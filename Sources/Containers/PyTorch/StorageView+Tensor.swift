import Bytes
import Tensors

extension StorageView {
  /// The tensor as a reading of its storage's bytes.
  ///
  /// - Throws: `Problem` of kind *damaged* when the view leaves the storage, *unsupported* for elements that are no numbers Ingot
  ///   has.
  func tensor(in bytes: ByteView, named name: String, isBigEndian: Bool) throws -> any TensorSource {
    func problem(_ kind: Problem.Kind, _ found: String, _ expected: String) -> Problem {
      Problem(kind, file: bytes.file, object: "tensor \"\(name)\"", byte: position, found: found, expected: expected)
    }
    guard let elementType = storage.type.elementType ?? type?.elementType else {
      throw problem(
        .unsupported, "elements of type \(type?.name ?? storage.type.name)", "numbers of a type that Ingot has")
    }
    guard let shape = Shape(extents), shape.byteCount(of: elementType) != nil else {
      throw problem(.damaged, "the shape \(extents) of \(elementType)", "a size below 2^63 bytes")
    }
    guard let view = StridedTensor(elementType, shape, strides: strides, offset: offset, of: bytes) else {
      throw problem(
        .damaged, "elements from \(offset) on with the strides \(strides)",
        "\(shape) inside the \(bytes.count / elementType.byteCount) elements of the storage \(storage.key)")
    }
    let tensor =
      view.contiguousBytes.flatMap { Tensor(elementType, shape, bytes: $0) } ?? transposed(view, of: bytes) ?? view
    return isBigEndian && elementType.swapUnit > 1 ? SwappedTensor(tensor) : tensor
  }

  /// A matrix that was transposed in PyTorch lies in the file as it was before: it is read in strips, which is faster.
  private func transposed(_ view: StridedTensor, of bytes: ByteView) -> (any TensorSource)? {
    guard extents.count == 2,
      let before = StridedTensor(
        view.elementType, Shape([extents[1], extents[0]])!, strides: [strides[1], strides[0]], offset: offset, of: bytes
      ),
      let rows = before.contiguousBytes, let matrix = Tensor(view.elementType, before.shape, bytes: rows)
    else { return nil }
    return matrix.transposed()
  }
}
