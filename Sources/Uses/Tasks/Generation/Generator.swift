import Bytes
import Generation
import Inference
import Tokenization

/// Texts that a model makes of a text: titles, answers, similar questions.
///
/// A model with the mask of UniLM reads the text in segment 0 and goes on in segment 1; a language model goes on with the text itself; the
/// decoder of a T5 reads what its encoder made of the text (bert4keras 0.11.5, `examples/task_seq2seq_autotitle.py` and
/// `basic_language_model_gpt2_ml.py`; t5_in_bert4keras, `task_autotitle_csl.py`).
public struct Generator: Sendable {
  /// What the model does with a text.
  private enum Kind {
    case unilm, language, decoder
  }

  let session: Session
  private let kind: Kind
  private let point: Point
  private let start: Int32?
  private let end: Int32

  /// One text that was made.
  public struct Output: Equatable, Sendable {
    /// The text, without special tokens.
    public let text: String
    /// The tokens, with the first one of a decoder and the end where there is one.
    public let ids: [Int32]
    /// The sum of the logarithms of the probabilities, of a text that beams found; nil for one that was drawn.
    public let score: Double?
  }

  /// How long texts are.
  public struct Length: Equatable, Sendable {
    /// The most tokens that are made; nil for ``standard``, or as many as the model has positions for.
    public var maximum: Int?
    /// The tokens that a text has at least, its first one and the end among them.
    public var minimum: Int
    /// How many ends a text has.
    public var ends: Int

    /// The most tokens where nothing is said.
    public static let standard = 64

    /// Decides how long texts are.
    public init(maximum: Int? = nil, minimum: Int = 1, ends: Int = 1) {
      (self.maximum, self.minimum, self.ends) = (maximum, minimum, ends)
    }
  }

  /// Joins a model with the tokens with which its texts begin and end.
  ///
  /// - Parameters:
  ///   - start: The first token of a decoder; by default `[CLS]` where the tokenizer has one, else the padding.
  ///   - end: The token that ends a text; by default the tokenizer's own, else its separator; without either, texts reach their greatest length.
  /// - Throws: `Problem` of kind *mismatched* when the model has no language model or its tokens see what follows them, or the vocabulary lacks
  ///   a token.
  public init(_ session: Session, start: String? = nil, end: String? = nil) throws {
    let (model, tokenizer, file) = (session.model, session.tokenizer, session.file.path)
    self.session = session
    guard let point = [Point("lm.probabilities"), .maskedTokenProbabilities].first(where: model.points.contains) else {
      throw Problem(
        .mismatched, file: file, found: "no language model", expected: "the tensors lm.* or mlm.*",
        advice: "The checkpoint was saved without its head; take one that was saved with it")
    }
    self.point = point
    if model.graph.stacks.count > 1 {
      kind = .decoder
    } else {
      switch model.graph.main.mask {
      case .unilm: kind = .unilm
      case .lm: kind = .language
      case .none:
        throw Problem(
          .mismatched, file: file, object: "the setting mask", found: "none",
          expected: "lm or unilm, to go on with a text",
          advice: "Convert again with --set mask=unilm or --set mask=lm, if the model was trained so")
      }
    }
    if let start {
      self.start = Int32(try tokenizer.idOfWhole(start))
    } else {
      self.start =
        kind == .decoder
        ? Int32(try tokenizer.id(of: tokenizer.special[.classification] != nil ? SpecialRole.classification : .padding))
        : nil
    }
    if let end {
      self.end = Int32(try tokenizer.idOfWhole(end))
    } else if tokenizer.special[.end] == nil, tokenizer.special[.separator] == nil {
      // GPT's first tokenizer knows no end, and no id is below 0.
      self.end = -1
    } else {
      self.end = Int32(try tokenizer.id(of: tokenizer.special[.end] != nil ? SpecialRole.end : .separator))
    }
  }

