import Bytes
import Heads

/// What the user says of a head: its kind, its layers, and what no file tells of them.
public struct HeadDescription: Equatable, Sendable {
  /// A layer by the name that its tensors have in the checkpoint.
  public struct Layer: Equatable, Sendable {
    /// The name: `Dense-1`.
    public var name: String
    /// What follows its product; nil where the user does not say.
    public var activation: HeadSettings.Activation?
  }

  /// The kind.
  public var kind: HeadSettings.Kind
  /// The layers, in the order in which they are applied; of a CRF and a Markov model, the last holds the transitions.
  public var layers: [Layer] = []
  /// What the first layer reads.
  public var input: HeadSettings.Input?
  /// What transitions are to be multiplied with: bert4keras' `lr_multiplier`.
  public var multiplier: Double?
  /// The number of features of a pointer's query: `head_size`.
  public var size: Int?
  /// Whether a pointer turns queries and keys: `RoPE`.
  public var turns: Bool?
  /// Whether a pointer's spans go forwards: `tril_mask`.
  public var isTriangular: Bool?
  /// The labels with which a path may begin, and end, by number.
  public var starts, ends: [Int]?

  /// Reads `KIND=LAYER,…`: the names of layers, behind each the word for its activation; what the head reads (`first`, `pooler`, `mean`, `max`,
  /// `tokens`); and `lr_multiplier=`, `head_size=`, `rope=`, `tril_mask=`, `starts=0+1` and `ends=`.
  ///
  /// - Throws: `Problem` of kind *mismatched* for a kind, a word or a number that is none.
  public init(_ text: String) throws {
    let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let kinds = HeadSettings.Kind.allCases.map(\.rawValue)
    guard let kind = HeadSettings.Kind(rawValue: sides[0] == "classifier" ? "sequence" : sides[0]) else {
      throw Problem(
        .mismatched, file: "--head", found: "\"\(sides[0])\"",
        expected: "one of classifier, \(kinds.joined(separator: ", "))",
        advice: nearestWord(to: sides[0], among: kinds).map { "Did you mean \($0)?" })
    }
    self.kind = kind
    for word in sides.count == 2
      ? sides[1].split(separator: ",", omittingEmptySubsequences: false).map(String.init) : []
    {
      try read(word)
    }
  }

  private mutating func read(_ word: String) throws {
    if let activation = HeadSettings.Activation(rawValue: word), !layers.isEmpty {
      layers[layers.count - 1].activation = activation
    } else if let input = HeadSettings.Input(rawValue: word) {
      self.input = input
    } else if let equals = word.firstIndex(of: "=") {
      try set(String(word[..<equals]), to: String(word[word.index(after: equals)...]))
    } else {
      guard !word.isEmpty else { throw problem(word, "the name of a layer") }
      layers.append(Layer(name: word))
    }
  }

  private mutating func set(_ name: String, to value: String) throws {
    switch name {
    case "lr_multiplier":
      guard let number = Double(value), number.isFinite, number != 0 else { throw problem(value, "a number") }
      multiplier = number
    case "head_size":
      guard let number = Int(value), number > 0 else { throw problem(value, "a positive number") }
      size = number
    case "rope": turns = try truth(value)
    case "tril_mask": isTriangular = try truth(value)
    case "starts": starts = try numbers(value)
    case "ends": ends = try numbers(value)
    default: throw problem(name, "lr_multiplier, head_size, rope, tril_mask, starts or ends")
    }
  }

  private func truth(_ text: String) throws -> Bool {
    guard let value = Bool(text.lowercased()) else { throw problem(text, "true or false") }
    return value
  }

  private func numbers(_ text: String) throws -> [Int] {
    let numbers = text.split(separator: "+").compactMap { Int($0) }
    guard !numbers.isEmpty, numbers.allSatisfy({ $0 >= 0 }) else {
      throw problem(text, "numbers of labels, joined by +")
    }
    return numbers
  }

  private func problem(_ found: String, _ expected: String) -> Problem {
    Problem(.mismatched, file: "--head", found: "\"\(found)\"", expected: expected)
  }
}
