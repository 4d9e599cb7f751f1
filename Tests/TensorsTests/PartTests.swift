import Bytes
import Tensors
import Testing

@Suite("Parts of a tensor") struct PartTests {
  /// Two rows of six numbers, or one tensor of rank 1 or 3 with the same elements.
  private func whole(_ extents: [Int]) throws -> Tensor {
    let shape = try #require(Shape(extents))
    return try #require(Tensor((0..<12).map(Float.init), shape: shape))
  }

  private func values(_ source: any TensorSource) throws -> [Float] {
    try Tensor(reading: source).withElements { Array($0) }
  }

  @Test("are stretches of the last extent, and make the whole again side by side")
  func stretches() throws {
    let matrix = try whole([2, 6])
    let parts = try (0..<3).map { try #require(matrix.part(stretch($0, of: 3))) }
    #expect(parts.map(\.shape.dimensions) == [[2, 2], [2, 2], [2, 2]])
    #expect(try parts.map(values) == [[0, 1, 6, 7], [2, 3, 8, 9], [4, 5, 10, 11]])
    #expect(try values(#require(parts[1].transposed())) == [2, 8, 3, 9])
    let joined = try #require(JoinedTensor(parts, .stretches(parts.count)))
    #expect(joined.shape == matrix.shape && joined.elementType == .float32)
    #expect(try values(joined) == values(matrix))
    #expect(try values(#require(whole([12]).part(stretch(3, of: 4)))) == [9, 10, 11])
    #expect(try values(#require(whole([1, 2, 6]).part(stretch(0, of: 2)))) == [0, 1, 2, 6, 7, 8])
  }

  private func stretch(_ index: Int, of count: Int) -> TensorPart {
    TensorPart(of: "w", index: index, sharing: .stretches(count))
  }

  @Test("are elements of the first extent, and make the whole again behind one another")
  func slices() throws {
    let whole = try whole([3, 2, 2])
    let parts = try (0..<3).map { try #require(whole.part(TensorPart(of: "w", index: $0, sharing: .slices))) }
    #expect(parts.map(\.shape.dimensions) == [[2, 2], [2, 2], [2, 2]])
    #expect(try parts.map(values) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]])
    let stacked = try #require(JoinedTensor(parts, .slices))
    #expect(stacked.shape == whole.shape && stacked.elementType == .float32)
    #expect(try values(stacked) == values(whole))
    let part = try #require(TensorPart(addressedAs: "r_w_bias[12,...]"))
    #expect(
      part.index == 12 && part.sharing == .slices && part.whole == "r_w_bias" && part.address == "r_w_bias[12,...]")
  }

  @Test("can be read from any byte on")
  func pieces() throws {
    let matrix = try whole([2, 6])
    let part = try #require(matrix.part(stretch(1, of: 2)))
    let joined = try #require(JoinedTensor([part, part], .stretches(2)))
    let slice = try #require(matrix.part(TensorPart(of: "w", index: 1, sharing: .slices)))
    let stacked = try #require(JoinedTensor([slice, slice], .slices))
    for source in [part, joined, slice, stacked] as [any TensorSource] {
      let expected = try Tensor(reading: source).bytes.array()
      for offset in 0..<expected.count {
        for count in [1, 3, expected.count - offset] where offset + count <= expected.count {
          var bytes = [UInt8](repeating: 0, count: count)
          try bytes.withUnsafeMutableBytes { try source.read(at: offset, into: $0) }
          #expect(bytes == Array(expected[offset..<offset + count]))
        }
      }
    }
  }

  @Test("are there only where the extent can be shared out, and together only where they are alike")
  func refusals() throws {
    #expect(try whole([2, 6]).part(stretch(0, of: 4)) == nil)
    let empty = try #require(Shape([2, 0]))
    #expect(Tensor([Float](), shape: empty)?.part(stretch(0, of: 2)) == nil)
    #expect(try whole([2, 6]).part(TensorPart(of: "w", index: 2, sharing: .slices)) == nil)
    #expect(try whole([12]).part(TensorPart(of: "w", index: 0, sharing: .slices)) == nil)
    #expect(JoinedTensor([], .stretches(0)) == nil)
    #expect(JoinedTensor([], .slices) == nil)
    #expect(JoinedTensor([try whole([2, 6]), try whole([3, 4])], .slices) == nil)
    #expect(JoinedTensor([try whole([2, 6]), try whole([3, 4])], .stretches(2)) == nil)
  }

  @Test(
    "have addresses",
    arguments: [("c_attn.weight[1/3]", 0, 3), ("c_attn.weight[3/3]", 2, 3), ("w[16/16]", 15, 16)])
  func addresses(name: String, index: Int, count: Int) throws {
    let part = try #require(TensorPart(addressedAs: name))
    #expect(part.index == index && part.sharing == .stretches(count) && part.address == name)
  }

  @Test(
    "have no other addresses",
    arguments: [
      "w", "w[0]", "w[,...]", "w[01,...]", "w[-1,...]", "w[1000,...]", "w[1,..]", "w[1/3,...]", "w[{L},...]", "w[0/3]",
      "w[4/3]", "w[1/1]", "w[1/17]", "w[01/3]", "w[+1/3]", "w[1/3", "w[1/3]x", "w[1/3/3]",
      "w[-1/3]", "w[1/99999999999999999999]", "[]", "]",
    ])
  func others(name: String) {
    #expect(TensorPart(addressedAs: name) == nil)
  }
}
