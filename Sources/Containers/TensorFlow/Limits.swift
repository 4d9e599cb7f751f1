/// The bounds that keep a hostile checkpoint's work and memory in proportion to its size.
///
/// Each is far above what real checkpoints hold.
enum Limits {
  /// How many bytes one compressed block of an index may have, expanded; TensorFlow fills blocks to 256 KiB.
  static let blockBytes = 64 << 20
  /// How many bytes one key of an index may have.
  static let keyBytes = 64 << 10
  /// How many bytes all keys together may have: prefixes are shared, so that few bytes can stand for many.
  static let allKeyBytes = 256 << 20
  /// How many entries an index may have.
  static let entries = 1_000_000
  /// How many bytes one message of an index may have; an entry of 1,024 slices has some 30 KiB.
  static let messageBytes = 1 << 20
  /// How many messages may lie in each other; those of a checkpoint are three deep.
  static let messageDepth = 8
  /// How many bytes the name of a tensor may have.
  static let nameBytes = 4_096
  /// How many extents a tensor may have, which is TensorFlow's own limit (`TensorShape::MaxDimensions`).
  static let rank = 254
  /// How many slices a partitioned tensor may have.
  static let slices = 1_024
  /// Along how many axes a tensor may be cut into slices; TensorFlow's partitioners cut along one.
  static let cutAxes = 4
  /// How many bytes the graph of objects may have; that of a BERT-large with its optimizer has less than 1 MiB.
  static let graphBytes = 8 << 20
  /// How many nodes a graph of objects may have.
  static let nodes = 1_000_000
  /// How many bytes the file `checkpoint` may have.
  static let stateBytes = 1 << 20
}
