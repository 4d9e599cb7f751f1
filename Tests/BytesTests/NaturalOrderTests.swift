import Testing

@testable import Bytes

/// Names with numbers in them.
@Suite struct NaturalOrderTests {
  @Test("numbers in names are counted, and everything else is compared byte by byte")
  func order() {
    let names = [
      "", "a", "a1", "a01", "a2", "a2b", "a10", "a10.2", "a10.10", "a99999999999999999999999",
      "a100000000000000000000000", "b",
      "block.2.x", "block.10.x", "é",
    ]
    for (place, one) in names.enumerated() {
      for (other, name) in names.enumerated() where place != other {
        // Of a1 and a01 the bytes decide.
        let isTie = Set([one, name]) == ["a1", "a01"]
        #expect(precedesNaturally(one, name) == (isTie ? one == "a01" : place < other), "\(one) and \(name)")
      }
    }
    #expect(!precedesNaturally("a1", "a1"))
  }
}
