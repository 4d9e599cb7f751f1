import Bytes
import Foundation
import Tensors
import Testing

@Suite("Conversions between element types") struct ConversionTests {
  @Test("every pattern converts as NumPy and ml_dtypes convert it")
  func digests() throws {
    let recorded = try Recorded.load()
    let patterns = (0...UInt16.max).map { $0 }
    func fromHalves(to type: ElementType) -> [UInt8] { convert(patterns, from: .float16, to: type) }
    #expect(try digest(fromHalves(to: .float32), .float32) == recorded.digests["float16 float32"])
    #expect(try digest(fromHalves(to: .float64), .float64) == recorded.digests["float16 float64"])
    let brains = convert(patterns, from: .bfloat16, to: .float32)
    #expect(try digest(brains, .float32) == recorded.digests["bfloat16 float32"])

    for (wide, narrow) in [("float32", "float16"), ("float64", "float16"), ("float32", "bfloat16")] {
      let (source, destination) = (ElementType(rawValue: wide)!, ElementType(rawValue: narrow)!)
      let result = convert(bytes: inputs(around: destination, as: source), from: source, to: destination)
      #expect(try digest(result, destination) == recorded.digests["\(wide) \(narrow)"], "\(wide) to \(narrow)")
    }
    let singles = convert(bytes: inputs(around: .float16, as: .float64), from: .float64, to: .float32)
    #expect(try digest(singles, .float32) == recorded.digests["float64 float32"])
    let integers = (-5_000..<5_000).map { Int64($0) * 922_337_203_685_477 }
    #expect(
      try digest(convert(integers, from: .int64, to: .float32), .float32) == recorded.digests["int64 float32"])
    #expect(recorded.digests.count == 8)
  }

  @Test("single numbers convert as NumPy and ml_dtypes convert them")
  func samples() throws {
    let samples = try Recorded.load().samples
    #expect(samples.count >= 20)
    for sample in samples {
      let number = "\(Float(bitPattern: sample.float32))"
      #expect(convert([sample.float32], from: .float32, to: .float16) == littleEndian(sample.float16), "\(number)")
      #expect(convert([sample.float32], from: .float32, to: .bfloat16) == littleEndian(sample.bfloat16), "\(number)")
    }
  }

  @Test("a midpoint goes to the even neighbour, and the next number beside it to the nearer", arguments: narrowTypes)
  func rounding(narrow: ElementType) throws {
    // Rounding a float64 by way of float32 would fail here: the neighbours of a midpoint round onto it.
    let values = try numbers(convert((0...UInt16.max).map { $0 }, from: narrow, to: .float64))
    var cases: [Double] = []
    var expected: [UInt16] = []
    for pattern in 0..<UInt16.max where values[Int(pattern)].isFinite && values[Int(pattern) + 1].isFinite {
      let middle = (values[Int(pattern)] + values[Int(pattern) + 1]) / 2
      let away = pattern & 0x8000 == 0 ? middle.nextUp : middle.nextDown
      let back = pattern & 0x8000 == 0 ? middle.nextDown : middle.nextUp
      cases += [back, middle, away]
      expected += [pattern, pattern % 2 == 0 ? pattern : pattern + 1, pattern + 1]
    }
    #expect(cases.count > 180_000)
    let result = convert(cases, from: .float64, to: narrow)
    #expect(result == expected.flatMap(littleEndian))
  }

  @Test("a NaN stays a NaN of the same sign and infinity stays infinity", arguments: narrowTypes)
  func special(narrow: ElementType) throws {
    let patterns: [UInt32] = [0x7F80_0001, 0xFF80_0001, 0x7FC0_0000, 0xFFFF_FFFF, 0x7F80_0000, 0xFF80_0000]
    let back = try numbers(
      convert(bytes: convert(patterns, from: .float32, to: narrow), from: narrow, to: .float64))
    #expect(back[0..<4].map(\.isNaN) == [true, true, true, true])
    #expect(back[0..<4].map(\.sign) == [.plus, .minus, .plus, .minus])
    #expect(back[4...] == [.infinity, -.infinity])
  }

  @Test("narrowing says how much it cost")
  func cost() throws {
    let values: [Float] = [1, 0.1, 65_520, -1e9, 1e-9, 0, .infinity, .nan, 65_519]
    let cost = try #require(ElementConversion(from: .float32, to: .float16)).cost(of: values)
    #expect(cost.elements == 9)
    #expect(cost.overflowed == 2)
    #expect(cost.underflowed == 1)
    #expect(cost.maximumError == 15)
    #expect(!cost.isNothing)
    let doubles = try #require(ElementConversion(from: .float64, to: .float32)).cost(of: [1e300, 1e-300, 0.5, 0.1])
    #expect(doubles.overflowed == 1)
    #expect(doubles.underflowed == 1)
    #expect(doubles.maximumError == abs(0.1 - Double(Float(0.1))))
    #expect(try #require(ElementConversion(from: .float64, to: .float32)).cost(of: [1.5, -0.25]).isNothing)
    let integers = try #require(ElementConversion(from: .int32, to: .float32)).cost(of: [Int32(16_777_217), 3])
    #expect(integers.maximumError == 1)
  }

  @Test("the cost of many blocks is the sum of theirs")
  func costOfBlocks() throws {
    var values = [Float](repeating: 0.5, count: 10_000)
    values[3] = 1e6
    values[9_999] = 1e6
    values[5_000] = 0.1
    let cost = try #require(ElementConversion(from: .float32, to: .bfloat16)).cost(of: values)
    #expect(cost.elements == 10_000)
    #expect(cost.overflowed == 0)
    #expect(cost.maximumError == 1_000_000 - 999_424)
  }

  @Test("every pair of types converts or is refused as documented")
  func pairs() {
    for source in ElementType.allCases {
      for destination in ElementType.allCases {
        let isWideInteger = [ElementType.int32, .uint32, .int64, .uint64].contains(source)
        let isReal = source != .complex64 && source != .complex128
        let expected =
          source == destination
          || isReal && (isWideInteger ? [.float32, .float64].contains(destination) : destination.isFloatingPoint)
        #expect((ElementConversion(from: source, to: destination) != nil) == expected, "\(source) to \(destination)")
      }
    }
  }

  @Test("integers and truth values become the numbers that they are")
  func integers() throws {
    #expect(try Tensor([UInt8(0), 7, 255], shape: [3])!.floats() == [0, 7, 255])
    #expect(try Tensor([Int32.min, -1, .max], shape: [3])!.doubles() == [-2_147_483_648, -1, 2_147_483_647])
    #expect(try Tensor([Int64.max, -1], shape: [2])!.floats() == [0x1p63, -1])
    let truths = Tensor(.bool, [3], bytes: ByteView([0, 1, 2]))!
    #expect(try truths.doubles() == [0, 1, 1])
    let halves = Tensor(.float16, [1, 2], bytes: ByteView([0x00, 0x3C, 0x00, 0xC0]))!
    #expect(try halves.floats() == [1, -2])
    #expect(try Tensor([Float](), shape: [0, 4])!.doubles() == [])
  }

  @Test("complex numbers are no real numbers")
  func complex() {
    let tensor = Tensor(.complex64, [], bytes: ByteView(count: 8, file: "x") { _ in })!
    let problem = #expect(throws: Problem.self) { try tensor.doubles() }
    #expect(
      problem?.description == "x: unsupported at byte 0: found elements of type complex64, expected real numbers.")
  }
}

