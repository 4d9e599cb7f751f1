/// What ALBERT's and XLNet's programs do to a text before SentencePiece splits it, and to the pieces afterwards.
///
/// Sources: google-research/albert (albert-tensorflow 1.1), `tokenization.py:86-160`; transformers 4.38.2, `tokenization_albert.py:196-235`,
/// `tokenization_xlnet.py:195-230` and `tokenization_deberta_v2.py:146-150` and `440-465`.
public struct PiecePreparation: Hashable, Sendable {
  /// Whether white space becomes one space, and none at the ends (`remove_space`).
  public var joinsSpaces = false
  /// Whether ` `` ` and `''` become `"`.
  public var straightensQuotes = false
  /// Whether characters are taken apart by compatibility, and what combines is dropped (`keep_accents` = false).
  public var dropsAccents = false
  /// Whether letters are lowered (`do_lower_case`).
  public var lowercases = false
  /// Whether a comma behind a digit is a piece by itself: `9,9` is `▁9` `,` `9` and not `▁9,` `9`.
  public var separatesCommas = false
  /// Whether texts are cut at punctuation first, each sign a part by itself (`split_by_punct`).
  public var separatesPunctuation = false

  /// A preparation that leaves texts as they are.
  public init() {}

  /// ALBERT's, whose letters are lowered unless told otherwise.
  public static let albert: PiecePreparation = {
    var preparation = PiecePreparation.xlnet
    preparation.lowercases = true
    return preparation
  }()

  /// XLNet's.
  public static let xlnet: PiecePreparation = {
    var preparation = PiecePreparation()
    preparation.joinsSpaces = true
    preparation.straightensQuotes = true
    preparation.dropsAccents = true
    preparation.separatesCommas = true
    return preparation
  }()

  /// Whether the text itself is changed.
  var changesText: Bool { joinsSpaces || straightensQuotes || dropsAccents || lowercases }

  /// Returns the text as SentencePiece takes it.
  func prepared(_ text: NormalizedText) -> NormalizedText {
    var text = text
    if joinsSpaces { text = Self.joined(text) }
    if straightensQuotes { text = Self.straightened(text) }
    if dropsAccents {
      text.normalize(Normalization(isCompatible: true, edition: .unicode14))
      text = text.filtered { Normalization.combiningClass(of: $0, in: .unicode14) == 0 }
    }
    return lowercases ? Self.lowered(text, inContext: true) : text
  }

  /// The parts of a text between which pieces do not reach: signs of punctuation, and what stands between them.
  func parts(of text: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
    guard separatesPunctuation else { return [text.indices] }
    var parts: [Range<Int>] = []
    var start = 0
    var position = 0
    while position < text.count {
      let (scalar, length) = UTF8Scan.scalar(in: text, at: position)
      if CharacterData.unicode14.isPunctuation(Unicode.Scalar(scalar)!) {
        if start < position { parts.append(start..<position) }
        parts.append(position..<position + length)
        start = position + length
      }
      position += length
    }
    if start < position { parts.append(start..<position) }
    return parts
  }

  /// `" ".join(text.split())` of Python.
  private static func joined(_ text: NormalizedText) -> NormalizedText {
    var space: Range<Int>?
    return text.mapped { index, scalar, result in
      if isPythonWhitespace(Unicode.Scalar(scalar)!) {
        space = space ?? text.origin(of: index)
        return
      }
      if let origin = space, !result.scalars.isEmpty { result.append(0x20, from: origin) }
      space = nil
      result.append(scalar, from: text.origin(of: index))
    }
  }

  private static func straightened(_ text: NormalizedText) -> NormalizedText {
    var isSecond = false
    return text.mapped { index, scalar, result in
      if isSecond {
        isSecond = false
        return
      }
      let isQuote = scalar == 0x27 || scalar == 0x60
      isSecond = isQuote && index + 1 < text.scalars.count && text.scalars[index + 1] == scalar
      let (first, last) = (text.origin(of: index), text.origin(of: isSecond ? index + 1 : index))
      result.append(isSecond ? 0x22 : scalar, from: first.lowerBound..<last.upperBound)
    }
  }

  /// Python's `lower()`, of the whole text or of each character alone.
  static func lowered(_ text: NormalizedText, inContext: Bool) -> NormalizedText {
    var result = NormalizedText(isPlaced: text.isPlaced)
    Lowercasing.forEachLowercase(of: text.scalars.map { Unicode.Scalar($0)! }, inContext: inContext) { index, scalar in
      result.append(scalar.value, from: text.origin(of: index))
    }
    return result
  }
}
