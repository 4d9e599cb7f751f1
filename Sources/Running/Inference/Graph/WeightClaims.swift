import Bytes
import Tensors

/// The weights that a model asks for, each by name and shape, and everything that does not fit.
///
/// Sizes have the names of the name tables: the first weight that has one gives it its value, later ones must agree.
struct WeightClaims {
  /// The sizes known so far.
  private(set) var sizes: [Size: Int] = [:]
  private let store: any WeightStore
  private let architecture: String
  private var claimed: [String: Tensor] = [:]
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
  init(_ store: any WeightStore, of architecture: String) {
    self.store = store
    self.architecture = architecture
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

  /// Whether there is a weight of this name, asked for or not.
  func hasWeight(_ name: String) -> Bool {
    store.weight(name) != nil
  }

  /// Asks for a weight; one that does not fit is remembered, and stands in as an empty tensor until ``finish()`` throws.
  ///
  /// A weight that several parts share is asked for by each of them, in the same shape.
  mutating func claim(_ name: String, _ extents: Extent...) -> Weight { claim(name, extents) }

  private mutating func claim(_ name: String, _ extents: [Extent]) -> Weight {
    if let tensor = claimed[name] { return Weight(name, tensor) }
    let tensor = store.weight(name).flatMap { checked($0, name, extents) }
    if store.weight(name) == nil { mismatches.append(.missing(name, extents)) }
    unclaimed.remove(name)
    claimed[name] = tensor ?? Tensor([Float](), shape: [0])!
    return Weight(name, claimed[name]!)
  }

  /// A weight by its name, whether anybody asks for it or not.
  func tensor(_ name: String) -> Tensor? { store.weight(name) }

  /// Asks for a matrix of a head, which may lie [in, out] and then is turned over in memory: heads are small.
  mutating func claim(_ name: String, isTransposed: Bool, _ extents: Extent...) -> Weight {
    guard isTransposed else { return claim(name, extents) }
    guard let stored = store.weight(name), let tensor = checked(stored, name, extents.reversed()) else {
      return claim(name, extents.reversed())
    }
    return Weight(name, tensor.transposedMatrix)
  }

  /// The weight, if its type and shape serve; else nil, and the mismatch is remembered.
  private mutating func checked(_ tensor: Tensor, _ name: String, _ extents: [Extent]) -> Tensor? {
    if ![.float16, .bfloat16, .float32].contains(tensor.elementType) {
      mismatches.append(.mistyped(name, tensor.elementType))
      return nil
    }
    if tensor.shape.dimensions.contains(0) || !bind(extents, to: tensor.shape) {
      mismatches.append(.misshapen(name, tensor.shape, extents))
      return nil
    }
    return tensor
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
      .mismatched, file: store.file, found: found.joined(separator: "; "),
      expected: "exactly the weights of the architecture \(architecture)",
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

  /// Spells extents: `[feedforward, width = 16]`, where nothing has shown how many features feed-forward layers have.
  private func spelling(_ extents: [Extent]) -> String {
    let spellings = extents.map { extent in
      switch extent {
      case .fixed(let number): String(number)
      case .size(let size): sizes[size].map { "\(size.name) = \($0)" } ?? size.name
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

extension Tensor {
  /// A stored matrix with rows and columns exchanged, in float32.
  fileprivate var transposedMatrix: Tensor {
    let (rows, columns) = (shape.dimensions[0], shape.dimensions[1])
    let values = Float32Kernels().vector(self)
    let turned = (0..<columns).flatMap { column in (0..<rows).map { values[$0 * columns + column] } }
    return Tensor(turned, shape: [columns, rows])!
  }
}
