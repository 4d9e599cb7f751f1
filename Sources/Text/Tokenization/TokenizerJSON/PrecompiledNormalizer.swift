import SentencePiece

/// The rules of a SentencePiece model as tokenizers applies them.
///
/// A cluster of up to five bytes is looked up first, where the *shortest* rule that begins it takes the place of the whole, and only then
/// each of its characters; SentencePiece itself takes the longest rule at each place. So `Ａ` with an accent becomes a bare `A` here.
/// Source: tokenizers 0.23.3, `normalizers/precompiled.rs`; spm_precompiled 0.1.4, `lib.rs`.
struct PrecompiledNormalizer {
  let map: Charsmap

  func normalize(_ text: NormalizedText) -> NormalizedText {
    var result = NormalizedText(isPlaced: text.isPlaced)
    forEachCluster(of: text.scalars) { cluster in
      if (2...5).contains(cluster.count), append(text, cluster, to: &result) { return }
      for index in cluster where !append(text, index..<index + 1, to: &result) {
        result.append(text.scalars[index], from: text.origin(of: index))
      }
    }
    // What vanishes before anything is kept counts to the first that is: it decides whether that begins the text.
    result.beginFirst(at: text.seam(before: 0).lowerBound)
    return result
  }

  /// Appends what a rule makes of a range; false where no rule begins there, or the range has more than five bytes.
  private func append(_ text: NormalizedText, _ range: Range<Int>, to result: inout NormalizedText) -> Bool {
    var bytes: [UInt8] = []
    for index in range { UTF8Scan.append(text.scalars[index], to: &bytes) }
    guard bytes.count < 6, let replacement = bytes.withUnsafeBufferPointer({ map.shortestMatch(in: $0) }) else {
      return false
    }
    let (first, last) = (text.origin(of: range.lowerBound), text.origin(of: range.upperBound - 1))
    replacement.withUnsafeBufferPointer { replacement in
      var position = 0
      while position < replacement.count {
        let (scalar, length) = UTF8Scan.scalar(in: replacement, at: position)
        result.append(scalar, from: first.lowerBound..<max(first.lowerBound, last.upperBound))
        position += length
      }
    }
    return true
  }

  /// Calls `body` with each extended grapheme cluster (UAX 29).
  private func forEachCluster(of scalars: [UInt32], _ body: (Range<Int>) -> Void) {
    // Of two plain scalars only a carriage return and a line feed belong together.
    func isPlain(_ scalar: UInt32) -> Bool { scalar < 0x300 || Unicode14.ideographs ~= scalar }
    func areApart(_ index: Int) -> Bool {
      isPlain(scalars[index - 1]) && isPlain(scalars[index]) && (scalars[index - 1] != 0x0D || scalars[index] != 0x0A)
    }
    var start = 0
    while start < scalars.count {
      var end = start + 1
      while end < scalars.count, !areApart(end) { end += 1 }
      if end == start + 1 {
        body(start..<end)
      } else {
        var view = String.UnicodeScalarView()
        for scalar in scalars[start..<end] { view.append(Unicode.Scalar(scalar)!) }
        var position = start
        for character in String(view) {
          let next = position + character.unicodeScalars.count
          body(position..<next)
          position = next
        }
      }
      start = end
    }
  }
}
