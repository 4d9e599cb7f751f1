import Bytes
import Synchronization

/// The same numbers as elements of another type.
public struct ConvertedTensor: TensorSource {
  /// The tensor whose numbers these are.
  public let base: any TensorSource
  private let conversion: ElementConversion
  private let meter = Meter()

  init(_ base: any TensorSource, by conversion: ElementConversion) {
    self.base = base
    self.conversion = conversion
  }

  /// The type of the elements.
  public var elementType: ElementType { conversion.destination }
  /// The extents, which are the base's.
  public var shape: Shape { base.shape }
  /// The base's bytes when there is nothing to convert.
  public var contiguousBytes: ByteView? { conversion.source == conversion.destination ? base.contiguousBytes : nil }

  /// What the elements read so far have lost; an element read twice counts twice.
  public var cost: NarrowingCost { meter.cost.withLock { $0 } }

  /// Reads elements of the base block by block and converts them.
  public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
    let (narrow, wide) = (elementType.byteCount, base.elementType.byteCount)
    try readWholeElements(at: offset, into: buffer) { first, elements in
      let count = elements.count / narrow
      let block = min(count, 16_384)
      try withUnsafeTemporaryAllocation(byteCount: block * wide, alignment: 64) { input in
        for done in stride(from: 0, to: count, by: block) {
          let length = min(block, count - done)
          let part = UnsafeMutableRawBufferPointer(rebasing: input.prefix(length * wide))
          try base.read(at: (first + done) * wide, into: part)
          let cost = conversion.convert(
            UnsafeRawBufferPointer(part),
            into: UnsafeMutableRawBufferPointer(rebasing: elements[(done * narrow)..<((done + length) * narrow)]))
          meter.cost.withLock { $0 += cost }
        }
      }
    }
  }

  private final class Meter: Sendable {
    let cost = Mutex(NarrowingCost())
  }
}

extension TensorSource {
  /// Converts the elements to another type; nil when there is no conversion or the size would overflow.
  public func converted(to type: ElementType) -> ConvertedTensor? {
    guard let conversion = ElementConversion(from: elementType, to: type), shape.byteCount(of: type) != nil else {
      return nil
    }
    return ConvertedTensor(self, by: conversion)
  }
}
