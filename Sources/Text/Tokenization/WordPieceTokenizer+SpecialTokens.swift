extension WordPieceTokenizer {
  /// Whether special tokens in texts are found, as the tokenizers of transformers do.
  public var findsSpecialTokens: Bool { dialect.findsSpecialTokens }
}
