import Bytes
import JSON
import Testing

@testable import Generation

/// Searches and draws against those of bert4keras' own decoder.
@Suite("Decoding") struct DecodingTests {
  private let recorded: RecordedDecoding

  init() throws {
    recorded = try RecordedDecoding.known.get()
  }

  @Test("beams find the ids that bert4keras finds, whatever the lengths, ends and temperatures")
  func beams() throws {
    #expect(recorded.searches.count == 180)
    for search in recorded.searches {
      var model = recorded.model
      let beams = try BeamSearch(
        beams: #require(search["beams"]?.integer), temperature: #require(search["temperature"]?.double))
      let found = try beams.run(&model, until: recorded.stopping(search))
      #expect(found.ids == search["ids"]?.ids, "\(search.compact)")
    }
  }

  @Test("a seed draws the texts that it draws in bert4keras, in the same order")
  func samplings() throws {
    #expect(recorded.samplings.count == 144)
    for sampling in recorded.samplings {
      var model = recorded.model
      var generator = MersenneTwister(seed: UInt32(try #require(sampling["seed"]?.integer)))
      let texts = try Sampling(
        count: #require(sampling["count"]?.integer), topK: sampling["topk"]?.integer, topP: sampling["topp"]?.double,
        temperature: #require(sampling["temperature"]?.double)
      ).run(&model, until: recorded.stopping(sampling), drawing: { generator.uniform() })
      #expect(texts == sampling["texts"]?.elements?.compactMap(\.ids), "\(sampling.compact)")
    }
  }

  @Test("a seed gives the numbers that it gives in NumPy")
  func seeds() throws {
    #expect(recorded.uniforms.count == 5)
    for uniform in recorded.uniforms {
      var generator = MersenneTwister(seed: UInt32(try #require(uniform["seed"]?.integer)))
      let numbers = (0..<1000).map { _ in generator.uniform() }
      #expect(Array(numbers.prefix(5)) == uniform["first"]?.elements?.compactMap(\.double))
      #expect(numbers.last == uniform["last"]?.double)
    }
  }

  @Test("top-k alone leaves the candidates that NumPy leaves, by falling probability")
  func candidates() throws {
    #expect(recorded.draws.count == 45)
    for draw in recorded.draws {
      let row = recorded.model.rows[try #require(draw["row"]?.integer)]
      let candidates = try Sampling(count: 1, topK: #require(draw["topk"]?.integer)).candidates(of: row[...])
      #expect(candidates.ids.sorted() == draw["ids"]?.ids)
      #expect(candidates.ids.map { row[Int($0)] } == candidates.ids.map { row[Int($0)] }.sorted(by: >))
    }
  }

  @Test("equal probabilities stand by their ids, in beams and in draws")
  func ties() throws {
    let even = TablePredictor(rows: Array(repeating: [0.25, 0.25, 0.25, 0.25], count: 5))
    var model = even
    let stopping = try Stopping(end: 3, maximumLength: 2)
    #expect(try BeamSearch(beams: 2).run(&model, until: stopping).ids == [0, 0])
    #expect(try Sampling(count: 1, topK: 2).candidates(of: even.rows[0][...]).ids == [0, 1])
    #expect(try Sampling(count: 1, topP: 0.5).candidates(of: even.rows[0][...]).probabilities == [0.5, 0.5, 0, 0])
  }

  @Test("the token with which the sum reaches top-p is kept")
  func crossing() throws {
    let candidates = try Sampling(count: 1, topP: 0.6).candidates(of: [0.125, 0.5, 0.25, 0.125])
    #expect(candidates.ids.prefix(2) == [1, 2])
    #expect(candidates.draw(0.999) == 2)
  }

  @Test("every step is shown as it is made")
  func steps() throws {
    var model = recorded.model
    var generator = MersenneTwister(seed: 0)
    var steps: [Int] = []
    let texts = try Sampling(count: 2).run(
      &model, until: Stopping(end: recorded.end, maximumLength: 5), drawing: { generator.uniform() },
      observing: { rows in steps.append(rows[0].count) })
    #expect(steps.first == 1 && steps == Array(1...steps.count))
    #expect(texts.map(\.count).max() == steps.count)
  }

  @Test("numbers that make no sense are refused by name")
  func senseless() throws {
    func sampling(_ topK: Int? = nil, _ topP: Double? = nil, _ temperature: Double = 1) -> () throws -> Void {
      { _ = try Sampling(count: 1, topK: topK, topP: topP, temperature: temperature) }
    }
    let cases: [(() throws -> Void, String)] = [
      ({ _ = try BeamSearch(beams: 0) }, "beams: found 0, expected at least 1."),
      ({ _ = try Sampling(count: 0) }, "the number of texts: found 0, expected at least 1."),
      (sampling(0), "top-k: found 0, expected at least 1."),
      (sampling(nil, 0), "top-p: found 0.0, expected above 0 and at most 1."),
      (sampling(nil, 1.5), "top-p: found 1.5, expected above 0 and at most 1."),
      (sampling(nil, .nan), "top-p: found nan, expected above 0 and at most 1."),
      (sampling(nil, nil, 0), "the temperature: found 0.0, expected a number above 0."),
      (sampling(nil, nil, .infinity), "the temperature: found inf, expected a number above 0."),
      ({ _ = try Stopping(end: 1, maximumLength: 0) }, "the greatest length: found 0, expected at least 1."),
      (
        { _ = try Stopping(end: 1, maximumLength: 1, minimumLength: 0) },
        "the least length: found 0, expected at least 1."
      ),
      (
        { _ = try Stopping(end: 1, maximumLength: 1, minimumEnds: 0) },
        "the number of ends: found 0, expected at least 1."
      ),
      (
        {
          var model = TablePredictor(rows: [[1, 0], [1, 0], [1, 0]])
          _ = try BeamSearch(beams: 3).run(&model, until: Stopping(end: 1, maximumLength: 1))
        }, "beams: found 3, expected at most 2, the tokens of the model."
      ),
    ]
    for (body, message) in cases {
      let error = try #require(throws: Problem.self, performing: body)
      #expect("\(error)" == "generation: mismatched in \(message)")
    }
  }

  @Test("a probability that is no number is damage, and never an answer")
  func notANumber() throws {
    let model = TablePredictor(rows: Array(repeating: [0.5, .nan], count: 3))
    let stopping = try Stopping(end: 1, maximumLength: 1)
    let (searched, drawn) = try (
      #require(throws: Problem.self) {
        var model = model
        _ = try BeamSearch(beams: 1).run(&model, until: stopping)
      },
      #require(throws: Problem.self) {
        var model = model
        _ = try Sampling(count: 1).run(&model, until: stopping, drawing: { 0.5 })
      }
    )
    let message = "generation: damaged in token 1: found the probability nan, expected a number. "
    #expect("\(searched)" == message + "Verify the model: a weight may be no number.")
    #expect(searched == drawn)
  }
}
