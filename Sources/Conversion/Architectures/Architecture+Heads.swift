extension Architecture {
  /// What fine-tuning puts on top of a model: a kind of head, with the layout of its tensors.
  ///
  /// A model file keeps a head under the names of its source (`extra.classifier/kernel`); tables say what such names mean.
  public struct Head: Equatable, Sendable {
    /// What a head reads.
    package enum Input: String, CaseIterable, Sendable {
      /// The vector that the pooler makes of the first token.
      case pooler
      /// The vector of the first token.
      case first
      /// The vector of the last token of a text.
      case last
      /// The vector of every token.
      case tokens
    }

    /// The kind's name: `sequence`.
    public let kind: String
    /// What it reads.
    package let input: Input
    /// What stands between its two layers: the name of a setting, or one of an activation; nil for a head of one layer.
    package let activation: String?
    /// Its tensors, in the order in which they are applied, the matrix of a layer before its bias.
    package internal(set) var tensors: [Slot]
    /// Where the table begins it.
    package let line: Int

    /// The extent of shapes that counts labels.
    static let labels = Extent.size("labels")
  }

  /// How one family of files spells the tensors of heads.
  package struct HeadNames: Sendable {
    /// The naming.
    package let naming: String
    /// The kinds of which such names speak where no configuration names a class: by the program that defines the naming.
    package let evident: [String]
    /// One row for each tensor of each kind that these files may hold.
    package internal(set) var rows: [Row]
    /// Where the table begins them.
    package let line: Int
  }

  /// The kind of head that a class of a library has.
  ///
  /// - Parameter name: The class's name; what TensorFlow's and Flax' classes have before it counts for nothing.
  func head(ofClass name: String) -> String? {
    let bare = ["TF", "Flax"].first(where: name.hasPrefix).map { String(name.dropFirst($0.count)) } ?? name
    return classes.flatMap(\.rows).first { $0.name == bare && $0.head != nil }?.head
  }
}