private let narrowTypes: [ElementType] = [.float16, .bfloat16]

/// What NumPy and ml_dtypes gave, as `tools/fixtures/Tensors/make.py` recorded it.
private struct Recorded: Decodable {
  struct Sample: Decodable {
    let float32: UInt32
    let float16: UInt16
    let bfloat16: UInt16
  }

  let digests: [String: String]
  let samples: [Sample]

  static func load() throws -> Recorded {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/Tensors/conversions.json")
    return try JSONDecoder().decode(Recorded.self, from: Data(contentsOf: file))
  }
}

/// The inputs of the recording: all values of a narrow type, the midpoints between neighbours, and their neighbours.
private func inputs(around narrow: ElementType, as wide: ElementType) -> [UInt8] {
  let patterns = (0...UInt16.max).map { $0 }
  let values = convert(patterns, from: narrow, to: .float64).withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
  let middles = zip(values, values.dropFirst()).filter { $0.isFinite && $1.isFinite }.map { ($0 + $1) / 2 }
  if wide == .float64 {
    return bytes(of: values + middles + middles.map(\.nextUp) + middles.map(\.nextDown))
  }
  let narrowMiddles = middles.map { Float($0) }
  return bytes(
    of: values.map { Float($0) } + narrowMiddles + narrowMiddles.map(\.nextUp) + narrowMiddles.map(\.nextDown))
}

