import Bytes
import Tensors

/// The weights that a model asks for, each by name and shape, and everything that does not fit.
///
/// Sizes are letters, as in the name tables: the first weight that has one gives it its value, later ones must agree.
struct WeightClaims {
  /// One extent of a weight.
  enum Extent {
    /// A size of the model.
    case size(Size)
    /// A number that the computation fixes.
    case fixed(Int)
  }

  /// The sizes of a model, by the letters of the name tables.
  enum Size: String {
    case vocabulary = "V"
    case positions = "P"
    case segments = "S"
    case embedding = "E"
    case width = "H"
    case feedForward = "F"
  }

  /// The sizes known so far.
  private(set) var sizes: [Size: Int] = [:]
  private let store: any WeightStore
  private var unclaimed: Set<String>
  private var mismatches: [String] = []

  /// Begins with nothing asked for; weights under `extra.` are carried for others and never asked for.
  init(_ store: any WeightStore) {
    self.store = store
    unclaimed = Set(store.names.filter { !$0.hasPrefix("extra.") })
  }

  /// Whether there is a weight, claimed or not, whose name begins so.
  func hasWeights(_ prefix: String) -> Bool {
    store.names.contains { $0.hasPrefix(prefix) }
  }

  /// Asks for a weight; one that does not fit is remembered, and stands in as an empty tensor until ``finish()`` throws.
  mutating func claim(_ name: String, _ extents: Extent...) -> Tensor {
    let none = Tensor([Float](), shape: [0])!
    unclaimed.remove(name)
    guard let tensor = store.weight(name) else {
      mismatches.append("no \(name)\(expectation(extents).map { " of shape \($0)" } ?? "")")
      return none
    }
    guard [.float16, .bfloat16, .float32].contains(tensor.elementType) else {
      mismatches.append("\(name) of type \(tensor.elementType), not float16, bfloat16 or float32")
      return none
    }
    guard tensor.shape.rank == extents.count, !tensor.shape.dimensions.contains(0), bind(extents, to: tensor.shape)
    else {
      let letters = extents.map(\.letter).joined(separator: ", ")
      let solved = expectation(extents).map { " = \($0)" } ?? ""
      mismatches.append("\(name) of shape \(tensor.shape), not [\(letters)]\(solved)")
      return none
    }
    return tensor
  }

  /// Checks that everything fitted and nothing is left over.
  ///
  /// - Throws: `Problem` of kind *mismatched* that lists every weight that is missing, misshapen or left over.
  func finish() throws {
    let leftovers = unclaimed.sorted().map { "\($0), which the model does not use" }
    let all = mismatches + leftovers
    guard !all.isEmpty else { return }
    throw Problem(
      .mismatched, file: store.file, found: all.joined(separator: "; "), expected: "exactly the weights of a BERT",
      advice: "Convert the checkpoint again with the architecture that it was trained as")
  }

  /// Gives unknown sizes their values; false when a known one differs, and then nothing changes.
  private mutating func bind(_ extents: [Extent], to shape: Shape) -> Bool {
    var bound = sizes
    for (extent, value) in zip(extents, shape.dimensions) {
      switch extent {
      case .fixed(let number):
        guard value == number else { return false }
      case .size(let size):
        guard bound[size, default: value] == value else { return false }
        bound[size] = value
      }
    }
    sizes = bound
    return true
  }

  /// The shape that is expected, when all its sizes are known.
  private func expectation(_ extents: [Extent]) -> Shape? {
    let values = extents.compactMap { extent in
      switch extent {
      case .fixed(let number): number
      case .size(let size): sizes[size]
      }
    }
    return values.count == extents.count ? Shape(values) : nil
  }
}

extension WeightClaims.Extent {
  fileprivate var letter: String {
    switch self {
    case .fixed(let number): String(number)
    case .size(let size): size.rawValue
    }
  }
}