  /// Finds the text that a search along beams takes for the most probable.
  ///
  /// - Parameters:
  ///   - observe: Takes the text as it grows, where there is one beam.
  /// - Throws: `Problem` of kind *mismatched* when text and output have more tokens than the model has positions, *damaged* when
  ///   probabilities are no numbers, because weights are none.
  public func search(
    _ text: String, along beams: BeamSearch, length: Length = Length(), observing observe: (String) -> Void = { _ in }
  ) throws -> Output {
    let prompt = try prompt(for: text)
    var predictor = predictor(for: prompt)
    let found = try beams.run(&predictor, until: stopping(length, after: prompt)) { ids in
      if let text = try? self.text(of: ids) { observe(text) }
    }
    return Output(text: try self.text(of: found.ids), ids: found.ids, score: found.score)
  }

  /// Draws texts.
  ///
  /// - Parameters:
  ///   - uniform: Random numbers of at least 0 and below 1: ``MersenneTwister/uniform()``.
  ///   - observe: Takes the text as it grows, where one is drawn.
  /// - Throws: As ``search(_:along:length:observing:)`` does.
  public func draw(
    _ text: String, _ sampling: Sampling, length: Length = Length(), drawing uniform: () -> Double,
    observing observe: (String) -> Void = { _ in }
  ) throws -> [Output] {
    let prompt = try prompt(for: text)
    var predictor = predictor(for: prompt)
    let texts = try sampling.run(
      &predictor, until: stopping(length, after: prompt), drawing: uniform,
      observing: { rows in
        if rows.count == 1, let text = try? self.text(of: rows[0]) { observe(text) }
      })
    return try texts.map { Output(text: try self.text(of: $0), ids: $0, score: nil) }
  }

  private func predictor(for prompt: ModelPredictor.Prompt) -> ModelPredictor {
    ModelPredictor(session.model, going: point, on: prompt, threads: session.threads)
  }

  /// The tokens of a text as the model reads them.
  private func prompt(for text: String) throws -> ModelPredictor.Prompt {
    let encoding = try session.tokenizer.encode(text)
    let (ids, segments) = (encoding.ids.map(Int32.init), encoding.segments.map(Int32.init))
    switch kind {
    case .decoder: return .encoder(ids)
    case .unilm: return .tokens(ids, segments: segments, next: 1)
    case .language:
      // What would end the text stands behind what the model makes.
      let open = encoding.roles.lastIndex { $0 == nil || $0 == .classification || $0 == .beginning } ?? -1
      guard open >= 0 else {
        throw Problem(.mismatched, file: "text", found: "no token to go on from", expected: "a text")
      }
      return .tokens(Array(ids[...open]), segments: Array(segments[...open]), next: segments[open])
    }
  }

  /// When texts are at their end, and that the model has positions for as many tokens.
  private func stopping(_ length: Length, after prompt: ModelPredictor.Prompt) throws -> Stopping {
    var maximum = length.maximum ?? Length.standard
    if let positions = session.model.sizes.positions, case .tokens(let tokens, _, _) = prompt {
      let free = positions - tokens.count
      guard free > 0, length.maximum == nil || maximum <= free else {
        throw Problem(
          .mismatched, file: "text", found: "\(tokens.count) tokens, and up to \(maximum) more",
          expected: "at most \(positions), the positions of the model",
          advice: free > 0 ? "Ask for at most \(free)" : "Shorten the text")
      }
      maximum = min(maximum, free)
    }
    return try Stopping(
      start: start, end: end, maximumLength: maximum, minimumLength: length.minimum, minimumEnds: length.ends)
  }

  private func text(of ids: [Int32]) throws -> String {
    let first = start != nil ? 1 : 0
    return try session.tokenizer.decode(ids.dropFirst(first).filter { $0 != end }.map { Int($0) })
  }
}

extension Tokenizer {
  /// The id of a token that is given by its spelling.
  ///
  /// - Throws: `Problem` of kind *mismatched* when the vocabulary lacks it.
  fileprivate func idOfWhole(_ token: String) throws -> Int {
    guard let id = special.added[token] ?? splitter.id(of: token) else {
      throw Problem(
        .mismatched, file: splitter.file, found: "no token \(token)", expected: "a token of the vocabulary")
    }
    return id
  }
}
