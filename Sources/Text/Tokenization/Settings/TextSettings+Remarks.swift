extension TextSettings {
  /// What was assumed of the case, and what does not fit the pieces, as sentences for people.
  ///
  /// - Parameter splitter: The splitter that these settings make.
  public func remarks(on splitter: any PieceSplitter) -> [String] {
    guard kind == .wordPiece, let vocabulary = (splitter as? WordPieceTokenizer)?.vocabulary else { return [] }
    var remarks: [String] = []
    let letters = vocabulary.letterCase
    let has = "\(file) has \(letters == .mixed ? "" : "no ")upper-case letters"
    switch origins[.letterCase] {
    case .assumed where letters != .none:
      remarks.append(
        "\(has): texts \(lowercases ? "are lowered" : "keep their case"). "
          + "Say otherwise with --tokenizer case=\(lowercases ? "kept" : "lower").")
    case .file(let file) where letters != .none && lowercases == (letters == .mixed):
      remarks.append(
        "\(file) says do_lower_case = \(lowercases), but \(has): "
          + (lowercases ? "tokens with such letters are never used." : "a word with an upper-case letter is [UNK]."))
    default: break
    }
    let words = vocabulary.wordCount
    if words > 0, self.words == nil {
      remarks.append(
        "\(file) has \(words == 1 ? "1 word" : "\(words) words") of several characters. They are used only where texts are cut "
          + "by jieba first, as for RoFormer and WoBERT: give its dictionary with --tokenizer words=FILE. Without it each ideograph is a word."
      )
    }
    return remarks
  }
}
