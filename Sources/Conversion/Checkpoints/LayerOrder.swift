import Bytes

/// In which order a Keras layer counts the weights of the layers that it holds.
///
/// Legacy files count them as the layer made them (`layer.weights`); files of Keras 3 sort them by attribute. For the layers
/// below, the order in which they are made is known, from the sources named.
enum LayerOrder {
  /// The attributes of known layers in the order in which their weights count.
  private static let known: [[String]] = [
    // bert4keras 0.11.5, layers.py: MultiHeadAttention, FeedForward with up to two gates, GatedAttentionUnit
    // (of one and of several inputs), EfficientGlobalPointer, and the condition of LayerNormalization.
    ["q_dense", "k_dense", "v_dense", "o_dense"],
    ["i0_dense", "i1_dense", "o_dense"],
    ["i_dense", "q_scaleoffset", "k_scaleoffset", "o_dense"],
    ["uq_dense", "k_dense", "v_dense", "o_dense"],
    ["p_dense", "q_dense"],
    ["hidden_dense", "beta_dense", "gamma_dense"],
    // Keras 3 and 2.15: MultiHeadAttention, Bidirectional.
    ["query_dense", "key_dense", "value_dense", "output_dense"],
    ["_query_dense", "_key_dense", "_value_dense", "_output_dense"],
    ["forward_layer", "backward_layer"],
  ]

  /// Puts the objects of one layer in the order of a legacy file: the layer's own weights, then those of the one layer that
  /// it wraps, or of layers whose order is known.
  ///
  /// - Parameter parts: The objects, each with the attributes on the way to it; at most as many as groups may nest.
  /// - Returns: nil when the order cannot be told.
  static func ordered<Part>(_ parts: [(Part, ArraySlice<String>)]) -> [Part]? {
    let own = parts.filter { $0.1.isEmpty }.map(\.0)
    let inner = Dictionary(grouping: parts.filter { !$0.1.isEmpty }) { Spelling($0.1.first ?? "") }
    guard inner.count > 1 || !own.isEmpty && !inner.isEmpty else {
      guard let only = inner.values.first else { return own }
      return ordered(only.map { ($0.0, $0.1.dropFirst()) })
    }
    let attributes = Set(inner.keys)
    let orders = known.map { $0.map { Spelling($0) } }.filter { attributes.isSubset(of: $0) }
    guard let order = orders.first, orders.count == 1 else { return nil }
    var result = own
    for attribute in order {
      guard let parts = inner[attribute] else { continue }
      guard let below = ordered(parts.map { ($0.0, $0.1.dropFirst()) }) else { return nil }
      result += below
    }
    return result
  }
}
