import Bytes
@testable import Tensors
import Testing

@Suite("Tensors made from tensors") struct TransformTests {
  @Test("a transposed matrix has rows for columns, whatever the size of its elements", arguments: sizes)
  func transposed(type: ElementType) throws {
    for (rows, columns) in [(1, 1), (1, 7), (7, 1), (3, 5), (8, 16), (17, 33), (40, 9)] {
      let base = matrix(type, rows, columns)
      let transposed = try #require(base.transposed())
      #expect(transposed.shape == Shape([columns, rows]))
      #expect(try Tensor(reading: transposed).bytes.array() == transposedBytes(base), "\(rows) by \(columns)")
    }
  }

  @Test(
    "words are transposed alike with and without instructions, between whole squares and at the edges",
    arguments: [(1, 1), (3, 50), (16, 16), (17, 15), (32, 48), (40, 33), (64, 100)])
  func words(rows: Int, columns: Int) {
    let pitch = columns + 3
    let input = (0..<UInt32(rows * pitch)).map { $0 &* 2_654_435_761 }
    let expected = (0..<columns).flatMap { column in (0..<rows).map { input[$0 * pitch + column] } }
    for usesInstructions in [false, true] {
      var output = [UInt32](repeating: 0, count: rows * columns)
      input.withUnsafeBytes { input in
        output.withUnsafeMutableBytes { output in
          transposeWords(
            input.baseAddress!, pitch, (rows, columns), output.baseAddress!, usesInstructions: usesInstructions)
        }
      }
      #expect(output == expected)
    }
  }

  @Test("strips of any size give the same matrix, of contiguous and of other sources")
  func strips() throws {
    let base = matrix(.float32, 37, 29)
    let expected = transposedBytes(base)
    for byteCount in [1, 4, 60, 4 * 37, 8 * 37, 5 * 4 * 37, 100_000] {
      #expect(try read(base.transposed(stripByteCount: byteCount)!, 64) == expected, "strips of \(byteCount) bytes")
      let scattered = Scattered(base: base)
      #expect(try read(scattered.transposed(stripByteCount: byteCount)!, 4_096) == expected)
    }
    let wide = matrix(.uint8, 3, 5_000)
    #expect(try read(wide.transposed(stripByteCount: 300)!, 1_024) == transposedBytes(wide))
  }

  @Test("the memory of strips is kept for the next matrix, and few large blocks are out at a time")
  func store() {
    let shared = StripStore.shared()
    #expect(shared === StripStore.shared())
    let store = StripStore()
    let blocks = [100, 300, 200].map { store.memory(ofAtMost: $0) }
    #expect(blocks.map(\.count) == [100, 300, 200])
    blocks.forEach { store.take(back: $0) }
    #expect(store.memory(ofAtMost: 300).baseAddress == blocks[1].baseAddress)
    #expect(store.memory(ofAtMost: 100).baseAddress == blocks[0].baseAddress)
    blocks[..<2].forEach { store.take(back: $0) }

    let small = StripStore.smallByteCount
    let large = [small + 1, 4 * small, small + 1].map { store.memory(ofAtMost: $0) }
    #expect(large.map(\.count) == [small + 1, 4 * small, small])
    large.forEach { store.take(back: $0) }
    let again = store.memory(ofAtMost: small + 1)
    #expect(again.count == small + 1)
    store.take(back: again)
  }

  @Test("any range of bytes can be read, also within elements", arguments: 0..<200)
  func ranges(seed: Int) throws {
    var random = SplitMix(state: UInt64(seed))
    let type = sizes[seed % sizes.count]
    let base = matrix(type, Int.random(in: 2...20, using: &random), Int.random(in: 2...20, using: &random))
    let source = base.transposed(stripByteCount: Int.random(in: 1...2_000, using: &random))!
    let expected = transposedBytes(base)
    let offset = Int.random(in: 0...expected.count, using: &random)
    let count = Int.random(in: 0...(expected.count - offset), using: &random)
    let bytes = try ByteView(count: count) { try source.read(at: offset, into: $0) }
    #expect(bytes.array() == Array(expected[offset..<(offset + count)]), "replay with seed \(seed)")
  }

  @Test("an empty matrix transposes to an empty one")
  func empty() throws {
    let base = Tensor([Float](), shape: [0, 4])!
    #expect(try Tensor(reading: base.transposed()!).shape == [4, 0])
  }

