import Bytes
import TensorFlow

/// The addresses by layer, `Embedding-Token[0]`, of the weights that Keras saved as objects.
///
/// Such a checkpoint counts layers (`layer_with_weights-4/q_dense/kernel`) and does not name them; but its graph
/// keeps each variable's name in the program, which begins with its layer's: `Embedding-Token/embeddings`. Within a
/// layer, attributes stand in the order in which the layer made its weights, which is the order of its weights in HDF5
/// (`keras/src/engine/base_layer.py` 2.15, `_gather_children_attribute`, `weights`).
struct KerasObjectNames {
  /// By the name of the tensor: its address, and its place in the order of layers and weights.
  private(set) var names: [Spelling: (name: String, place: Int)] = [:]

  /// What a user should know of such a file.
  var remark: String {
    if areFullNames {
      return
        "The file is object-based: its tensors have the names that the variables had in the program, as its graph of "
        + "objects tells them."
    }
    return names.isEmpty
      ? "The file is object-based: its tensors are named after attributes of Python objects, and the graph does not tell "
        + "the layers of a Keras model. To convert it, load it in the program that wrote it and save the weights as HDF5."
      : "The file is object-based: layers are named by its graph of objects, where those without weights have no name. "
        + "An attention mask, as a language model has, does not show."
  }

  /// Follows the graph from the model, which is the saved object itself or its attribute `model`.
  init(of graph: ObjectGraph?) {
    guard let graph, let root = graph.nodes.first else { return }
    self.graph = graph
    let model = root.children.first { $0.name == "model" }?.node
    var isComplete = true
    for candidate in [0, model].compactMap(\.self) where names.isEmpty {
      isComplete = readLayers(of: candidate, depth: 0)
    }
    // A layer without a name, or one name for two, makes all the others doubtful.
    if !isComplete || Set(names.values.map { Spelling($0.name) }).count != names.count { names = [:] }
    if names.isEmpty { readFullNames(of: graph) }
  }

  /// Whether the graph tells no layers, and the names are those of the variables themselves.
  private(set) var areFullNames = false

  /// Takes the variables' own names, such as `tf_bert_model/bert/pooler/dense/kernel`, less the name of a class of transformers.
  ///
  /// None is taken unless the graph names every variable of the model, each by a name of its own. What training left beside them
  /// keeps the name of its attribute.
  private mutating func readFullNames(of graph: ObjectGraph) {
    let values = graph.nodes.flatMap(\.values).filter { !$0.isOfTraining }
    guard !values.isEmpty, values.allSatisfy({ !$0.fullName.isEmpty }) else { return }
    let paths = values.map { $0.fullName + ":0" }
    let model = paths.lazy.map { String($0.prefix { $0 != "/" }) }.first { $0.hasPrefix("tf") }
    let addresses = model.flatMap { HuggingFaceNames([($0, paths)]).addresses[0] }
    let own = addresses ?? values.map(\.fullName)
    guard Set(own.map { Spelling($0) }).count == own.count else { return }
    for (value, name) in zip(values, own) { names[Spelling(value.key)] = (name, names.count) }
    areFullNames = true
  }

  private var graph: ObjectGraph?
  private var visited: Set<Int> = []

  /// Names the weights of a model's layers; a model among the layers is taken for its own layers.
  ///
  /// - Returns: False when the name of a layer cannot be told.
  private mutating func readLayers(of model: Int, depth: Int) -> Bool {
    guard let graph, depth < 32 else { return false }
    let children = Dictionary(graph.nodes[model].children.map { (Spelling($0.name), $0.node) }) { first, _ in first }
    var number = 0
    while let layer = children[Spelling("layer_with_weights-\(number)")] {
      number += 1
      guard visited.insert(layer).inserted else { continue }
      if graph.nodes[layer].children.contains(where: { $0.name == "layer_with_weights-0" }) {
        guard readLayers(of: layer, depth: depth + 1) else { return false }
      } else {
        var weights: [Weight] = []
        gather(from: layer, depth: 0, into: &weights)
        guard let name = weights.first?.layer else { continue }
        guard !name.isEmpty, weights.allSatisfy({ $0.layer == name }) else { return false }
        for (index, weight) in weights.enumerated() {
          names[Spelling(weight.key)] = ("\(name)[\(index)]", names.count)
        }
      }
    }
    return true
  }

  private struct Weight {
    let key: String
    let layer: String
  }

  /// Lists the variables of a layer: its own ones, then those of the layers that it holds.
  private mutating func gather(from object: Int, depth: Int, into weights: inout [Weight]) {
    guard let graph, depth < 32 else { return }
    let children = graph.nodes[object].children.map(\.node).filter { visited.insert($0).inserted }
    for child in children {
      for value in graph.nodes[child].values {
        // The path from the layer to the variable has as many parts in the program's name as in the graph.
        let parts = value.fullName.split(separator: "/", omittingEmptySubsequences: false)
        weights.append(Weight(key: value.key, layer: parts.dropLast(depth + 1).joined(separator: "/")))
      }
    }
    for child in children where graph.nodes[child].values.isEmpty {
      gather(from: child, depth: depth + 1, into: &weights)
    }
  }
}

extension ObjectGraph.Value {
  /// Whether the value is a slot of an optimizer, the state of one, or a count of checkpoints.
  fileprivate var isOfTraining: Bool {
    key.contains("/.OPTIMIZER_SLOT/")
      || ["optimizer", "save_counter", "keras_api", "metrics"].contains(key.prefix { $0 != "/" })
  }
}
