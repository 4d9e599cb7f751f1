import Bytes
import Conversion
import Foundation
import Generation
import JSON
import SentenceVectors
import Tasks
import TestSupport
import Testing

/// Lines that a small SimBERT writes, against those that bert4keras wrote with it (`tools/fixtures/Poet/train.py`).
@Suite("Generated texts") struct GeneratorTests {
  private let directory: TemporaryDirectory
  private let path: String

  init() throws {
    directory = try TemporaryDirectory()
    path = directory.path("poet.ingot")
    _ = try Conversion(planning: Release(at: Fixtures.folder("Poet").path)).write(to: path)
  }

  @Test("beams and draws write the lines that bert4keras wrote; similar ones are ranked alike")
  func recorded() throws {
    let file = Fixtures.folder("Poet").appending(path: "generated.json")
    let json = try JSON(parsing: String(contentsOf: file, encoding: .utf8))
    let cases = try #require(json["cases"]?.elements)
    #expect(cases.count > 90)
    let generator = try Generator(Session(opening: path))
    let length = Generator.Length(maximum: json["maxlen"]?.integer)
    for (number, recorded) in cases.enumerated() {
      let text = try #require(recorded["text"]?.string)
      for beams in [1, 3] {
        let found = try generator.search(text, along: BeamSearch(beams: beams), length: length)
        #expect(found.text == recorded["beam\(beams)"]?.string, "\(recorded.compact)")
      }
      // Draws take ten rows each: a sixth of the cases is enough.
      guard number.isMultiple(of: 6) else { continue }
      let sampling = try Sampling(count: 10, topP: 0.95)
      let seed = UInt32(try #require(recorded["seed"]?.integer))
      var twister = MersenneTwister(seed: seed)
      let drawn = try generator.draw(text, sampling, length: length, drawing: { twister.uniform() })
      #expect(drawn.map(\.text) == recorded["sampled"]?.elements?.compactMap(\.string), "\(recorded.compact)")

      twister = MersenneTwister(seed: seed)
      let similar = try generator.similar(
        to: text, count: 20, sampling, length: length, as: VectorSettings(pooling: .pooler),
        drawing: { twister.uniform() })
      let others = try #require(recorded["similar"]?.elements)
      #expect(similar.map(\.text) == others.compactMap { $0["text"]?.string })
      for (one, other) in zip(similar, others) {
        // Cosines of float32 vectors of 72 features, of which each has an error of some units of 2⁻²⁴.
        #expect(abs(one.cosine - (other["cosine"]?.double ?? .nan)) < 1e-5)
      }
    }
  }

  @Test("a length that the positions cannot hold is refused with the number that they can")
  func positions() throws {
    let generator = try Generator(Session(opening: path))
    let error = try #require(throws: Problem.self) {
      try generator.search("床前明月光", along: BeamSearch(beams: 1), length: Generator.Length(maximum: 64))
    }
    #expect(
      "\(error)"
        == "text: mismatched: found 7 tokens, and up to 64 more, expected at most 40, the positions of the model. Ask for at most 33."
    )
    #expect(try !generator.search("床前明月光", along: BeamSearch(beams: 1)).text.isEmpty)
  }

  @Test("a model that sees what follows cannot go on, and a token that is none cannot end a text")
  func refusals() throws {
    let poems = directory.path("poems.ingot")
    _ = try Conversion(planning: Release(at: Fixtures.folder("Poems").path)).write(to: poems)
    let error = try #require(throws: Problem.self) { try Generator(Session(opening: poems)) }
    #expect(
      "\(error)" == """
        \(poems): mismatched in the setting mask: found none, expected lm or unilm, to go on with a text. Convert again with \
        --set mask=unilm or --set mask=lm, if the model was trained so.
        """)
    let other = try #require(throws: Problem.self) { try Generator(Session(opening: path), end: "囧") }
    #expect("\(other)" == "\(path): mismatched: found no token 囧, expected a token of the vocabulary.")
  }
}
