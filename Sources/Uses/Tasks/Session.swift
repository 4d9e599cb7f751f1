import Bytes
import Heads
import Inference
import ModelFiles
import SentenceVectors
import Tokenization

/// An opened model with everything that it takes to ask it something: its weights, its tokenizer, its settings, and the threads that work.
///
/// A session holds no state that asking changes: several threads may ask at once, and each gets what it would get alone.
public struct Session: Sendable {
  /// The model file.
  public let file: ModelFile
  /// The network over the file's weights.
  public let model: Model
  /// How texts become its tokens.
  public let tokenizer: Tokenizer
  /// How a text becomes a vector, as the file says; nil where it says nothing.
  public let vectorSettings: VectorSettings?
  /// What stands on top of the model, as the file says; nil where it says nothing.
  public let head: HeadSettings?
  /// How many threads share the work; nil for as many as there are processors.
  public let threads: Int?

  /// Opens a model file, without reading its weights.
  ///
  /// - Throws: `Problem` as opening the file, making the model and making its tokenizer do.
  public init(opening path: String, threads: Int? = nil) throws {
    let file = try ModelFile(mapping: path)
    try self.init(file, tokenizer: Tokenizer(of: file), threads: threads)
  }

  /// Joins a model file with a tokenizer.
  ///
  /// - Throws: `Problem` as making the model does.
  public init(_ file: ModelFile, tokenizer: Tokenizer, threads: Int? = nil) throws {
    self.file = file
    model = try Model(file)
    self.tokenizer = tokenizer
    vectorSettings = try VectorSettings(of: file)
    head = try HeadSettings(of: file)
    self.threads = threads
  }
}
