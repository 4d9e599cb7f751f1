import Testing

@testable import Inference

@Suite("Attention masks against matrices written by hand") struct AttentionMaskTests {
  /// Rows are queries, columns keys; `1` is seen.
  func matrix(
    _ mask: AttentionMask, tokens: [Int32], segments: [Int32], padding: Padding = Padding()
  ) throws -> [String] {
    let visibility = Visibility(mask, tokenIDs: tokens, segmentIDs: segments, padding: padding)
    return tokens.indices.map { query in
      tokens.indices.map { visibility.sees(query: query, key: $0) ? "1" : "." }.joined()
    }
  }

  @Test func paddingIsHiddenAsKeyOnly() throws {
    let found = try matrix(.none, tokens: [2, 5, 0, 7, 0], segments: [0, 0, 0, 0, 0])
    #expect(found == ["11.1.", "11.1.", "11.1.", "11.1.", "11.1."])
  }

  @Test func theFirstPositionIsAlwaysSeen() throws {
    let found = try matrix(.none, tokens: [0, 5, 0], segments: [0, 0, 0])
    #expect(found == ["11.", "11.", "11."])
  }

  @Test func lmSeesWhatPrecedes() throws {
    let found = try matrix(.lm, tokens: [2, 5, 0, 7, 8], segments: [0, 0, 0, 0, 0])
    #expect(found == ["1....", "11...", "11...", "11.1.", "11.11"])
  }

  @Test func unilmSeesSegment0WholeAndSegment1InOrder() throws {
    let found = try matrix(.unilm, tokens: [2, 5, 3, 7, 8, 3], segments: [0, 0, 0, 1, 1, 1])
    #expect(found == ["111...", "111...", "111...", "1111..", "11111.", "111111"])
  }

  @Test func unilmWithPaddingOfSegment0() throws {
    // Padding keeps the last sum, so that it would see everything, and is itself hidden as a key.
    let found = try matrix(.unilm, tokens: [2, 5, 7, 3, 0], segments: [0, 0, 1, 1, 0])
    #expect(found == ["11...", "11...", "111..", "1111.", "1111."])
  }

  @Test func paddingOfXLNetStandsOnTheLeftAndSeesItself() throws {
    let padding = Padding(token: 5, sparesFirst: false, sight: .othersAndItself)
    let tokens: [Int32] = [5, 5, 0, 7, 4]
    let none = try matrix(.none, tokens: tokens, segments: [3, 3, 0, 0, 0], padding: padding)
    #expect(none == ["1.111", ".1111", "..111", "..111", "..111"])
    let lm = try matrix(.lm, tokens: tokens, segments: [3, 3, 0, 0, 0], padding: padding)
    #expect(lm == ["1....", ".1...", "..1..", "..11.", "..111"])
  }

  @Test func paddingThatSeesNothing() throws {
    let found = try matrix(
      .none, tokens: [2, 5, 0, 7, 0], segments: [0, 0, 0, 0, 0], padding: Padding(sight: .nothing))
    #expect(found == ["11.1.", "11.1.", ".....", "11.1.", "....."])
  }

  @Test func everyRowOfABatchHasItsOwn() {
    let tokens = Sequences(
      lengths: [3, 4], tokenIDs: [2, 3, 0, 2, 0, 3, 4], segmentIDs: [0, 0, 0, 0, 0, 0, 0], mask: .none)
    #expect(tokens.visibilities.map(\.keys) == [[1, 1, 0], [1, 0, 1, 1]])
  }

  @Test func anotherSequenceIsSeenWithoutOrder() {
    let visibility = Visibility(.lm, tokenIDs: [2, 5, 0], segmentIDs: [0, 0, 0]).fromOutside
    #expect(visibility.keys == [1, 1, 0] && visibility.order == nil)
  }
}
