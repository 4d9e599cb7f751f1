extension Vocabulary {
  /// Which letters of the alphabet a vocabulary has.
  public enum LetterCase: Hashable, Sendable {
    /// None: what becomes of letters shows nowhere.
    case none
    /// Lower-case ones alone: texts are lowered before they are looked up.
    case lower
    /// Upper-case ones: texts keep their case.
    case mixed
  }

  /// The letters from A to Z that tokens have, those in brackets such as `[CLS]` aside.
  public var letterCase: LetterCase {
    var found = LetterCase.none
    for rank in 0..<count {
      let token = bytes(ofTokenAt: rank)
      if token.first == UInt8(ascii: "[") { continue }
      if token.contains(where: { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }) { return .mixed }
      if found == .none, token.contains(where: { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }) {
        found = .lower
      }
    }
    return found
  }

  /// How many tokens are words of several characters, an ideograph among them.
  ///
  /// BERT's tokenizer never gives them, for to it every ideograph is a word by itself. RoFormer and WoBERT cut texts into words first, by
  /// jieba (bert4keras 0.11.5, `tokenizers.py`, `pre_tokenize`; transformers 4.38.2, `tokenization_roformer.py:443`).
  public var wordCount: Int {
    (0..<count).count { rank in
      var token = bytes(ofTokenAt: rank)
      if token.allSatisfy({ $0 < 0x80 }) { return false }
      if token.starts(with: "##".utf8) { token = token.dropFirst(2) }
      let scalars = String(decoding: token, as: UTF8.self).unicodeScalars
      return scalars.count > 1 && scalars.contains(where: isIdeograph)
    }
  }
}

extension Vocabulary {
  /// The ids of the tokens that bert4keras' tokenizer can give, in their order, behind some that come first: all but those of several
  /// characters in which an ideograph or a punctuation mark stands, for each of these is a token by itself.
  ///
  /// Source: bert4keras 0.11.5, `tokenizers.py:26-33, 354-364` (`_is_redundant`).
  package func idsOfPossibleTokens(beginningWith first: [Int]) -> [Int] {
    var known: Set<Int> = []
    let beginning = first.filter { known.insert($0).inserted }
    return beginning
      + (0...count).filter { id in
        guard !known.contains(id), let token = token(withID: id) else { return false }
        let scalars = Array(token.unicodeScalars)
        guard scalars.count > 1 else { return true }
        let stem = token.utf8.starts(with: "##".utf8) ? scalars.dropFirst(2) : scalars[...]
        return !stem.contains { isIdeograph($0) || CharacterData.unicode14.isPunctuation($0) }
      }
  }
}
