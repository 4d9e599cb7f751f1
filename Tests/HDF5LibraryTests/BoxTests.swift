import Tensors
import Testing

@testable import HDF5Library

@Suite struct BoxTests {
  @Test func rowsAreTakenTogether() {
    let shape: Shape = [4, 3, 2]
    #expect(
      shape.boxes(covering: 1..<23) == [
        Box(start: [0, 0, 1], count: [1, 1, 1]), Box(start: [0, 1, 0], count: [1, 2, 2]),
        Box(start: [1, 0, 0], count: [2, 3, 2]),
        Box(start: [3, 0, 0], count: [1, 2, 2]), Box(start: [3, 2, 0], count: [1, 1, 1]),
      ])
    #expect(shape.boxes(covering: 0..<24) == [Box(start: [0, 0, 0], count: [4, 3, 2])])
    #expect(Shape.init([])!.boxes(covering: 0..<1) == [Box(start: [], count: [])])
  }

  /// Every range of some shapes: the boxes, read one after the other, give the range and nothing else.
  @Test(arguments: [[7], [3, 4], [2, 3, 4], [1, 5, 1, 2], [2, 2, 2, 2]])
  func boxesCoverEveryRange(_ dimensions: [Int]) {
    let shape = Shape(dimensions)!
    for lower in 0..<shape.elementCount {
      for upper in (lower + 1)...shape.elementCount {
        let boxes = shape.boxes(covering: lower..<upper)
        #expect(boxes.flatMap { numbers(of: $0, in: dimensions) } == Array(lower..<upper))
        #expect(boxes.count <= 2 * dimensions.count)
      }
    }
  }

  /// The row-major numbers of a box's elements.
  private func numbers(of box: Box, in dimensions: [Int]) -> [Int] {
    zip(dimensions, zip(box.start, box.count)).reduce([0]) { numbers, axis in
      numbers.flatMap { number in (0..<axis.1.1).map { number * axis.0 + axis.1.0 + $0 } }
    }
  }
}
