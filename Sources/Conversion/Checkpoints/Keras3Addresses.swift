import Bytes

/// The addresses of the variables of a file of Keras 3: those of a legacy file, `Embedding-Token[0]`, wherever the file
/// tells the layers' names and the order within a layer.
///
/// A layer inside a model inside the model is `inner/dense[0]`. Where a layer holds others in an order that the file does not
/// tell, they are addressed by attribute: `block/query[0]`. A layer without a name is addressed by its path.
struct Keras3Addresses {
  /// An object with variables, and its address without the number.
  struct Addressed {
    let owner: Keras3Variables.Owner
    /// The address of each of its variables, in order.
    let addresses: [String]
  }

  /// The objects that have variables: by layer in the model's order as far as it is known, else by path.
  private(set) var objects: [Addressed] = []
  /// Whether some layer with variables has no name.
  private(set) var lacksNames = false

  private let names: [Spelling: String]
  private let isWhole: ([String]) -> Bool

  /// Addresses the variables of the objects.
  ///
  /// - Parameters:
  ///   - names: The names of layers by their places, from the model's configuration.
  ///   - order: The names of the model's own layers in order, as far as it is known.
  ///   - isWhole: Whether all that the layer at a place held is among the owners.
  init(
    of owners: [Keras3Variables.Owner], names: [Spelling: String], order: [String],
    isWhole: @escaping ([String]) -> Bool
  ) {
    self.isWhole = isWhole
    self.names = names.merging(
      owners.compactMap { owner in owner.name.map { (Spelling(owner.path), $0) } }, uniquingKeysWith: { $1 })
    var parts: [Spelling: [Keras3Variables.Owner]] = [:]
    for owner in owners where !owner.variables.isEmpty {
      parts[Spelling(owner.layer.joined(separator: "/")), default: []].append(owner)
    }
    let positions = Dictionary(order.enumerated().map { (Spelling($1), $0) }, uniquingKeysWith: min)
    let layers = parts.map { place, owners in
      (
        position: name(of: Array(owners[0].layer.prefix(2))).flatMap { positions[Spelling($0)] } ?? .max,
        place: NaturalOrder(owners[0].layer), owners: owners
      )
    }
    for layer in layers.sorted(by: { ($0.position, $0.place) < ($1.position, $1.place) }) {
      address(layer.owners.sorted { NaturalOrder($0.place) < NaturalOrder($1.place) })
    }
    let all = objects.flatMap(\.addresses)
    if Set(all.map { Spelling($0) }).count < all.count {
      // Two layers of one name make every name doubtful.
      lacksNames = true
      objects = objects.map { Addressed(owner: $0.owner, addresses: $0.owner.paths) }
    }
  }

  /// Addresses the variables of one layer and of the objects in it.
  private mutating func address(_ owners: [Keras3Variables.Owner]) {
    guard owners[0].isOfModel, isWhole(owners[0].layer), let name = name(of: owners[0].layer) else {
      lacksNames = lacksNames || owners[0].isOfModel
      objects += owners.map { Addressed(owner: $0, addresses: $0.paths) }
      return
    }
    if let ordered = LayerOrder.ordered(owners.map { ($0, $0.placeInLayer[...]) }) {
      var count = 0
      for owner in ordered {
        objects.append(Addressed(owner: owner, addresses: owner.numbers(from: count).map { "\(name)[\($0)]" }))
        count += owner.variables.count
      }
    } else {
      for owner in owners {
        let part = ([name] + owner.placeInLayer).joined(separator: "/")
        objects.append(Addressed(owner: owner, addresses: owner.numbers(from: 0).map { "\(part)[\($0)]" }))
      }
    }
  }

  /// The name of a layer, after those of the models that it lies in; nil when one of them is not known.
  private func name(of layer: [String]) -> String? {
    // Variables of the model itself: legacy files of Keras 2.10 and later call them so.
    if layer.isEmpty { return "top_level_model_weights" }
    var found: [String] = []
    for end in stride(from: layer[0] == "layers" ? 2 : 1, through: layer.count, by: 2) {
      guard let name = names[Spelling(layer.prefix(end).joined(separator: "/"))], !name.isEmpty else { return nil }
      found.append(name)
    }
    return found.isEmpty ? nil : found.joined(separator: "/")
  }
}

extension Keras3Variables.Owner {
  /// The place of the layer that the object is or belongs to: `layers/dense_1`, `layers/sequential/layers/dense`, or an
  /// attribute of a model that is a class of its own.
  fileprivate var layer: [String] {
    guard let first = place.first else { return [] }
    var end = min(first == "layers" ? 2 : 1, place.count)
    while end + 1 < place.count, place[end] == "layers" { end += 2 }
    return Array(place.prefix(end))
  }

  /// The attributes on the way from the layer to the object; none for the layer itself.
  fileprivate var placeInLayer: [String] { Array(place.dropFirst(layer.count)) }

  fileprivate func numbers(from first: Int) -> Range<Int> { first..<(first + variables.count) }
}

/// Paths in the order in which `dense_2` comes before `dense_10`.
private struct NaturalOrder: Comparable {
  private let parts: [(stem: Spelling, number: Int)]

  init(_ place: [String]) {
    parts = place.map { part in
      guard let line = part.lastIndex(of: "_"), let number = Int(part[part.index(after: line)...]) else {
        return (Spelling(part), 0)
      }
      return (Spelling(String(part[..<line])), number)
    }
  }

  static func == (left: NaturalOrder, right: NaturalOrder) -> Bool {
    left.parts.elementsEqual(right.parts, by: ==)
  }

  static func < (left: NaturalOrder, right: NaturalOrder) -> Bool {
    left.parts.lexicographicallyPrecedes(right.parts, by: <)
  }
}
