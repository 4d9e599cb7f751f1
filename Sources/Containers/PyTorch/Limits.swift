/// The bounds that keep a hostile file's work and memory in proportion to its size.
///
/// Each is far above what real files hold.
enum Limits {
  /// How many bytes a pickle may have; a state dictionary takes about a hundred for each tensor.
  static let pickleBytes = 256 << 20
  /// How many instructions a pickle may have.
  static let instructions = 50_000_000
  /// How many values a pickle may remember for later.
  static let memo = 10_000_000
  /// How many values may lie on the stack.
  static let stack = 1_000_000
  /// How many bytes one text may have.
  static let textBytes = 64 << 20
  /// How many tensors, those of an optimizer included, a file may have.
  static let tensors = 1_000_000
  /// How many bytes the name of a tensor may have.
  static let nameBytes = 4_096
  /// How many bytes the names of all tensors may have together: one long text can be a part of many.
  static let allNameBytes = 64 << 20
  /// How many times the search for tensors may look at each value, on the average: one container can lie in many others.
  static let visits = 16
  /// How many dictionaries and lists may lie inside each other.
  static let depth = 100
  /// How many extents a tensor may have.
  static let rank = 32
  /// How many times the bytes of the file all tensors together may have, beyond a first gigabyte: one storage can be many tensors,
  /// and a stride of zero repeats an element without end.
  static let expansion = 16
}
