/// What fine-tuning put on top of a model, and how its scores become labels.
///
/// The tensors are those of the model file, under the names and in the layout that their source gave them.
public struct HeadSettings: Equatable, Sendable {
  /// What the head tells.
  public enum Kind: String, CaseIterable, Sendable {
    /// One label of several for a text, or for a pair of texts.
    case sequence
    /// Which of several texts is right, by a score for each.
    case choice
    /// A label for each token.
    case token
    /// Where an answer begins and where it ends (Rajpurkar and others 2016).
    case span
    /// A label for each token, by the best path (Lafferty and others 2001; bert4keras 0.11.5, `layers.py:1085-1200`).
    case crf
    /// The same for a maximum entropy Markov model (`layers.py:1203-1382`).
    case memm
    /// Every pair of a first and a last token with a score above 0 (`layers.py:1385-1455`; Su, post 8373).
    case globalPointer = "global-pointer"
    /// The same with one pair of queries and keys for all labels (`layers.py:1458-1495`; Su, post 8877).
    case efficientGlobalPointer = "efficient-global-pointer"
  }

  /// What the first layer reads.
  public enum Input: String, CaseIterable, Sendable {
    /// The vector of the first token.
    case first
    /// The vector that the pooler makes of the first token.
    case pooler
    /// The mean over the tokens that are no padding.
    case mean
    /// The largest value of each feature over these tokens.
    case max
    /// The vector of every token.
    case tokens
  }

  /// What follows a layer's product.
  public enum Activation: String, CaseIterable, Sendable {
    case geluErf = "gelu-erf"
    case geluTanh = "gelu-tanh"
    case linear, relu, sigmoid, softmax, swish, tanh
  }

  /// A matrix of the model file.
  public struct Matrix: Equatable, Sendable {
    /// Its name: `extra.classifier.weight`.
    public var tensor: String
    /// Whether it lies [in, out], as Keras has it.
    public var isTransposed: Bool

    /// Names a matrix.
    public init(_ tensor: String, isTransposed: Bool) {
      (self.tensor, self.isTransposed) = (tensor, isTransposed)
    }
  }

  /// A dense layer.
  public struct Layer: Equatable, Sendable {
    /// Its matrix.
    public var weight: Matrix
    /// The name of its bias; nil for none.
    public var bias: String?
    /// What follows.
    public var activation: Activation

    /// Joins the parts of a layer.
    public init(_ weight: Matrix, bias: String?, activation: Activation = .linear) {
      (self.weight, self.bias, self.activation) = (weight, bias, activation)
    }
  }

  /// How the labels of tokens depend on each other.
  public struct Transitions: Equatable, Sendable {
    /// The stored matrix [labels, labels], from label to label; or two factors [labels, size], of which it is the product L Rᵀ.
    public var tensors: [String]
    /// What each stored matrix is to be multiplied with: bert4keras' `lr_multiplier`, which no file of weights tells.
    public var multiplier: Double
    /// The labels with which a path may begin, by number.
    public var starts: [Int]
    /// The labels with which it may end.
    public var ends: [Int]

    /// Gathers what is known of transitions.
    public init(_ tensors: [String], multiplier: Double, starts: [Int] = [0], ends: [Int] = [0]) {
      (self.tensors, self.multiplier, self.starts, self.ends) = (tensors, multiplier, starts, ends)
    }
  }

  /// How pairs of tokens are scored.
  public struct Pointer: Equatable, Sendable {
    /// The number of features of a query and of a key.
    public var size: Int
    /// Whether queries and keys are turned by their positions.
    public var turns: Bool
    /// Whether a span's last token may stand before its first.
    public var isTriangular: Bool

    /// Gathers what is known of pairs.
    public init(size: Int, turns: Bool = true, isTriangular: Bool = true) {
      (self.size, self.turns, self.isTriangular) = (size, turns, isTriangular)
    }
  }

  /// How labels of tokens become spans of the text.
  public enum Grouping: String, CaseIterable, Sendable {
    /// `B-` begins a span and any `I-` goes on with it (bert4keras, `task_sequence_labeling_ner_crf.py:135-150`).
    case entities
    /// `B-` begins a span, and so does an `I-` of another label than before it (transformers, `aggregation_strategy="simple"`).
    case runs
    /// `S` and `B` begin a word, others go on with it (`task_sequence_labeling_cws_crf.py:128-135`).
    case words
    /// Every token is a span of its own.
    case tokens
  }

  /// What it tells.
  public var kind: Kind
  /// What it reads.
  public var input: Input
  /// Its dense layers, in order.
  public var layers: [Layer]
  /// Of a CRF and a Markov model.
  public var transitions: Transitions?
  /// Of pointers.
  public var pointer: Pointer?
  /// Of labels of tokens.
  public var grouping: Grouping?
  /// The names of the labels in the order of the scores; nil where nobody knows them.
  public var labels: [String]?

  /// Gathers settings.
  public init(
    _ kind: Kind, of input: Input, layers: [Layer], transitions: Transitions? = nil, pointer: Pointer? = nil,
    grouping: Grouping? = nil, labels: [String]? = nil
  ) {
    (self.kind, self.input, self.layers, self.transitions) = (kind, input, layers, transitions)
    (self.pointer, self.grouping, self.labels) = (pointer, grouping, labels)
  }
}

extension HeadSettings {
  /// The names of all tensors that the head has.
  public var tensors: [String] {
    layers.flatMap { [$0.weight.tensor] + ($0.bias.map { [$0] } ?? []) } + (transitions?.tensors ?? [])
  }

  /// Whether each token has labels of its own, and not the text.
  public var isOfTokens: Bool { kind != .sequence && kind != .choice }

  /// The name of a label: its number, where nobody knows its name.
  public func name(ofLabel index: Int) -> String { labels.map { $0[index] } ?? "\(index)" }
}

extension HeadSettings.Grouping {
  /// How labels with such names group tokens.
  ///
  /// - Parameter isBERT4Keras: Whether a program of bert4keras made the model, whose examples go on with a span by any `I-`.
  public init(of labels: [String], isBERT4Keras: Bool) {
    let parts = labels.map { $0.split(separator: "-", maxSplits: 1).map(String.init) }
    if Set(labels).isSubset(of: ["S", "B", "M", "E"]), labels.contains("B") {
      self = .words
    } else if labels.contains("O"), parts.allSatisfy({ $0 == ["O"] || $0.count == 2 && ["B", "I"].contains($0[0]) }) {
      self = isBERT4Keras ? .entities : .runs
    } else {
      self = .tokens
    }
  }
}
