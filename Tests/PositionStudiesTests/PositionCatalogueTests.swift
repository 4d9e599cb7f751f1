import Foundation
import JSON
import Tensors
import TestSupport
import Testing

@testable import Inference
@testable import PositionStudies

@Suite("The list of position schemes") struct PositionCatalogueTests {
  static let page = Fixtures.repository.appending(path: "Formats/Positions.md")

  func rows(below heading: String) throws -> [String] {
    let lines = try String(contentsOf: Self.page, encoding: .utf8).components(separatedBy: "\n")
    let start = try #require(lines.firstIndex { $0.hasPrefix("| \(heading) |") })
    return Array(lines[(start + 2)...].prefix { $0.hasPrefix("|") })
  }

  @Test func thePageListsWhatTheCodeHas() throws {
    let expected = PositionEncoding.all.map {
      "| `\($0.name)` | `\($0.formula)` | \($0.place) | \($0.parameters.isEmpty ? "" : "`\($0.parameters)`") | \($0.paper) |"
    }
    let found = try rows(below: "scheme | computes")
    #expect(found == expected, "\(expected.joined(separator: "\n"))")
  }

  /// The scheme of an architecture shows without its weights: those that are missing stand in as empty tensors.
  @Test func thePageSaysWhichArchitecturePicksWhich() throws {
    let said: [String: JSON] = [
      "heads": 1, "blocks": 1, "epsilon": 1, "embedding.epsilon": 1, "activation": "relu", "mask": "none",
      "relative.distance": 128, "embedding.position": false, "position.padding": 1,
    ]
    let expected = try Design.all.map { design in
      let members = said.filter { design.reads.contains($0.key) }.map { JSON.Member($0.key, $0.value) }
      var draft = Draft(
        NoWeights(), of: design.name, try Settings(.object(members), readBy: design.reads, of: "nothing.ingot"))
      try design.draw(&draft)
      let scheme = try #require(draft.graph.positions(of: draft.graph.stacks[0]), "\(design.name)")
      return "| `\(design.name)` | `\(PositionEncoding.name(of: scheme))` |"
    }
    let found = try rows(below: "architecture | scheme")
    #expect(found == expected, "\(expected.joined(separator: "\n"))")
  }

  struct NoWeights: WeightStore {
    let file = "nothing.ingot"
    let names: [String] = []
    func weight(_ name: String) -> Tensor? { nil }
  }

  /// Every file of the folder that holds a scheme is listed.
  @Test func nothingIsLeftOut() throws {
    let folder = Fixtures.repository.appending(path: "Sources/Uses/PositionStudies/Schemes")
    let files = try Fixtures.files(in: folder, withExtension: "swift", atLeast: 8)
    let schemes = try files.flatMap { file in
      try String(contentsOf: file, encoding: .utf8).matches(of: /(?m)^package struct (\w+): PositionScheme/).map {
        String($0.1)
      }
    }
    let listed = PositionEncoding.all.map { "\($0.type)" }
    #expect(Set(schemes) == Set(listed))
    #expect(listed.count == schemes.count)
  }

  @Test(arguments: PositionEncoding.all.map(\.name)) func everySchemeShowsPositions(name: String) throws {
    let encoding = try #require(PositionEncoding(named: name))
    let figure = encoding.figure(.init(length: 6, width: 8, heads: 3))
    switch figure.content {
    case .similarity(let rows):
      #expect(rows.count == 6 && rows.allSatisfy { $0.count == 6 })
      for i in 0..<6 {
        #expect(abs(rows[i][i] - 1) < 1e-12)
        for j in 0..<i { #expect(rows[i][j] == rows[j][i] && rows[i][j] < 1) }
      }
    case .curves(let curves, let first):
      #expect(!curves.isEmpty && [0, -5].contains(first))
      #expect(curves.allSatisfy { $0.values.count == (first == 0 ? 6 : 11) && Set($0.values).count > 1 })
    }
  }

  @Test func figuresShowWhatIsKnown() throws {
    // The product of two sinusoids is Σ cos((i − j) f), whatever i is.
    let sinusoid = try #require(PositionEncoding(named: "sinusoidal")).figure(.init(length: 4, width: 4, base: 100))
    guard case .similarity(let rows) = sinusoid.content else { throw Unexpected() }
    for i in 0..<4 {
      for j in 0..<4 { #expect(abs(rows[i][j] - (cos(Double(i - j)) + cos(Double(i - j) / 10)) / 2) < 1e-12) }
    }
    #expect(sinusoid.title == "sinusoidal: similarity of positions")
    #expect(sinusoid.subtitle == "4 positions, 4 features")
    let alibi = try #require(PositionEncoding(named: "alibi")).figure(.init(length: 3, width: 4, heads: 2))
    #expect(
      alibi.content
        == .curves(
          [
            .init(name: "head 0", values: [-0.125, -0.0625, 0, -0.0625, -0.125]),
            .init(name: "head 1", values: [-0.0078125, -0.00390625, 0, -0.00390625, -0.0078125]),
          ], first: -2))
  }

  @Test func rotaryAndRelativeFadeWithTheDistance() throws {
    let rotary = try #require(PositionEncoding(named: "rotary")).figure(.init(length: 3, width: 4, base: 100))
    guard case .curves(let curves, first: 0) = rotary.content else { throw Unexpected() }
    // Ones turned by angles: the mean of their cosines.
    let expected = (0..<3).map { (cos(Double($0)) + cos(Double($0) / 10)) / 2 }
    #expect(curves.count == 1 && largestDistance(curves[0].values, expected) < 1e-15)
    let relative = try #require(PositionEncoding(named: "relative")).figure(.init(length: 6, width: 4))
    guard case .curves(let clipped, first: -5) = relative.content else { throw Unexpected() }
    #expect(clipped.count == 1)
    let values = clipped[0].values
    #expect(abs(values[5] - 1) < 1e-6 && values.allSatisfy { $0 <= values[5] })
    // Beyond a distance of three all are the same.
    #expect(Set(values[...2]).count == 1 && Set(values[8...]).count == 1 && values[2] != values[3])
  }

  struct Unexpected: Error {}
}