  @Test("only a matrix is transposed")
  func ranks() {
    #expect(Tensor([Float(1)], shape: [])!.transposed() == nil)
    #expect(Tensor([Float(1)], shape: [1, 1, 1])!.transposed() == nil)
  }

  @Test("transposing a row or column copies nothing")
  func vectors() {
    #expect(matrix(.float32, 1, 9).transposed()!.contiguousBytes != nil)
    #expect(matrix(.float32, 2, 9).transposed()!.contiguousBytes == nil)
  }

  @Test("a new shape leaves the contents where they are")
  func reshaped() throws {
    let base = matrix(.float32, 4, 6)
    let reshaped = try #require(base.reshaped(to: [2, 3, 4]))
    #expect(reshaped.shape == [2, 3, 4])
    #expect(try Tensor(reading: reshaped).bytes.array() == base.bytes.array())
    #expect(reshaped.contiguousBytes != nil)
    #expect(base.reshaped(to: [5, 5]) == nil)
  }

  @Test("a converted tensor reads like its elements converted at once, in any range")
  func converted() throws {
    let values = (0..<40_000).map { Float($0) / 7 }
    let base = Tensor(values, shape: [200, 200])!
    let halves = try #require(base.converted(to: .float16))
    let whole = try Tensor(reading: halves)
    #expect(whole.elementType == .float16)
    let read = try whole.floats()
    let expected = values.map { Float(Float16($0)) }
    #expect(read == expected)
    #expect(halves.cost.elements == 40_000)
    #expect(halves.cost.maximumError == zip(values, expected).map { Double(abs($0 - $1)) }.max())
    let odd = try ByteView(count: 70_001) { try halves.read(at: 3, into: $0) }
    #expect(odd.array() == Array(whole.bytes.array()[3..<70_004]))
    #expect(base.converted(to: .int8) == nil)
    #expect(base.converted(to: .float32)?.contiguousBytes != nil)
  }

  @Test("transforms combine: reshape, transpose, convert")
  func combined() throws {
    let base = Tensor((0..<24).map { Float($0) }, shape: [2, 3, 4])!
    let source = try #require(base.reshaped(to: [6, 4])?.transposed()?.converted(to: .float64))
    #expect(source.shape == [4, 6])
    #expect(try Tensor(reading: source).doubles() == (0..<4).flatMap { c in (0..<6).map { Double($0 * 4 + c) } })
  }

  @Test("tiles cover the contents once and in order")
  func tiles() throws {
    let base = matrix(.float32, 10, 10)
    var bytes: [UInt8] = []
    var offsets: [Int] = []
    try base.forEachTile(of: 144) { offset, tile in
      offsets.append(offset)
      bytes += tile
    }
    #expect(offsets == [0, 144, 288])
    #expect(bytes == base.bytes.array())
    try Tensor([Float](), shape: [0])!.forEachTile { _, _ in Issue.record("an empty tensor has no tiles") }
  }
}

private let sizes: [ElementType] = [.uint8, .float16, .float32, .float64, .complex128]

/// A source whose bytes count as not contiguous, as those of compressed data do.
struct Scattered: TensorSource {
  let base: Tensor
  var elementType: ElementType { base.elementType }
  var shape: Shape { base.shape }
  var contiguousBytes: ByteView? { nil }
  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
    try base.read(at: offset, into: buffer)
  }
}

private func matrix(_ type: ElementType, _ rows: Int, _ columns: Int) -> Tensor {
  let bytes = (0..<(rows * columns * type.byteCount)).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
  return Tensor(type, Shape([rows, columns])!, bytes: ByteView(bytes))!
}

/// The transposed contents by the definition: element `[c, r]` is element `[r, c]`.
private func transposedBytes(_ tensor: Tensor) -> [UInt8] {
  let bytes = tensor.bytes.array()
  let (rows, columns) = (tensor.shape.dimensions[0], tensor.shape.dimensions[1])
  let size = tensor.elementType.byteCount
  return (0..<columns).flatMap { column in
    (0..<rows).flatMap { row in bytes[((row * columns + column) * size)...].prefix(size) }
  }
}

private func read(_ source: some TensorSource, _ tile: Int) throws -> [UInt8] {
  var bytes: [UInt8] = []
  try source.forEachTile(of: tile) { bytes += $1 }
  return bytes
}

/// A generator that the same seed starts alike everywhere (Steele, Lea and Flood 2014).
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
    return bits ^ bits >> 31
  }
}
