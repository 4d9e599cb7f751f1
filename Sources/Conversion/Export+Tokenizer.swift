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
  ///   - lowercases: Whether the tokenizer lowers texts; when nil, as the vocabulary shows.
  ///   - positions: The longest text, in tokens.
  static func tokenizer(
    of model: ModelFile, among list: Architecture.Classes?, lowercases: Bool?, positions: Int?
  ) -> TokenizerChoice {
    guard let list else { return TokenizerChoice() }
    let chosen = list.tokenizers.first { model.brings($0.file) }
    var choice = TokenizerChoice(file: chosen?.file)
    var members: [JSON.Member]
    if let own = model.tokenizerConfiguration?.members {
      members = own
      if let lowercases {
        members.removeAll { $0.name == lowering }
        members.append(JSON.Member(lowering, .bool(lowercases)))
      }
    } else if let chosen {
      members = [JSON.Member("tokenizer_class", .string(chosen.name))]
      if let vocabulary = model.vocabulary, chosen.file == TokenizerFile.vocabulary {
        let isCased = vocabulary.bytes.withUnsafeBytes(hasUpperCase)
        members.append(JSON.Member(lowering, .bool(lowercases ?? !isCased)))
        if lowercases == nil {
          choice.remarks.append(
            "\(vocabulary.name) has \(isCased ? "" : "no ")upper-case letters: the tokenizer is told "
              + "\(isCased ? "not to lower" : "to lower") texts. Say otherwise with --\(isCased ? "" : "no-")lowercase."
          )
        }
      }
      if let positions { members.append(JSON.Member("model_max_length", .integer(positions))) }
      members += chosen.members
    } else {
      return choice
    }
    choice.configuration = .object(members)
    return choice
  }

  /// The name under which an attached file is exported.
  func exportedName(of attached: Attachment) -> String {
    TokenizerFile.name(of: attached.name, isPieces: attached.holdsPieces, for: tokenizer.file)
  }

  private static let lowering = "do_lower_case"

  /// Whether a list of tokens has an upper-case letter of the alphabet outside brackets.
  private static func hasUpperCase(_ vocabulary: UnsafeRawBufferPointer) -> Bool {
    vocabulary.split(separator: UInt8(ascii: "\n")).contains { token in
      token.first != UInt8(ascii: "[") && token.contains { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
    }
  }
}

extension ModelFile {
  /// Whether the model brings what a tokenizer reads from a file of this name, by whatever name.
  fileprivate func brings(_ file: String) -> Bool {
    if file == TokenizerFile.vocabulary { return vocabulary != nil }
    return attachments.contains { TokenizerFile.name(of: $0.name, isPieces: $0.holdsPieces, for: file) == file }
  }

  /// The source's own configuration of its tokenizer.
  fileprivate var tokenizerConfiguration: JSON? {
    let attached = attachments.first { $0.name == TokenizerFile.configuration }
    return attached.flatMap { try? JSON(parsing: $0.bytes) }
  }
}

extension Attachment {
  /// Whether this is a SentencePiece model.
  fileprivate var holdsPieces: Bool { name.hasSuffix(".model") && Vocabulary.isSentencePieceModel(bytes) }
}
