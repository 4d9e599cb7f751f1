import Architectures
import Foundation
import Tensors
import Testing

/// SplitMix64 (Steele, Lea and Flood 2014): the same seed gives the same numbers on every machine.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

@Suite("Whatever comes") struct PropertyTests {
  @Test("a damaged table is a list of defects or another table, never a trap", arguments: 0..<20 as Range<UInt64>)
  func damagedTable(seed: UInt64) throws {
    var random = SplitMix(state: seed)
    var text = Array(
      try String(contentsOf: root.appending(path: "Formats/Architectures/bert.names"), encoding: .utf8).unicodeScalars)
    let alphabet = Array("{}*-#= \n\tLHX0:.?()é\u{0}[]transposereshape".unicodeScalars)
    for _ in 0..<Int.random(in: 1...8, using: &random) {
      let start = Int.random(in: 0..<text.count, using: &random)
      let end = min(text.count, start + Int.random(in: 0...40, using: &random))
      switch Int.random(in: 0..<4, using: &random) {
      case 0: text.removeSubrange(start..<end)
      case 1: text.insert(contentsOf: text[start..<end], at: Int.random(in: 0...text.count, using: &random))
      case 2: text[start] = alphabet.randomElement(using: &random)!
      default: text.insert(alphabet.randomElement(using: &random)!, at: start)
      }
    }
    var scalars = String.UnicodeScalarView()
    scalars.append(contentsOf: text)
    do throws(Problems) {
      let architecture = try Architecture(parsing: String(scalars), file: "x.names")
      _ = try? architecture.plan(for: tinyBERT(), of: "x.h5")
    } catch {
      #expect(error.all.allSatisfy { $0.kind == .damaged && $0.file.hasPrefix("x.names:") }, "seed \(seed)")
    }
  }

  @Test("a checkpoint of random names and shapes is a list of problems or a plan", arguments: 0..<20 as Range<UInt64>)
  func randomCheckpoint(seed: UInt64) {
    var random = SplitMix(state: seed)
    let extents = [0, 1, 2, 8, 12, 40, 1 << 20, 1 << 40, Int.max]
    var tensors = tinyBERT()
    for _ in 0..<Int.random(in: 1...6, using: &random) {
      let place = Int.random(in: 0..<tensors.count, using: &random)
      let shape = Shape((0..<Int.random(in: 0...3, using: &random)).map { _ in extents.randomElement(using: &random)! })
      let number = [0, 1, 2, 7, Int.max].randomElement(using: &random)!
      let name = [tensors[place].name, "Transformer-\(number)-FeedForward[0]", "", "Transformer--FeedForward[0]"]
        .randomElement(using: &random)!
      tensors[place] = float32(name, shape ?? [8])
    }
    for extras in ExtraPolicy.allCases {
      guard let plan = try? Architecture.plan(for: tensors, of: "x.h5", extras: extras) else { continue }
      let accounted = plan.steps.map(\.source) + plan.extras.map(\.source) + plan.dropped.map(\.source)
      #expect(accounted.sorted() == tensors.map(\.name).sorted(), "seed \(seed)")
    }
  }

  @Test("sizes whose product is no number are a problem of the reshape")
  func overflow() throws {
    let architecture = try Architecture(
      parsing: """
        architecture x A test
        sizes
          A inner
          H width
        tensors
          a A
          h H
          w A H
        config n
        names n
          a a
          h h
          w w reshape(2)
        """, file: "x.names")
    let huge = 1 << 62
    let problems = #expect(throws: Problems.self) {
      try architecture.plan(for: [float32("a", [huge]), float32("h", [huge]), float32("w", [2])], of: "x")
    }
    #expect(
      problems?.description == """
        x: mismatched in w: found 2 elements, expected as many as [\(huge), \(huge)] has (x.names:13).
        """)
  }
}
