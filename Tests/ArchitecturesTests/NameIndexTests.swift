import Tensors
import Testing

@testable import Architectures

@Suite("The index of names") struct NameIndexTests {
  /// The bytes and patterns that planning looks at, for each byte of all names.
  private func steps(on names: [String]) -> Double {
    let sources = names.map { float32($0, [1]) }
    let planning = Planning(of: sources, in: "x", among: Architecture.all)
    _ = try? planning.plan(extras: .refuse)
    return Double(planning.names.steps) / Double(names.reduce(0) { $0 + $1.utf8.count })
  }

  @Test(
    "looks at a bounded number of bytes and patterns for each byte of a name, whatever the names",
    arguments: [
      "bert/encoder/layer_#/attention/self/query/kernel", "p#/bert/encoder/layer_0/attention/self/query/kernel",
      "p#.embeddings.word_embeddings.weight", "Transformer-#-MultiHeadSelfAttention[0]", "x#", "0.0.0.0.0.0.0.#",
      "h.#.attn.c_attn.weight", "#/adam_m",
    ])
  func linear(pattern: String) {
    let few = (0..<200).map { pattern.replacing("#", with: "\($0 + 10_000)") }
    let many = (0..<2_000).map { pattern.replacing("#", with: "\($0 + 10_000)") }
    let ratios = [few, many].map(steps)
    #expect(ratios[1] <= 12, "\(ratios)")
    // Ten times the names take ten times the steps.
    #expect(ratios[1] <= ratios[0] * 1.1, "\(ratios)")
  }

  @Test("plans the most names that there may be, all of them known to many namings")
  func most() {
    let names = (0..<Architecture.largestTensorCount).map { "p\($0).encoder.layer.0.attention.self.query.weight" }
    #expect(steps(on: names) <= 12)
  }

  @Test("finds what patterns themselves match, for every row of every table")
  func same() throws {
    let index = NameIndex.known
    var steps = 0
    for (number, (architecture, naming)) in index.namings.enumerated() {
      for (place, row) in naming.rows.enumerated() {
        let name = Array(row.pattern.name(at: row.pattern.counters.isEmpty ? nil : 11).utf8)
        let match = try #require(row.pattern.match(name), "\(architecture.file):\(row.line)")
        let hits = index.hits(on: name, steps: &steps).filter {
          $0.entry == NameIndex.Entry(naming: number, kind: .row, place: place) && $0.prefixLength == 0
        }
        #expect(hits.map(\.match) == [match], "\(architecture.file):\(row.line)")
        let behind = index.hits(on: Array("some.thing/".utf8) + name, steps: &steps).filter {
          $0.entry == NameIndex.Entry(naming: number, kind: .row, place: place) && $0.prefixLength == 11
        }
        #expect(behind.map(\.match) == [match], "\(architecture.file):\(row.line)")
      }
    }
  }
}
