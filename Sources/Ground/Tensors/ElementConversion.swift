/// The conversion of elements of one type to another, rounding to nearest, ties to even (IEEE 754-2019, 4.3.1).
///
/// The four floating-point types convert to each other; truth values and integers of 8 and 16 bits convert to all four, wider
/// integers to `float32` and `float64`. Each number is rounded once: `float64` to `float16` does not pass through
/// `float32`. A NaN stays a NaN of the same sign; a number beyond the range becomes infinite.
public struct ElementConversion: Sendable {
  /// The type of the elements that go in.
  public let source: ElementType
  /// The type of the elements that come out.
  public let destination: ElementType

  /// Chooses a conversion; nil when there is none between the two types.
  public init?(from source: ElementType, to destination: ElementType) {
    let isPossible =
      switch (source, destination) {
      case _ where source == destination: true
      case (.complex64, _), (.complex128, _): false
      case (.int32, _), (.uint32, _), (.int64, _), (.uint64, _): destination == .float32 || destination == .float64
      default: destination.isFloatingPoint
      }
    guard isPossible else { return nil }
    self.source = source
    self.destination = destination
  }

  /// Whether every number of the source type is one of the destination type, so that nothing can be lost.
  public var isExact: Bool {
    switch (source, destination) {
    case _ where source == destination: true
    case (.bool, _), (_, .float64): source != .int64 && source != .uint64
    case (.int8, _), (.uint8, _): true
    case (.int16, .float32), (.uint16, .float32), (.float16, .float32), (.bfloat16, .float32): true
    default: false
    }
  }

  /// Converts elements from one buffer into another and says what was lost.
  ///
  /// Neither buffer needs an alignment. The cost is measured only where ``isExact`` is false; the numbers of 64-bit
  /// integers enter it rounded to `float64`.
  ///
  /// - Parameters:
  ///   - input: Whole elements of the source type, little-endian.
  ///   - output: Room for as many elements of the destination type; anything else is a programmer's error.
  @discardableResult
  public func convert(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> NarrowingCost {
    let count = input.count / source.byteCount
    precondition(
      input.count == count * source.byteCount && output.count == count * destination.byteCount,
      "both buffers of a conversion hold the same number of whole elements")
    var cost = NarrowingCost()
    guard count > 0 else { return cost }
    if source == destination {
      output.copyMemory(from: input)
      cost.elements = count
      return cost
    }
    // A block of both sides stays in the first-level cache between converting and measuring.
    let block = 2_048
    for first in stride(from: 0, to: count, by: block) {
      let elements = Elements(
        input: input.baseAddress! + first * source.byteCount,
        output: output.baseAddress! + first * destination.byteCount,
        count: min(block, count - first), isExact: isExact)
      cost += convert(elements)
    }
    return cost
  }

  private func convert(_ elements: Elements) -> NarrowingCost {
    switch source {
    case .bool: convert(elements, from: Truth.self)
    case .int8: convert(elements, from: Integer<Int8>.self)
    case .uint8: convert(elements, from: Integer<UInt8>.self)
    case .int16: convert(elements, from: Integer<Int16>.self)
    case .uint16: convert(elements, from: Integer<UInt16>.self)
    case .int32: convert(elements, from: Integer<Int32>.self)
    case .uint32: convert(elements, from: Integer<UInt32>.self)
    case .int64: convert(elements, from: Integer<Int64>.self)
    case .uint64: convert(elements, from: Integer<UInt64>.self)
    case .float16: convert(elements, from: Binary16.self)
    case .bfloat16: convert(elements, from: BFloat16.self)
    case .float32: convert(elements, from: Binary32.self)
    case .float64: convert(elements, from: Binary64.self)
    case .complex64, .complex128: preconditionFailure("no conversion begins with complex numbers")
    }
  }

  @inline(__always)
  private func convert<Source: NumberFormat>(_ elements: Elements, from format: Source.Type) -> NarrowingCost {
    switch destination {
    case .float16: elements.convert(from: format, to: Binary16.self)
    case .bfloat16: elements.convert(from: format, to: BFloat16.self)
    case .float32: elements.convert(from: format, to: Binary32.self)
    case .float64: elements.convert(from: format, to: Binary64.self)
    default: preconditionFailure("a conversion ends with floating-point numbers")
    }
  }
}

/// Elements on their way from one type to another.
private struct Elements {
  let input: UnsafeRawPointer
  let output: UnsafeMutableRawPointer
  let count: Int
  let isExact: Bool

  @inline(__always)
  func convert<Source: NumberFormat, Destination: FloatingPointFormat>(
    from source: Source.Type, to destination: Destination.Type
  ) -> NarrowingCost {
    let input = self.input
    let output = self.output
    // Both conditions are known when this is specialised.
    if Source.self == Binary64.self || Destination.self == Binary64.self {
      for index in 0..<count { store(Destination.bits(Source.double(load(input, index))), output, index) }
    } else {
      for index in 0..<count { store(Destination.bits(Source.float(load(input, index))), output, index) }
    }
    if isExact {
      var cost = NarrowingCost()
      cost.elements = count
      return cost
    }
    let fitsFloat = MemoryLayout<Source.Bits>.size <= 2 || Source.self == Binary32.self
    if fitsFloat && Destination.self != Binary64.self {
      return NarrowingCost(count: count) {
        Source.float(load(input, $0))
      } after: {
        Destination.float(load(UnsafeRawPointer(output), $0))
      }
    }
    return NarrowingCost(count: count) {
      Source.double(load(input, $0))
    } after: {
      Destination.double(load(UnsafeRawPointer(output), $0))
    }
  }
}

@inline(__always)
private func load<Bits: BitwiseCopyable>(_ base: UnsafeRawPointer, _ index: Int) -> Bits {
  base.loadUnaligned(fromByteOffset: index &* MemoryLayout<Bits>.stride, as: Bits.self)
}

@inline(__always)
private func store<Bits: BitwiseCopyable>(_ bits: Bits, _ base: UnsafeMutableRawPointer, _ index: Int) {
  base.storeBytes(of: bits, toByteOffset: index &* MemoryLayout<Bits>.stride, as: Bits.self)
}
