import Bytes

/// The addresses of the weights of an encoder of bert4keras or keras-bert that is one layer of a larger Keras model.
///
/// Keras lists the weights of a model within a model in one group; their paths begin with the names of the inner layers
/// (`model_1/Embedding-Token/embeddings:0`). Keras numbers inner names over a whole session, for which reason weights are
/// otherwise known by position; but the layers of these encoders have names of their own, and name tables know no others. In a
/// graph of TensorFlow 1, a second encoder of a session has a number behind each of them (`Embedding-Token_1`).
struct NestedEncoder {
  /// The address of each weight, `model_1/Embedding-Token[0]`, in the order of the paths.
  let addresses: [String]

  /// Looks at the paths of the weights of a layer; nil where they show no encoder inside it.
  init?(_ paths: [String], in layer: String) {
    let inner = paths.map { $0.split(separator: "/", omittingEmptySubsequences: false).first.map(String.init) ?? "" }
    guard paths.allSatisfy({ $0.contains("/") }), Set(inner.map { Spelling($0) }).count > 1 else { return nil }
    let numbers = Set(inner.map { Self.number(of: $0) })
    let number = numbers.count == 1 ? numbers.first ?? "" : ""
    let names = inner.map { String($0.dropLast(number.count)) }
    guard names.contains(where: { $0.hasSuffix("Embedding-Token") }) else { return nil }
    var counts: [Spelling: Int] = [:]
    addresses = names.map { name in
      let position = counts[Spelling(name), default: 0]
      counts[Spelling(name)] = position + 1
      return "\(layer)/\(name)[\(position)]"
    }
  }

  /// The number that TensorFlow 1 put behind the name of a layer, `_1`; empty where there is none.
  private static func number(of name: String) -> String {
    guard let line = name.lastIndex(of: "_"), let number = Int(name[name.index(after: line)...]), number > 0,
      name[line...] == "_\(number)"
    else { return "" }
    return String(name[line...])
  }
}
