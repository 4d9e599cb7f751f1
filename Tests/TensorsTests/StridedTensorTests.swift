import Bytes
import Tensors
import Testing

@Suite("Strided and swapped tensors") struct StridedTensorTests {
  /// The numbers 0 to 23 as 16-bit integers.
  static let block = ByteView((0..<24).flatMap { [UInt8($0), 0] })

  /// The elements of a view, read in pieces of every size up to 7 bytes and at once.
  private func elements(_ tensor: some TensorSource) throws -> [UInt8] {
    let whole = try Tensor(reading: tensor).bytes.array()
    for size in 1...7 {
      var pieces: [UInt8] = []
      while pieces.count < whole.count {
        pieces += try ByteView(count: min(size, whole.count - pieces.count)) {
          try tensor.read(at: pieces.count, into: $0)
        }
        .array()
      }
      #expect(pieces == whole)
    }
    return stride(from: 0, to: whole.count, by: 2).map { whole[$0] }
  }

  @Test("elements at any strides come out row by row")
  func order() throws {
    func view(_ extents: [Int], _ strides: [Int], _ offset: Int = 0) throws -> StridedTensor {
      try #require(StridedTensor(.int16, Shape(extents)!, strides: strides, offset: offset, of: Self.block))
    }
    #expect(try elements(view([2, 3], [1, 8])) == [0, 8, 16, 1, 9, 17])
    #expect(try elements(view([2, 2, 2], [12, 4, 1], 5)) == [5, 6, 9, 10, 17, 18, 21, 22])
    #expect(try elements(view([3, 2], [0, 1], 7)) == [7, 8, 7, 8, 7, 8])
    #expect(try elements(view([2, 0], [1, 1])) == [])
    #expect(try elements(view([], [], 9)) == [9])
    #expect(try view([2, 3], [1, 8]).contiguousBytes == nil)
    #expect(try view([2, 1, 3], [3, 99, 1], 2).contiguousBytes?.start == 4)
  }

  @Test("what would leave the block is no tensor")
  func bounds() {
    func view(_ extents: [Int], _ strides: [Int], _ offset: Int = 0) -> StridedTensor? {
      StridedTensor(.int16, Shape(extents)!, strides: strides, offset: offset, of: Self.block)
    }
    #expect(view([24], [1]) != nil && view([25], [1]) == nil)
    #expect(view([24], [1], 1) == nil && view([1], [1], -1) == nil && view([2], [-1], 5) == nil)
    #expect(view([2, 2], [.max, .max]) == nil && view([2], [1], .max) == nil && view([2], [1, 1]) == nil)
    #expect(view([0], [1], .max) != nil, "an empty tensor begins nowhere")
  }

  @Test("numbers are turned round, halves of complex ones each for itself")
  func swapped() throws {
    let bytes = ByteView(Array(0..<16))
    func read(_ type: ElementType, _ extents: Shape) throws -> [UInt8] {
      let tensor = SwappedTensor(try #require(Tensor(type, extents, bytes: bytes)))
      return try Tensor(reading: tensor).bytes.array()
    }
    #expect(try read(.int32, [4]) == [3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12])
    #expect(try read(.complex128, [1]) == [7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8])
    #expect(try read(.uint8, [16]) == Array(0..<16))
  }
}
