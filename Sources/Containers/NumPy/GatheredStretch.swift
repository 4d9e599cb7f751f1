import Bytes
import Synchronization
import Tensors

/// The part of a deflated array in Fortran order that was transposed last, kept for the calls that follow.
///
/// To transpose any part of such an array the whole member has to be inflated. Transposing 16 MB at a time and
/// handing out small pieces of them keeps the memory bounded and the number of passes low.
final class GatheredStretch: Sendable {
  private struct Stretch {
    let elements: Range<Int>
    let bytes: ByteView
  }

  private static let byteCount = 16 << 20
  private let current = Mutex<Stretch?>(nil)

  /// Copies elements, given by their row-major numbers, gathering them when they are not at hand.
  func read(_ elements: Range<Int>, of array: NumPyArray, into buffer: UnsafeMutableRawBufferPointer) throws {
    let size = array.elementType.byteCount
    try current.withLock { current in
      var position = elements.lowerBound
      while position < elements.upperBound {
        let target = UnsafeMutableRawBufferPointer(rebasing: buffer[((position - elements.lowerBound) * size)...])
        if current?.elements.contains(position) != true {
          current = nil
          let end = min(position + Self.byteCount / size, array.shape.elementCount)
          // What leaves nothing for a later call needs no copy.
          if end <= elements.upperBound { return try array.gather(position..<elements.upperBound, into: target) }
          let bytes = try ByteView(count: (end - position) * size) { try array.gather(position..<end, into: $0) }
          current = Stretch(elements: position..<end, bytes: bytes)
        }
        guard let stretch = current else { return }
        let count = min(elements.upperBound, stretch.elements.upperBound) - position
        try stretch.bytes.read(
          at: (position - stretch.elements.lowerBound) * size, into: .init(rebasing: target[..<(count * size)]))
        position += count
        if position == stretch.elements.upperBound { current = nil }
      }
    }
  }
}
