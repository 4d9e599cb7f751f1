import Bytes

/// What the slow tokenizers of transformers do before all else where letters are lowered: each character alone is, but for the tokens that
/// are found in texts.
///
/// Source: transformers 4.38.2, `tokenization_utils.py:566-575`.
struct TextLowering: Sendable {
  private let shelter: AddedTokenSearch

  /// Shelters the tokens that are special, or sought in the normalized text.
  init(sheltering tokens: [AddedToken]) {
    let sheltered = tokens.filter { $0.isSpecial || $0.isNormalized }
    shelter = AddedTokenSearch(sheltered.map { AddedToken($0.content, id: $0.id) }, dialect: .slow)
  }

  /// Lowers a well-formed text.
  func lowered(_ text: UnsafeBufferPointer<UInt8>) -> PlacedBytes {
    var result = PlacedBytes()
    for stretch in shelter.stretches(of: text) {
      let part = UnsafeBufferPointer(rebasing: text[stretch.range])
      if stretch.token != nil {
        result.append(PlacedBytes(part, at: stretch.range.lowerBound, isPlaced: true))
      } else {
        let scalars = NormalizedText(part, at: stretch.range.lowerBound, isPlaced: true)
        result.append(PlacedBytes(PiecePreparation.lowered(scalars, inContext: false)))
      }
    }
    return result
  }
}