private func convert<Element: BitwiseCopyable>(
  _ elements: [Element], from source: ElementType, to destination: ElementType
) -> [UInt8] {
  convert(bytes: bytes(of: elements), from: source, to: destination)
}

/// Converts between buffers that are both deliberately unaligned.
private func convert(bytes: [UInt8], from source: ElementType, to destination: ElementType) -> [UInt8] {
  let count = bytes.count / source.byteCount
  let input = [0] + bytes
  var output = [UInt8](repeating: 0, count: 1 + count * destination.byteCount)
  input.withUnsafeBytes { input in
    output.withUnsafeMutableBytes { output in
      _ = ElementConversion(from: source, to: destination)!.convert(
        UnsafeRawBufferPointer(rebasing: input.dropFirst()),
        into: UnsafeMutableRawBufferPointer(rebasing: output.dropFirst()))
    }
  }
  return Array(output.dropFirst())
}

extension ElementConversion {
  fileprivate func cost<Element: BitwiseCopyable>(of elements: [Element]) -> NarrowingCost {
    var output = [UInt8](repeating: 0, count: elements.count * destination.byteCount)
    return elements.withUnsafeBytes { input in output.withUnsafeMutableBytes { convert(input, into: $0) } }
  }
}

private func bytes<Element: BitwiseCopyable>(of elements: [Element]) -> [UInt8] {
  elements.withUnsafeBytes { Array($0) }
}

private func littleEndian(_ bits: UInt16) -> [UInt8] { [UInt8(bits & 0xFF), UInt8(bits >> 8)] }

private func numbers(_ bytes: [UInt8]) throws -> [Double] {
  try Tensor(.float64, Shape([bytes.count / 8])!, bytes: ByteView(bytes))!.doubles()
}

/// The 64-bit FNV-1a digest of floating-point elements, every NaN first made the one that NumPy calls `nan`.
private func digest(_ bytes: [UInt8], _ type: ElementType) throws -> String {
  let notANumber: [UInt8] =
    switch type {
    case .float16: [0x00, 0x7E]
    case .bfloat16: [0xC0, 0x7F]
    case .float32: [0x00, 0x00, 0xC0, 0x7F]
    default: [0, 0, 0, 0, 0, 0, 0xF8, 0x7F]
    }
  let size = type.byteCount
  let numbers = try Tensor(type, Shape([bytes.count / size])!, bytes: ByteView(bytes))!.doubles()
  var digest: UInt64 = 0xCBF2_9CE4_8422_2325
  for (index, number) in numbers.enumerated() {
    for byte in number.isNaN ? notANumber[...] : bytes[(index * size)..<((index + 1) * size)] {
      digest = (digest ^ UInt64(byte)) &* 0x100_0000_01B3
    }
  }
  let digits = String(digest, radix: 16)
  return String(repeating: "0", count: 16 - digits.count) + digits
}
