import Bytes
import Conversion
import Foundation
import Inference
import ModelFiles
import SentenceVectors
import Tasks
import TestSupport
import Testing
import Tokenization

/// Vectors of texts by the sample, a BERT that bert4keras trained on classical poems.
@Suite("Vectors of texts") struct VectorTests {
  let directory: TemporaryDirectory
  let session: Session

  init() throws {
    directory = try TemporaryDirectory()
    let path = directory.path("poems.ingot")
    _ = try Conversion(planning: Release(at: Fixtures.folder("Poems").path)).write(to: path)
    session = try Session(opening: path)
  }

  private let texts = [
    "床前明月光，疑是地上霜。", "举头望明月", "床", "白日依山尽，黄河入海流。", "低头思故乡",
    "春眠不觉晓，处处闻啼鸟。" + "夜来风雨声，花落知多少。",
  ]

  @Test(
    "are bit for bit the same alone, in any batch and order, and on any number of threads",
    arguments: Pooling.allCases)
  func company(_ pooling: Pooling) throws {
    guard pooling != .pooler else { return }  // The sample has none.
    let settings = VectorSettings(pooling: pooling, normalizes: true)
    let together = try session.embed(texts, as: settings)
    #expect(together.count == texts.count)
    #expect(together.width == session.model.sizes.width)
    let single = try Session(session.file, tokenizer: session.tokenizer, threads: 1)
    let reversed = try single.embed(texts.reversed() + texts, as: settings)
    for (index, text) in texts.enumerated() {
      let alone = try session.embed([text], as: settings)
      #expect(together[index].map(\.bitPattern) == alone.values.map(\.bitPattern))
      #expect(reversed[texts.count - 1 - index].map(\.bitPattern) == alone.values.map(\.bitPattern))
      #expect(reversed[texts.count + index].map(\.bitPattern) == alone.values.map(\.bitPattern))
    }
  }

  @Test("have the length 1 when they are normalised, also of their first components")
  func normalization() throws {
    let whole = try session.embed(texts, as: VectorSettings(pooling: .mean))
    let some = try session.embed(texts, as: VectorSettings(pooling: .mean, components: 16, normalizes: true))
    #expect(some.width == 16)
    for index in texts.indices {
      let beginning = VectorSettings.normalized(whole[index].prefix(16).map { Double($0) })
      let distances = zip(some[index], beginning).map { abs(Double($0) - $1) }
      #expect(distances.max()! < 0x1p-23)
    }
  }

  @Test("are refused for a text that is empty, or longer than the model reads, by the text's number")
  func refusals() throws {
    let settings = VectorSettings(pooling: .cls)
    #expect {
      try session.embed(["春", " \t"], as: settings)
    } throws: {
      ($0 as? Problem)?.description == "text 2: mismatched: found no word in the text, expected a text."
    }
    let long = String(repeating: "春", count: 100)
    #expect {
      try session.embed(["春", long], as: settings)
    } throws: {
      ($0 as? Problem)?.description
        == "text 2: mismatched: found 102 tokens, expected at most 40. Shorten the text, or have it cut with --truncate."
    }
    #expect(try session.embed(["春", long], as: settings, truncating: true).count == 2)
  }

  @Test("need a pooling, which is asked for where the file names none")
  func unknownPooling() throws {
    #expect {
      try session.embed(["春"])
    } throws: {
      ($0 as? Problem)?.found == "nothing that says how the vector of a text is made of those of its tokens"
    }
    #expect {
      try session.embed(["春"], as: VectorSettings(pooling: .pooler))
    } throws: {
      ($0 as? Problem)?.found == "no pooler"
    }
  }
}
