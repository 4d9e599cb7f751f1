import Bytes
import Generation
import SentenceVectors

extension Generator {
  /// A text that says the same as another, and how close its vector is.
  public struct Similar: Equatable, Sendable {
    /// The text.
    public let text: String
    /// The cosine of its vector and that of the other, made by the same model.
    public let cosine: Double
  }

  /// Draws texts that say the same as a text, and ranks them by the vectors of the same model, the closest first, equal ones by their text.
  ///
  /// What SimBERT and RoFormer-Sim were trained for (roformer-sim, `test/generate.py`: 100 texts by top-p 0.95, of which 20 are kept).
  ///
  /// - Parameters:
  ///   - count: How many texts are kept at most.
  ///   - settings: How vectors are made; by default as the model file says.
  /// - Returns: Texts that differ from each other and from the given one.
  /// - Throws: As ``draw(_:_:length:drawing:observing:)`` and `Session.embed` do.
  public func similar(
    to text: String, count: Int, _ sampling: Sampling, length: Length = Length(), as settings: VectorSettings? = nil,
    drawing uniform: () -> Double
  ) throws -> [Similar] {
    var seen: Set = [text, ""]
    let texts = try draw(text, sampling, length: length, drawing: uniform).map(\.text).filter {
      seen.insert($0).inserted
    }
    guard !texts.isEmpty else { return [] }
    let vectors = try session.embed([text] + texts, as: settings)
    let own = vectors[0]
    let found = texts.enumerated().map { Similar(text: $1, cosine: cosine(of: own, vectors[$0 + 1])) }
    return Array(found.sorted { ($1.cosine, $0.text) < ($0.cosine, $1.text) }.prefix(count))
  }
}

/// The cosine of the angle between two vectors; 0 where one of them is 0.
private func cosine(of one: some Sequence<Float>, _ other: some Sequence<Float>) -> Double {
  var (product, square, otherSquare) = (0.0, 0.0, 0.0)
  for (x, y) in zip(one, other) {
    product += Double(x) * Double(y)
    square += Double(x) * Double(x)
    otherSquare += Double(y) * Double(y)
  }
  let norm = (square * otherSquare).squareRoot()
  return norm > 0 ? product / norm : 0
}
