extension BytePairTokenizer {
  /// The special tokens are added tokens, which are found before anything else.
  public var findsSpecialTokens: Bool { true }
}
