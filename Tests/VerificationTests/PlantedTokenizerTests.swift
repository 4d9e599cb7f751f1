import Bytes
import Foundation
import JSON
import SentencePiece
import TestSupport
import Testing
import Tokenization
import Verification

/// Mistakes in tokenizers: each must be found by the texts of a reference, at the first text and token where it shows.
@Suite("Planted mistakes of tokenizers") struct PlantedTokenizerTests {
  struct Mistake: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let plant: @Sendable (TextComparisonTests) throws -> (tokenizer: Tokenizer, reference: Reference)

    init(
      _ description: String,
      plant: @escaping @Sendable (TextComparisonTests) throws -> (tokenizer: Tokenizer, reference: Reference)
    ) {
      (testDescription, self.plant) = (description, plant)
    }
  }

  static let mistakes =
    [
      Mistake("wordpiece: letters kept that are lowered") {
        (
          Tokenizer(vocabulary: try $0.vocabulary(), lowercases: false),
          try $0.reference($0.recordedByBERT4Keras(lowercases: true))
        )
      },
      Mistake("wordpiece: letters lowered that are kept") {
        (
          Tokenizer(vocabulary: try $0.vocabulary(), lowercases: true),
          try $0.reference($0.recordedByBERT4Keras(lowercases: false))
        )
      },
      Mistake("wordpiece: the shortest token that fits") {
        (Tokenizer(try $0.shortest()), try $0.reference($0.recordedByBERT4Keras(lowercases: false)))
      },
      Mistake("wordpiece: [UNK] for each piece of a word") {
        (Tokenizer(try $0.unknownByPiece()), try $0.reference($0.recordedByBERT4Keras(lowercases: false)))
      },
      Mistake("wordpiece: the vocabulary of another model") {
        (
          Tokenizer(vocabulary: try $0.vocabulary("Tokenizer/cased/vocab.txt"), lowercases: false),
          try $0.reference($0.recordedByBERT4Keras(lowercases: false))
        )
      },
      Mistake("sentencepiece: no space before the text") {
        let tokenizer = SentencePieceTokenizer(try $0.model("unigram"))
        let end = try #require(tokenizer.id(of: "</s>"))
        return ($0.t5($0.withoutPrefix(tokenizer)), try $0.reference($0.recordedBySentencePiece("unigram", end: end)))
      },
      Mistake("sentencepiece: the other rule of ties") {
        let model = try $0.model("unigram-ties")
        let end = try #require(model.id(of: "</s>"))
        return (
          $0.t5(SentencePieceTokenizer(model, ties: .from022)),
          try $0.reference($0.recordedBySentencePiece("unigram-ties", end: end))
        )
      },
    ]
    + [
      prepared("letters kept that are lowered", \.lowercases),
      prepared("accents kept that are dropped", \.dropsAccents),
      prepared("quotes kept that are straightened", \.straightensQuotes),
      prepared("commas that stay with digits", \.separatesCommas),
    ]

  /// ALBERT's preparation without one of its steps.
  private static func prepared(
    _ description: String, _ step: WritableKeyPath<PiecePreparation, Bool> & Sendable
  ) -> Mistake {
    Mistake("sentencepiece: \(description)") { tests in
      let path = Fixtures.folder("PreparedPieces").appending(path: "albert.model").path
      var preparation = PiecePreparation.albert
      preparation[keyPath: step] = false
      let model = try SentencePieceModel(reading: ByteView(mapping: path))
      let splitter = PreparedPieceTokenizer(SentencePieceTokenizer(model), preparation: preparation)
      let special = SpecialTokens([.unknown: "<unk>"])
      return (Tokenizer(splitter, special: special, template: .none), try tests.reference(recordedByALBERT()))
    }
  }

  /// What `AlbertTokenizer` gave for texts without special tokens.
  private static func recordedByALBERT() throws -> [TextComparisonTests.Text] {
    let path = Fixtures.folder("PreparedPieces").appending(path: "albert.json").path
    let rows = try #require(JSON(parsing: ByteView(mapping: path))["rows"]?.elements)
    return rows.compactMap { row in
      guard let text = row["text"]?.string, row["decoded"] != nil else { return nil }
      return TextComparisonTests.Text(text: text, ids: (row["ids"]?.elements ?? []).compactMap(\.integer))
    }
  }

  @Test("are listed in Formats/PlantedMistakes.txt, each with the text and the token at which it is found")
  func page() throws {
    let page = try String(
      contentsOf: Fixtures.repository.appending(path: "Formats/PlantedMistakes.txt"), encoding: .utf8)
    let listed = page.split(separator: "\n").filter { $0.hasPrefix("tokenizer  ") }.map(String.init)
    let found = try Self.mistakes.map { mistake in
      let (tokenizer, reference) = try mistake.plant(TextComparisonTests())
      let comparison = try #require(try TextComparison(of: tokenizer, with: reference))
      let difference = try #require(comparison.difference, "\(mistake.testDescription)")
      let text = JSON.string(difference.text.first).compact
      return "tokenizer  \(mistake.testDescription)  at token \(difference.position) of \(text)"
    }.sorted()
    #expect(listed == found)
  }

  @Test("are none where nothing is planted")
  func sound() throws {
    let path = Fixtures.folder("PreparedPieces").appending(path: "albert.model").path
    let model = try SentencePieceModel(reading: ByteView(mapping: path))
    let splitter = PreparedPieceTokenizer(SentencePieceTokenizer(model), preparation: .albert)
    let special = SpecialTokens([.unknown: "<unk>"])
    let texts = try Self.recordedByALBERT()
    #expect(texts.count > 50)
    let comparison = try #require(
      try TextComparison(
        of: Tokenizer(splitter, special: special, template: .none), with: TextComparisonTests().reference(texts)))
    #expect(comparison.agrees)
  }
}
