import Tensors

/// One tensor of a checkpoint, as far as planning needs it: no bytes.
public struct SourceTensor: Equatable, Sendable {
  /// Its name in the checkpoint: `Transformer-0-FeedForward[0]`, `bert/pooler/dense/kernel`.
  public let name: String
  /// The type of its elements.
  public let elementType: ElementType
  /// Its extents.
  public let shape: Shape
  /// Where it lies in its file, which may say more of it than the name: `/Embedding-Norm/Embedding-Norm/gamma:0`.
  public let path: String?

  /// Describes one tensor of a checkpoint.
  public init(name: String, elementType: ElementType, shape: Shape, path: String? = nil) {
    self.name = name
    self.elementType = elementType
    self.shape = shape
    self.path = path
  }
}

/// What to do with source tensors that belong to no architecture, such as the head of a fine-tuned model.
public enum ExtraPolicy: String, CaseIterable, Sendable {
  /// Make no plan; the problems name each of them.
  case refuse
  /// Carry them along unchanged, under names that begin with `extra.`.
  case keep
  /// Leave them out; the plan names each of them.
  case drop
}

/// Every source tensor accounted for and every canonical tensor sourced, before any byte of weights is read.
public struct Plan: Equatable, Sendable {
  /// One size and its value in this model.
  public struct Size: Equatable, Sendable {
    /// Its letter in the table.
    public let letter: String
    /// Its name in the table.
    public let name: String
    /// Its value.
    public let value: Int
  }

  /// One canonical tensor and the source that fills it.
  public struct Step: Equatable, Sendable {
    /// The canonical name, with numbers for counters.
    public let tensor: String
    /// The source's name.
    public let source: String
    /// What turns the source into the canonical tensor, first to last.
    public let transforms: [Transform]
    /// The source's shape.
    public let sourceShape: Shape
    /// The canonical shape.
    public fileprivate(set) var shape: Shape
    /// The type of the elements, which planning does not change.
    public let elementType: ElementType
    /// The line of the table that says so.
    public let tableLine: Int
    /// Whether only the rows of the tokens that are kept are taken, behind the transforms.
    public fileprivate(set) var keepsRows = false

    /// What turns the canonical tensor back into the source, first to last.
    public var inverse: [Transform] { transforms.reversed().map(\.inverse) }
  }

  /// A source tensor that is left out on purpose.
  public struct Dropped: Equatable, Sendable {
    /// The source's name.
    public let source: String
    /// The line of the table, or of `Training.names`, that says so; nil when the user does.
    public let tableLine: Int?
    /// The source tensor that this one repeats, as a conversion checks before it is left out.
    public let copyOf: String?
    /// Whether it holds sines and cosines of positions, as a conversion checks before it is left out.
    public var isSinusoid = false
    /// Whether a cosine stands there behind its sine, and not half a row behind it.
    public var isAdjacent = false
    /// Why.
    public let reason: String
  }

  /// A source tensor that no architecture knows and that is carried along unchanged.
  public struct Extra: Equatable, Sendable {
    /// The source's name.
    public let source: String
    /// Its name in the model file: `extra.` and the source's name, or the one that it had before an export.
    public let tensor: String
    /// What turns the source into what it was before an export, first to last.
    public var transforms: [Transform] = []
    /// The type of the elements.
    public let elementType: ElementType
    /// Its shape in the checkpoint.
    public let shape: Shape
  }

  /// One of several models in a checkpoint.
  public struct Part: Equatable, Sendable {
    /// What its names begin with: `teacher.`.
    public let prefix: String
    /// How many tensors have such names.
    public let tensorCount: Int
    /// The architectures and namings that it fits: `bert (huggingface)`.
    public let titles: [String]
  }

  /// The architecture's name.
  public let architecture: String
  /// The digest of the table that made this plan.
  public let revision: String
  /// The naming whose rows the sources match.
  public let naming: String
  /// What stands before the names of the checkpoint where the naming leaves a choice: `bert.`.
  public let prefix: String
  /// The sizes that the shapes reveal, in the order of the table.
  public fileprivate(set) var sizes: [Size]
  /// The optional groups that this model has, in the order of the table.
  public let groups: [String]
  /// One step per canonical tensor, block by block.
  public fileprivate(set) var steps: [Step]
  /// Source tensors left out, in the order of the checkpoint.
  public package(set) var dropped: [Dropped]
  /// Source tensors carried along, in the order of the checkpoint.
  public package(set) var extras: [Extra]
  /// What fine-tuning put on top, where its layout and meaning are known; its tensors are among the extras.
  public package(set) var head: Head?
  /// Those source tensors carried along or left out by the user's word that lie in a block by their names.
  ///
  /// They stand in the order of the checkpoint. Whoever saved them may have computed with them.
  public let unknownInBlocks: [String]
  /// The models in the checkpoint, told apart by what their names begin with; none where there is only this one.
  public internal(set) var parts: [Part] = []

  /// The value of a size, by its name in the table; nil when no tensor shows it.
  public func size(named name: String) -> Int? {
    sizes.first { $0.name == name }?.value
  }

  /// The plan of which tensors of a size have fewer rows, or as many in another order.
  ///
  /// - Parameters:
  ///   - count: How many rows are kept.
  ///   - name: The name of the size, which no tensor has elsewhere than in front.
  package func keeping(_ count: Int, rowsOf name: String, of architecture: Architecture) -> Plan {
    guard let letter = sizes.first(where: { $0.name == name })?.letter else { return self }
    let slots = Set(architecture.tensors.filter { $0.shape.first == .size(letter) }.map(\.name))
    var plan = self
    plan.sizes = sizes.map { $0.letter == letter ? Size(letter: letter, name: name, value: count) : $0 }
    for index in steps.indices where slots.contains(steps[index].tensor) {
      guard let shape = Shape([count] + steps[index].shape.dimensions.dropFirst()) else { continue }
      plan.steps[index].shape = shape
      plan.steps[index].keepsRows = true
    }
    return plan
  }
}
