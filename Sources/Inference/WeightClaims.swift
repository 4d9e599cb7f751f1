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
  private let prefixes: Set<Substring>
  private var mismatches: [Mismatch] = []

  /// A weight that does not fit; its sentence waits until all sizes are known.
  private enum Mismatch {
    case missing(String, [Extent])
    case mistyped(String, ElementType)
    case misshapen(String, Shape, [Extent])
  }

  /// Begins with nothing asked for; weights under `extra.` are carried for others and never asked for.
  init(_ store: any WeightStore) {
    self.store = store
    let names = store.names.filter { !$0.hasPrefix("extra.") }
    unclaimed = Set(names)
    prefixes = Set(
      names.flatMap { name in
        name.indices.filter { name[$0] == "." }.map { name[...$0] }
      })
  }

  /// Whether there is a weight, asked for or not, whose name begins with these parts; the last is followed by a dot.
  func hasWeights(_ prefix: String) -> Bool {
    prefixes.contains(prefix[...])
  }

  /// Asks for a weight; one that does not fit is remembered, and stands in as an empty tensor until ``finish()`` throws.
  mutating func claim(_ name: String, _ extents: Extent...) -> Tensor {
    unclaimed.remove(name)
    if let tensor = store.weight(name) {
      if ![.float16, .bfloat16, .float32].contains(tensor.elementType) {
        mismatches.append(.mistyped(name, tensor.elementType))
      } else if tensor.shape.dimensions.contains(0) || !bind(extents, to: tensor.shape) {
        mismatches.append(.misshapen(name, tensor.shape, extents))
      } else {
        return tensor
      }
    } else {
      mismatches.append(.missing(name, extents))
    }
    return Tensor([Float](), shape: [0])!
  }

  /// Checks that everything fitted and nothing is left over.
  ///
  /// - Throws: `Problem` of kind *mismatched* that lists every weight that is missing, misshapen or left over; the
  ///   first hundred, when there are more.
  func finish() throws {
    var found = mismatches.prefix(WeightClaims.listed).map(sentence)
    found += unclaimed.sorted().prefix(WeightClaims.listed - found.count).map { "\($0), which the model does not use" }
    guard !found.isEmpty else { return }
    let rest = mismatches.count + unclaimed.count - found.count
    if rest > 0 { found.append("and \(rest) more") }
    throw Problem(
      .mismatched, file: store.file, found: found.joined(separator: "; "), expected: "exactly the weights of a BERT",
      advice: "Convert the checkpoint again with the architecture that it was trained as")
  }

  /// How many mismatches a message lists: more than a person reads.
  private static var listed: Int { 100 }

  private func sentence(_ mismatch: Mismatch) -> String {
    switch mismatch {
    case .missing(let name, let extents): "no \(name) \(spelling(extents))"
    case .mistyped(let name, let type): "\(name) of type \(type), not float16, bfloat16 or float32"
    case .misshapen(let name, let shape, let extents): "\(name) of shape \(shape), not \(spelling(extents))"
    }
  }

  /// Spells extents: `[F, H = 16]`, where nothing has shown the value of F.
  private func spelling(_ extents: [Extent]) -> String {
    let spellings = extents.map { extent in
      switch extent {
      case .fixed(let number): String(number)
      case .size(let size): sizes[size].map { "\(size.rawValue) = \($0)" } ?? size.rawValue
      }
    }
    return "[" + spellings.joined(separator: ", ") + "]"
  }

  /// Gives unknown sizes their values; false when the rank or a known size differs, and then nothing changes.
  private mutating func bind(_ extents: [Extent], to shape: Shape) -> Bool {
    guard shape.rank == extents.count else { return false }
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
}
