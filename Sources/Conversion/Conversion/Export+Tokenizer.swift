import Architectures
import Bytes
import JSON
import ModelFiles
import Tokenization

extension Export {
  /// What a library is told of a tokenizer.
  struct TokenizerChoice {
    /// `tokenizer_config.json`; nil where the destination needs none, or the model brings no file that a class reads.
    var configuration: JSON?
    /// The file by which the class was chosen.
    var file: String?
    /// What the user should know of it, as sentences.
    var remarks: [String] = []
  }

  /// Chooses the first class of a list whose file the model brings; what the source's own configuration says comes before the choice.
  ///
  /// - Parameters:
  ///   - list: The classes of the library; nil for files that no library reads by itself.
  ///   - lowercases: Whether the tokenizer lowers texts; when nil, as the model file says.
  ///   - positions: The longest text, in tokens.
  /// - Throws: What reading the vocabulary throws.
  static func tokenizer(
    of model: ModelFile, among list: Architecture.Classes?, lowercases: Bool?, positions: Int?
  ) throws -> TokenizerChoice {
    let words = try model.vocabulary.map { try Vocabulary(reading: $0.bytes).wordCount } ?? 0
    guard let list else { return TokenizerChoice(remarks: wordRemarks(words, of: model, for: nil)) }
    let chosen = list.tokenizers.first { model.brings($0.file, words: words) }
    var choice = TokenizerChoice(file: chosen?.file.fileName)
    var members: [JSON.Member]
    // What the files ask for beyond Ingot's own tokenizers is not this library's concern.
    let text = try? TextSettings(of: model)
    if let own = model.tokenizerConfiguration?.members {
      members = own
      let said = own.first { $0.name == lowering }?.value
      let kept = text.flatMap { $0.names.contains(.letterCase) && said != nil ? $0.lowercases : nil }
      if let lowers = lowercases ?? kept, said != .bool(lowers) {
        members.removeAll { $0.name == lowering }
        members.append(JSON.Member(lowering, .bool(lowers)))
      }
    } else if let chosen {
      members = [JSON.Member("tokenizer_class", .string(chosen.name))]
      if choice.file == TokenizerFile.vocabulary {
        let lowers = lowercases ?? text?.lowercases ?? true
        members.append(JSON.Member(lowering, .bool(lowers)))
        if lowercases == nil, let text, text.assumed.contains(.letterCase) {
          choice.remarks.append(
            "\(text.file) has \(lowers ? "no " : "")upper-case letters: the tokenizer is told \(lowers ? "to" : "not to") "
              + "lower texts. Say otherwise with --tokenizer case=\(lowers ? "kept" : "lower").")
        }
      }
      if let positions { members.append(JSON.Member("model_max_length", .integer(positions))) }
      members += chosen.members
    } else {
      return choice
    }
    let name = members.first { $0.name == "tokenizer_class" }?.value.string
    if choice.file == TokenizerFile.vocabulary { choice.remarks += wordRemarks(words, of: model, for: name ?? "") }
    choice.configuration = .object(members)
    return choice
  }

  /// The name under which an attached file is exported.
  func exportedName(of attached: Attachment) -> String {
    TokenizerFile.name(of: attached.name, isPieces: attached.holdsPieces, for: tokenizer.file)
  }

  private static let lowering = "do_lower_case"

  /// Says who finds the words of a vocabulary, which Ingot's own tokenizer and BERT's never do.
  ///
  /// - Parameter name: The class that the files name; empty when they name none, nil for files that name no classes.
  private static func wordRemarks(_ words: Int, of model: ModelFile, for name: String?) -> [String] {
    guard words > 0 else { return [] }
    let found =
      "\(model.vocabulary!.name) has \(words == 1 ? "1 word" : "\(words) words") of several characters: "
    switch name {
    case nil:
      return [
        found
          + "bert4keras' Tokenizer finds them with pre_tokenize=lambda text: jieba.cut(text, HMM=False), and not without."
      ]
    case "RoFormerTokenizer"?, "RoFormerTokenizerFast"?: return [found + "\(name!) finds them, and needs rjieba."]
    case ""?: return [found + "of transformers' tokenizers RoFormerTokenizer finds them, and BertTokenizer does not."]
    default: return [found + "\(name!) never uses them; RoFormerTokenizer does."]
    }
  }
}

extension ModelFile {
  /// Whether the model brings what a tokenizer reads from a file of this name, by whatever name.
  ///
  /// - Parameter words: How many words of several characters are in its vocabulary, of which `vocab.txt(words)` needs some.
  fileprivate func brings(_ file: String, words: Int) -> Bool {
    if file == TokenizerFile.vocabulary { return vocabulary != nil }
    if file == TokenizerFile.words { return words > 0 }
    return attachments.contains { TokenizerFile.name(of: $0.name, isPieces: $0.holdsPieces, for: file) == file }
  }

  /// The source's own configuration of its tokenizer.
  fileprivate var tokenizerConfiguration: JSON? {
    let attached = attachments.first { $0.name == TokenizerFile.configuration }
    return attached.flatMap { try? JSON(parsing: $0.bytes) }
  }
}

extension String {
  /// The name of the file in a row of a table, without what the file must hold.
  fileprivate var fileName: String { self == TokenizerFile.words ? TokenizerFile.vocabulary : self }
}

extension Attachment {
  /// Whether this is a SentencePiece model.
  fileprivate var holdsPieces: Bool { name.hasSuffix(".model") && Vocabulary.isSentencePieceModel(bytes) }
}
