/// The bounds that keep a hostile file's work and memory in proportion to its size.
///
/// Each is far above what real files hold; passing one is a problem of kind *refused* or *damaged*, never a slow read.
enum Limits {
  /// How deep groups may nest.
  static let depth = 32
  /// How many objects one file may list.
  static let objects = 2_000_000
  /// How many blocks one object header may be scattered over.
  static let continuations = 256
  /// How many messages one object header may hold.
  static let messages = 65_536
  /// How many messages a header may hold before reading it again counts.
  static let messagesOfOrdinaryHeader = 64
  /// How many messages of such headers may be read again, because several links lead to them.
  static let messagesReadAgain = 1_000_000
  /// How many bytes the paths of a listing may have together: every object below a long name repeats it.
  static let pathBytes = 64 << 20
  /// How many dimensions a dataspace may have (the specification's own limit).
  static let rank = 32
  /// How many bytes a link's or an attribute's name may have.
  static let nameBytes = 4_096
  /// How many bytes the strings of one attribute may have together.
  static let attributeBytes = 16 << 20
  /// How many filters a pipeline may have (the specification's own limit).
  static let filters = 32
  /// How many times longer than its stored form a chunk can be that is compressed by what it holds (zlib's technical notes: 1032 to 1).
  static let inflation = 1_032
  /// How many bytes a chunk may have whatever is stored of it: of equal numbers the scale-offset filter stores one.
  static let chunkBytesOfOne = 16 << 20
  /// How many times the file's size all data may have together, beyond a first gigabyte.
  static let expansion = 16
  /// How many bytes the chunks may have that one row of the tensor passes through.
  static let chunkRowBytes = 1 << 30
}
