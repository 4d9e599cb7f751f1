/// What an architecture computes: its name, the settings that it reads, and the graph that it makes of them and of the weights that
/// are there.
///
/// Each is one value, in a file of its own under `Architectures`.
struct Design: Sendable {
  /// The name, as model files bear it.
  let name: String
  /// The settings that it reads, by name; a file that says others is refused.
  let reads: [String]
  /// Appends the steps of the computation.
  let draw: @Sendable (inout Draft) throws -> Void

  init(_ name: String, reads: [String], draw: @escaping @Sendable (inout Draft) throws -> Void) {
    (self.name, self.reads, self.draw) = (name, reads, draw)
  }
}

extension Design {
  /// Every architecture that can be computed.
  static let all = [
    bert, albert, deberta, debertaV2, electra, gau, gpt, gpt2, gpt2ML, mpnet, nezha, roberta, roformer, roformerV2, t5,
    t5Gated, xlnet,
  ]

  /// The design of a name; nil when it cannot be computed.
  init?(named name: String) {
    guard let design = Design.all.first(where: { $0.name == name }) else { return nil }
    self = design
  }
}
