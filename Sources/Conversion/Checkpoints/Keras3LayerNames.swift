import Bytes
import JSON

/// The names of layers by their groups in a file of Keras 3, found by counting classes in the model's configuration.
///
/// The group of a layer is its class in snake case, and a number from the second of that class on, counted in the
/// order of the model's layers (`_save_container_state` in `keras/src/saving/saving_lib.py`), which is the order in which
/// `config.json` lists them.
struct Keras3LayerNames {
  /// The name of the layer at each place, such as `layers/dense_1`.
  private(set) var names: [Spelling: String] = [:]
  /// The names of the model's own layers, in order; empty when they are not known.
  private(set) var order: [String] = []

  /// Counts the layers of a model and of the models in it.
  ///
  /// A model whose configuration and groups do not agree gets no names: with one layer too many, all numbers of its class
  /// are others.
  ///
  /// - Parameters:
  ///   - groups: The places of all groups in the file.
  ///   - areAll: Whether there were no others; of a file that is cut short, some layers may have lost theirs.
  init(in configuration: JSON, groups: [[String]], areAll: Bool) {
    self.areAll = areAll
    for place in groups where place.dropLast().last == "layers" {
      groupsByModel[Spelling(place.dropLast().joined(separator: "/")), default: []]
        .insert(Spelling(place.joined(separator: "/")))
    }
    count(configuration, in: "layers")
  }

  private let areAll: Bool
  /// The places of the layers of each model, by the path of its group `layers`.
  private var groupsByModel: [Spelling: Set<Spelling>] = [:]

  private mutating func count(_ model: JSON, in group: String) {
    guard let layers = model["config"]?["layers"]?.elements else { return }
    let places = groupsByModel[Spelling(group)] ?? []
    var counts: [String: Int] = [:]
    var found: [(place: Spelling, name: String, layer: JSON)] = []
    for layer in layers where !layer.isOperation {
      guard let kind = layer["class_name"]?.string, let name = layer.layerName else { return }
      let key = snakeCase(kind)
      let number = counts[key, default: 0]
      counts[key] = number + 1
      let place = Spelling("\(group)/\(key)" + (number == 0 ? "" : "_\(number)"))
      // A Sequential lists its input and does not count it among its layers.
      if kind != "InputLayer" || places.contains(place) { found.append((place, name, layer)) }
    }
    let counted = Set(found.map(\.place))
    guard areAll ? counted == places : counted.isSuperset(of: places) else { return }
    if group == "layers" { order = found.map(\.name) }
    for (place, name, layer) in found {
      names[place] = name
      count(layer, in: "\(place.text)/layers")
    }
  }
}

extension JSON {
  /// Keras writes the name beside a layer's configuration, and most layers repeat it inside.
  fileprivate var layerName: String? { self["name"]?.string ?? self["config"]?["name"]?.string }

  /// A function of `keras.ops` stands among the layers and is none.
  fileprivate var isOperation: Bool { self["module"]?.string?.contains(".ops.") ?? false }
}

/// Writes a class's name as Keras names its group: `to_snake_case` in `keras/src/utils/naming.py`, two substitutions.
///
/// A registered class has its package before it, `bert4keras>MultiHeadAttention`, which does not count.
func snakeCase(_ name: String) -> String {
  let name = name.split(separator: ">").last ?? ""
  var letters = Array(
    name.unicodeScalars.filter { $0 == "_" || $0.properties.isAlphabetic || ("0"..."9").contains($0) })
  // A capital with small letters behind it begins a word, wherever it stands: `(.)([A-Z][a-z]+)`, then `([a-z])([A-Z])`.
  letters = separated(letters) { letters, index in
    letters[index].isCapital && index + 1 < letters.count && letters[index + 1].isSmall
  }
  letters = separated(letters) { letters, index in letters[index].isCapital && letters[index - 1].isSmall }
  var text = String.UnicodeScalarView()
  text.append(contentsOf: letters)
  return String(text).lowercased()
}

/// Puts a low line before each letter that begins a word; the first letter needs none.
private func separated(
  _ letters: [Unicode.Scalar], where begins: ([Unicode.Scalar], Int) -> Bool
) -> [Unicode.Scalar] {
  var result: [Unicode.Scalar] = []
  for index in letters.indices {
    if index > 0, begins(letters, index) { result.append("_") }
    result.append(letters[index])
  }
  return result
}

extension Unicode.Scalar {
  fileprivate var isCapital: Bool { ("A"..."Z").contains(self) }
  fileprivate var isSmall: Bool { ("a"..."z").contains(self) }
}
