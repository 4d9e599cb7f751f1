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
    names.isEmpty
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
      if graph.nodes[layer].children.contains(where: { $0.name == "layer_with_weights-0" }) {
        guard readLayers(of: layer, depth: depth + 1) else { return false }
      } else {
        var weights: [Weight] = []
        gather(from: layer, depth: 0, into: &weights)
        guard let name = weights.first?.layer, !name.isEmpty, weights.allSatisfy({ $0.layer == name }) else {
          return weights.isEmpty
        }
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
