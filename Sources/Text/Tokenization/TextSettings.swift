import Bytes

/// How texts become the tokens of a model: what the files that travel with it say, and where they say nothing, what the vocabulary shows.
public struct TextSettings: Sendable {
  /// What decided a setting.
  public enum Origin: Hashable, Sendable {
    /// The user.
    case given
    /// The file of this name.
    case file(String)
    /// The tokens of the vocabulary: a guess, though a good one.
    case vocabulary
  }

  /// The tokens and their ids.
  public let vocabulary: Vocabulary
  /// Whether texts are lowered and their accents dropped (`do_lower_case`).
  public let lowercases: Bool
  /// What decided that.
  public let caseOrigin: Origin
  /// How many tokens are words of several characters, an ideograph among them, which ``Tokenizer`` never gives.
  public let wordCount: Int
  /// What the files ask for and ``Tokenizer`` does not do; nil when it does all of it.
  public let obstacle: Problem?

  private let letterCase: Vocabulary.LetterCase

  /// Decides how texts are tokenized.
  ///
  /// The user's word comes first, then `tokenizer_config.json`, then the normaliser of `tokenizer.json`, then the vocabulary: letters are
  /// lowered unless a token outside brackets has an upper-case one.
  ///
  /// - Parameters:
  ///   - vocabulary: The tokens.
  ///   - files: The files beside it, by their names; others than those two are passed over.
  ///   - lowercases: The user's word.
  /// - Throws: `Problem` of kind *damaged* when `tokenizer_config.json` is not JSON, *mismatched* when a member is no truth value.
  public init(
    vocabulary: Vocabulary, files: [(name: String, bytes: ByteView)] = [], lowercases: Bool? = nil
  ) throws {
    func file(_ name: String) -> ByteView? { files.first { $0.name == name }?.bytes }
    self.vocabulary = vocabulary
    letterCase = vocabulary.letterCase
    wordCount = vocabulary.wordCount
    let own = try file("tokenizer_config.json").map(TokenizerConfiguration.init(reading:))
    let fast =
      own?.lowercases == nil ? file("tokenizer.json").flatMap(TokenizerConfiguration.init(normalizerOf:)) : nil
    let speaker = [own, fast].compactMap(\.self).first { $0.lowercases != nil }
    if let lowercases {
      (self.lowercases, caseOrigin) = (lowercases, .given)
    } else if let speaker, let said = speaker.lowercases {
      (self.lowercases, caseOrigin) = (said, .file(speaker.file))
    } else {
      (self.lowercases, caseOrigin) = (letterCase != .mixed, .vocabulary)
    }
    var undone = [own, fast].compactMap(\.self).flatMap { configuration in
      configuration.undone.map { (configuration.file, $0) }
    }
    // Lower case and accents go together here; a user who decides the case decides both.
    for configuration in [own, fast].compactMap(\.self) where lowercases == nil {
      if let strips = configuration.stripsAccents, strips != self.lowercases {
        undone.append((configuration.file, "strip_accents = \(strips) beside do_lower_case = \(self.lowercases)"))
      }
    }
    obstacle = undone.first.map { file, _ in
      Problem(
        .unsupported, file: file, found: undone.map(\.1).joined(separator: ", "),
        expected: "what BERT's tokenizer of bert4keras does",
        advice: "Encode texts by the library that the model comes from")
    }
  }

  /// What was assumed and what does not fit together, as sentences for people.
  ///
  /// - Parameter name: What the vocabulary is called in them.
  public func remarks(calling name: String) -> [String] {
    var remarks: [String] = []
    let has = "\(name) has \(letterCase == .mixed ? "" : "no ")upper-case letters"
    switch caseOrigin {
    case .vocabulary where letterCase != .none:
      remarks.append(
        "\(has): texts \(lowercases ? "are lowered" : "keep their case"). "
          + "Say otherwise with --\(lowercases ? "no-" : "")lowercase.")
    case .file(let file) where letterCase != .none && lowercases == (letterCase == .mixed):
      remarks.append(
        "\(file) says do_lower_case = \(lowercases), but \(has): "
          + (lowercases ? "tokens with such letters are never used." : "a word with an upper-case letter is [UNK]."))
    default: break
    }
    if wordCount > 0 {
      remarks.append(
        "\(name) has \(wordCount == 1 ? "1 word" : "\(wordCount) words") of several characters. They are used only where texts are cut "
          + "by jieba first, as for RoFormer and WoBERT, which Ingot does not do: to it each ideograph is a word.")
    }
    return remarks
  }
}

extension Tokenizer {
  /// Makes a tokenizer with the settings of a model.
  ///
  /// - Throws: `Problem` of kind *unsupported* when the model's files ask for what this tokenizer does not do.
  public init(_ settings: TextSettings) throws {
    if let obstacle = settings.obstacle { throw obstacle }
    self.init(vocabulary: settings.vocabulary, lowercases: settings.lowercases)
  }
}
