import Bytes
import JSON
import TestSupport
import Testing

@testable import Inference

@Suite("Positions") struct PositionRuleTests {
  private let padding = Padding(token: 1)

  @Test("are counted one after the other, whatever the tokens are")
  func fromZero() {
    #expect(PositionRule.fromZero.positions(of: [0, 1, 1, 5], after: [], padding: padding) == [0, 1, 2, 3])
    #expect(PositionRule.fromZero.positions(of: [0, 1], after: [1, 7, 1], padding: padding) == [3, 4])
    #expect(PositionRule.fromZero.first(padding) == 0)
  }

  @Test("behind the padding pass over it, as create_position_ids_from_input_ids has it")
  func behindPadding() {
    let rule = PositionRule.behindPadding
    #expect(rule.positions(of: [0, 17, 1, 4, 2, 1, 1], after: [], padding: padding) == [2, 3, 1, 4, 5, 1, 1])
    #expect(rule.positions(of: [1, 9, 1, 2], after: [0, 17, 1, 4], padding: padding) == [1, 5, 1, 6])
    #expect(rule.positions(of: [3, 9, 0], after: [], padding: Padding(token: 3)) == [3, 4, 5])
    #expect(rule.first(padding) == 2)
  }
}
