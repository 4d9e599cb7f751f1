import Bytes
import SentenceVectors
import Tasks
import Tensors

/// Some texts of a corpus, and their tokens.
public struct CorpusBatch: Sendable {
  /// The texts, in the order of the corpus.
  public let texts: [CorpusText]
  /// The same as the model reads them.
  public let encoded: [EncodedText]
}

extension CorpusReader {
  /// At most so many texts are in a batch.
  private static let greatestCount = 1_024
  /// A batch ends with the text that brings its texts to so many bytes.
  private static let enoughBytes = 1 << 16

  /// Takes the next texts and turns them into tokens, on all processors; nil at the end.
  ///
  /// What is read at once is bounded by bytes, so that memory is, however long texts are; a session makes batches of tokens of it.
  ///
  /// - Throws: `Problem` as ``next()`` and ``Session/encode(_:for:truncating:calling:)`` do, with the line of the text.
  public mutating func nextBatch(
    by session: Session, for settings: VectorSettings, truncating: Bool
  ) throws -> CorpusBatch? {
    var texts: [CorpusText] = []
    var byteCount = 0
    while texts.count < Self.greatestCount, byteCount < Self.enoughBytes, let text = try next() {
      texts.append(text)
      byteCount += text.text.utf8.count
    }
    guard !texts.isEmpty else { return nil }
    let file = file
    let encoded = try mapInParallel(texts) {
      try session.encode($0.text, for: settings, truncating: truncating, calling: "\(file), line \($0.line)")
    }
    return CorpusBatch(texts: texts, encoded: encoded)
  }
}
