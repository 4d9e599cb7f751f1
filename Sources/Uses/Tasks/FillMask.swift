import Bytes
import Inference
import Tensors
import Tokenization

/// Which tokens a masked language model expects in the place of each mask, BERT's `[MASK]` or RoBERTa's `<mask>`.
public struct FillMask: Sendable {
  private let model: Model
  private let tokenizer: Tokenizer

  /// One token that may stand in a mask's place.
  public struct Candidate: Hashable, Sendable {
    /// The token.
    public let token: String
    /// Its probability, over the whole vocabulary.
    public let probability: Double
  }

  /// The answer for one mask.
  public struct Answer: Hashable, Sendable {
    /// The position of the mask among the tokens.
    public let position: Int
    /// The most probable tokens, the best one first.
    public let candidates: [Candidate]
  }

  /// Joins a model and the tokenizer that it was trained with.
  ///
  /// - Throws: `Problem` of kind *mismatched* when the model has no masked-language-model head.
  public init(model: Model, tokenizer: Tokenizer, file: String) throws {
    guard model.points.contains(.maskedTokenProbabilities) else {
      throw Problem(
        .mismatched, file: file, found: "no masked-language-model head", expected: "the tensors mlm.*",
        advice: "The checkpoint was saved without with_mlm; take one that was saved with it")
    }
    self.model = model
    self.tokenizer = tokenizer
  }

  /// Fills every mask of a text, each on its own.
  ///
  /// - Parameters:
  ///   - text: A text with at least one mask, as the tokenizer spells it.
  ///   - count: How many candidates to return for each mask, at least 1.
  ///   - threads: How many threads share the work; by default, as many as there are processors.
  /// - Throws: `Problem` of kind *mismatched* when the text has no mask, or has more tokens than the model has positions; *damaged* when
  ///   probabilities are no numbers, because weights are none.
  public func answers(to text: String, count: Int, threads: Int? = nil) throws -> [Answer] {
    precondition(count > 0, "\(count) candidates for each mask")
    let encoding = try tokenizer.encode(template: text)
    let positions = encoding.positions(of: .mask)
    guard !positions.isEmpty else {
      let mask = tokenizer.special[.mask] ?? "[MASK]"
      throw Problem(
        .mismatched, file: "text", found: "no \(mask) in \"\(text)\"", expected: "at least one",
        advice: "Write \(mask) where a token is to be found")
    }
    let input = try Input(tokenIDs: [encoding.ids.map { Int32($0) }])
    let masks = positions.map { TokenPosition(row: 0, position: $0) }
    let values = try model.run(input, computing: [.maskedTokenProbabilities], at: masks, threads: threads)
    let probabilities = values[.maskedTokenProbabilities]!  // [masks, V]
    try model.checkNumbers(probabilities, of: input, at: masks, threads: threads)
    let size = probabilities.shape.dimensions[1]
    return probabilities.withElements(of: Float.self) { probabilities in
      positions.enumerated().map { row, position in
        let row = probabilities[(row * size)..<((row + 1) * size)]
        let best = row.indices.sorted { (row[$0], $1) > (row[$1], $0) }.prefix(count)
        return Answer(
          position: position,
          candidates: best.map { index in
            let id = index - row.startIndex
            return Candidate(
              token: tokenizer.token(withID: id) ?? "token \(id)", probability: Double(row[index]))
          })
      }
    }
  }
}
