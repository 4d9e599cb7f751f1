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
    public fileprivate(set) var children: [(name: String, node: Int)] = []
    /// Its values; a variable has one.
    public fileprivate(set) var values: [Value] = []
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
  /// - Throws: `Problem` of kind *damaged* when a message is malformed or a child is no node of the graph, *refused* beyond
  ///   the limits.
  init(_ bytes: ByteView) throws {
    var message = Message(bytes)
    var nodes: [Node] = []
    var farthest: (node: Int, field: Message.Field)?
    while let field = try message.next() {
      guard field.number == 1 else { continue }
      guard nodes.count < Limits.nodes else {
        throw Problem(
          .refused, file: bytes.file, object: ObjectGraph.key, byte: bytes.start,
          found: "a graph of more than \(Limits.nodes) objects", expected: "at most that many")
      }
      let node = try Node(field.message("an object"))
      for child in node.children where child.node > farthest?.node ?? -1 { farthest = (child.node, field) }
      nodes.append(node)
    }
    if let farthest, farthest.node >= nodes.count {
      throw farthest.field.damaged(
        found: "a child that is object \(farthest.node)", expected: "one of the \(nodes.count) objects, counted from 0")
    }
    self.nodes = nodes
  }
}

extension ObjectGraph.Node {
  fileprivate init(_ message: Message) throws {
    var message = message
    while let field = try message.next() {
      switch field.number {
      case 1: children.append(try Self.child(field.message("a child")))
      case 2: values.append(try ObjectGraph.Value(field.message("a value")))
      default: break
      }
    }
  }

  private static func child(_ message: Message) throws -> (name: String, node: Int) {
    var message = message
    var (name, node) = ("", 0)
    while let field = try message.next() {
      switch field.number {
      case 1: node = try field.size("the object of a child")
      case 2: name = try field.text("the name of a child")
      default: break
      }
    }
    return (name, node)
  }
}

extension ObjectGraph.Value {
  fileprivate init(_ message: Message) throws {
    var message = message
    var (fullName, key) = ("", "")
    while let field = try message.next() {
      switch field.number {
      case 2: fullName = try field.text("the name of a variable")
      case 3: key = try field.text("the key of a value")
      default: break
      }
    }
    self.init(fullName: fullName, key: key)
  }
}
