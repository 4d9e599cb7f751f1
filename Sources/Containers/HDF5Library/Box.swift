import Bytes
import CHDF5
import Tensors

/// A rectangular part of an array: where it starts and how far it extends along each dimension.
struct Box: Equatable {
  var start: [Int]
  var count: [Int]

  /// The number of elements in it.
  var elementCount: Int { count.reduce(1, *) }

  /// Selects the box in a dataspace of the same rank; a scalar's is selected from the outset.
  func select(in space: hid_t) -> Bool {
    count.isEmpty
      || H5Sselect_hyperslab(
        space, H5S_SELECT_SET, start.map(hsize_t.init), nil, count.map(hsize_t.init), nil) >= 0
  }

  /// Makes the dataspace of as many elements in a row, which is how they lie in memory.
  func line(orThrow problem: @autoclosure () -> Problem) throws(Problem) -> Handle {
    var length = hsize_t(elementCount)
    return try Handle(H5Screate_simple(1, &length, nil), closedBy: H5Sclose, orThrow: problem())
  }
}

extension Shape {
  /// Cuts a range of row-major element numbers into boxes, in order: at most two for each dimension.
  ///
  /// libhdf5 selects boxes ("hyperslabs"), while a tensor is streamed as a range of its elements.
  func boxes(covering elements: Range<Int>) -> [Box] {
    var boxes: [Box] = []
    appendBoxes(covering: elements, below: [], to: &boxes)
    return boxes
  }

  /// Works inside the block that the leading indices `prefix` select; numbers count from that block's start.
  private func appendBoxes(covering elements: Range<Int>, below prefix: [Int], to boxes: inout [Box]) {
    let axis = prefix.count
    guard axis < rank else { return boxes.append(Box(start: prefix, count: prefix.map { _ in 1 })) }
    let inner = dimensions[(axis + 1)...]
    let row = inner.reduce(1, *)
    var first = elements.lowerBound / row
    let end = elements.upperBound / row
    let head = elements.lowerBound % row
    let tail = elements.upperBound % row
    if first == end {
      return appendBoxes(covering: head..<tail, below: prefix + [first], to: &boxes)
    }
    if head > 0 {
      appendBoxes(covering: head..<row, below: prefix + [first], to: &boxes)
      first += 1
    }
    if first < end {
      boxes.append(
        Box(
          start: prefix + [first] + inner.map { _ in 0 },
          count: prefix.map { _ in 1 } + [end - first] + inner))
    }
    if tail > 0 {
      appendBoxes(covering: 0..<tail, below: prefix + [end], to: &boxes)
    }
  }
}
