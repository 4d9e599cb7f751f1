import Testing

@Suite("Malformed slices") struct SliceDamageTests {
  private typealias Pair = (start: Int, count: Int)

  /// A tensor [4] of two slices, each with an entry of its own.
  private func index(
    _ first: Pair = (0, 2), _ second: Pair = (2, 2), entries: [IndexBytes.Entry]? = nil, extents: [Int] = [4]
  ) -> [UInt8] {
    let pairs = [first, second]
    let slices = pairs.flatMap { IndexBytes.slice($0) }
    let own =
      entries
      ?? pairs.enumerated().map { number, pair in
        IndexBytes.entry(
          key: IndexBytes.sliceKey("w", pair), shape: [pair.count], offset: 16 * number, size: 4 * pair.count)
      }
    let whole = IndexBytes.entry(shape: extents, size: 0, and: slices)
    return IndexBytes.table(blocks: [IndexBytes.block([IndexBytes.header()] + own + [whole])])
  }

  @Test("the tensor of these tests is read when nothing is wrong with it")
  func sane() throws {
    #expect(try open(index()).entries.map(\.sliceCount) == [2])
  }

  @Test("slices that overlap, leave a part uncovered or lie outside")
  func cover() {
    for second in [(1, 3), (3, 1), (1, 2)] {
      expectProblem(
        "x.index: damaged at byte 69, in w: found slices that overlap or leave elements out, "
          + "expected each element of [4] in one slice."
      ) { try open(index((0, 2), second)) }
    }
    expectProblem(
      "x.index: damaged at byte 69, in w: found a slice of 3 elements from 2, expected one inside the extent 4."
    ) { try open(index((0, 2), (2, 3))) }
    expectProblem(
      "x.index: damaged at byte 9, in w: found a slice of 2 elements from -1, expected one inside the extent 4."
    ) { try open(index((-1, 2), entries: [])) }
    expectProblem(
      "x.index: damaged at byte 9, in w: found a slice of -2 elements from 0, expected one inside the extent 4."
    ) { try open(index((0, -2), entries: [])) }
    expectProblem(
      "x.index: damaged at byte 69, in w: found a slice of 1 axes, expected 2, as the tensor has."
    ) { try open(index(extents: [4, 1])) }
  }

  @Test("cuts along more axes than the limit")
  func tooManyAxes() {
    let pairs = Array(repeating: (start: 0, count: 1), count: 5)
    let key = [0] + Array("w".utf8) + [0, 1, 1, 5] + pairs.flatMap { _ in [0x80, 0x81] as [UInt8] }
    let slice = IndexBytes.field(7, pairs.flatMap { _ in IndexBytes.field(1, IndexBytes.field(2, 1)) })
    let whole = IndexBytes.entry(shape: [2, 2, 2, 2, 2], size: 0, and: slice)
    let own = IndexBytes.entry(key: key, shape: [1, 1, 1, 1, 1], size: 4)
    expectProblem("x.index: refused at byte 63, in w: found slices cut along 5 axes, expected at most 4.") {
      try open(IndexBytes.index(IndexBytes.header(), own, whole))
    }
  }

  @Test("slices without an entry of their own, and entries of slices that no tensor names")
  func keys() {
    let first = IndexBytes.entry(key: IndexBytes.sliceKey("w", (0, 2)))
    let second = IndexBytes.entry(key: IndexBytes.sliceKey("w", (2, 2)), offset: 16)
    let stray = IndexBytes.entry(key: IndexBytes.sliceKey("x", (2, 2)), offset: 32)
    expectProblem(
      "x.index: damaged at byte 39, in w: found a slice that has no entry of its own, "
        + "expected one for the elements 2..<4."
    ) { try open(index(entries: [first])) }
    expectProblem(
      "x.index: damaged at byte 76: found a slice that no tensor names, "
        + "expected each slice in the entry of its tensor."
    ) { try open(index(entries: [first, second, stray])) }
  }

  @Test("a slice of another type or shape than the tensor says")
  func contradiction() {
    let first = IndexBytes.entry(key: IndexBytes.sliceKey("w", (0, 2)))
    let key = IndexBytes.sliceKey("w", (2, 2))
    expectProblem(
      "x.index: damaged at byte 46, in w: found a slice of int32 [2], expected float32 [2], as the tensor says."
    ) { try open(index(entries: [first, IndexBytes.entry(key: key, type: 3, offset: 16)])) }
    expectProblem(
      "x.index: damaged at byte 46, in w: found a slice of float32 [1, 2], expected float32 [2], as the tensor says."
    ) { try open(index(entries: [first, IndexBytes.entry(key: key, shape: [1, 2], offset: 16)])) }
  }

  @Test("more slices than the limit")
  func tooMany() {
    let slices = (0..<1_025).flatMap { _ in IndexBytes.slice((0, 1)) }
    let index = IndexBytes.index(IndexBytes.header(), IndexBytes.entry(and: slices))
    expectProblem("x.index: refused at byte 10, in w: found 1025 slices, expected at most 1024.") { try open(index) }
  }
}
