extension TokenizerPipeline {
  /// Added tokens, special ones among them, are found before anything else.
  public var findsSpecialTokens: Bool { true }
}
