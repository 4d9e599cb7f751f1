/// What a pass over a graph treats, as a caller gave it.
extension Batch {
  /// Lays out the tokens that the stacks of a graph treat.
  ///
  /// - Parameters:
  ///   - positions: The tokens that the language model treats; nil for all.
  ///   - cache: What came before.
  init(_ input: Input, of graph: Graph, at positions: [TokenPosition]? = nil, after cache: Cache? = nil) {
    var sequences = cache.flatMap { $0.rows.isEmpty ? nil : $0.others } ?? [:]
    for stack in graph.stacks where sequences[stack.source] == nil {
      let isMain = stack.source == graph.main.source
      sequences[stack.source] = Sequences(
        input, of: stack, after: isMain ? cache.flatMap { $0.rows.isEmpty ? nil : $0.rows } : nil)
    }
    if graph.takesContext, sequences[.context] == nil, let context = input.context {
      sequences[.context] = Sequences(featuresOf: Array(repeating: context.length, count: context.batch))
    }
    let main = sequences[graph.main.source]!
    self.init(
      sequences, main: graph.main.source,
      chosen: positions.map { $0.map { main.starts[$0.row] + $0.position } }, condition: input.condition,
      context: input.context)
  }
}

extension Sequences {
  /// The tokens of an input that a stack treats.
  init(_ input: Input, of stack: Stack, after past: [Cache.Row]? = nil) {
    let isDecoder = stack.source == .decoder
    let tokenIDs = isDecoder ? input.decoderTokenIDs ?? [] : input.tokenIDs
    self.init(
      lengths: isDecoder ? input.decoderLengths : input.lengths, tokenIDs: tokenIDs,
      segmentIDs: isDecoder ? tokenIDs.map { _ in 0 } : input.segmentIDs,
      positions: isDecoder ? nil : input.positionIDs, counted: stack.positions, mask: stack.mask,
      padding: stack.padding, after: past)
  }
}
