import Bytes

/// The Python objects that `tf.train.Checkpoint` or Keras' `save_weights` saved, and how they hold each other.
///
/// `TrackableObjectGraph` of `tensorflow/core/protobuf/trackable_object_graph.proto`. Objects may hold each other in
/// circles: whoever follows the children keeps count of where they have been.
public struct ObjectGraph: Sendable {
  /// The objects; the first is the one that was saved.
  public let nodes: [Node]

  /// One object.
  public struct Node: Sendable {
    /// The objects that it holds, in the order in which it came to them, with the names of its attributes.
    public let children: [(name: String, node: Int)]
    /// Its values; a variable has one.
    public let values: [Value]
  }

  /// A value that lies in the checkpoint as a tensor.
  public struct Value: Sendable {
    /// The variable's name in the program: `Embedding-Token/embeddings`; empty where it has none.
    public let fullName: String
    /// The name of the tensor in the checkpoint.
    public let key: String
  }

  /// The name of the tensor that holds the graph.
  public static let key = "_CHECKPOINTABLE_OBJECT_GRAPH"

  /// Reads a graph.
  ///
  /// - Throws: `Problem` of kind *damaged* when the message is malformed or a child is no node of the graph, *refused* beyond
  ///   the limits.
  init(_ bytes: ByteView) throws {
    let graph = try TrackableObjectGraph(decoding: bytes, limit: Limits.graphBytes, object: Self.key)
    guard graph.nodes.count <= Limits.nodes else {
      throw Problem(
        .refused, file: bytes.file, object: Self.key, byte: bytes.start,
        found: "a graph of \(graph.nodes.count) objects", expected: "at most \(Limits.nodes)")
    }
    for child in graph.nodes.lazy.flatMap(\.children) where !graph.nodes.indices.contains(Int(child.nodeID)) {
      throw Cursor(bytes).damaged(
        found: "the object \(child.nodeID) as the child \"\(child.localName)\"",
        expected: "one of the \(graph.nodes.count) objects, counted from 0", object: Self.key)
    }
    nodes = graph.nodes.map { node in
      Node(
        children: node.children.map { ($0.localName, Int($0.nodeID)) },
        values: node.attributes.map { Value(fullName: $0.fullName, key: $0.checkpointKey) })
    }
  }
}
