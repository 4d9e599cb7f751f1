import Bytes

/// What happened to the bytes of a chunk before they were stored, in the order in which it happened.
///
/// HDF5 File Format Specification 3.0, IV.A.2.l. "The Data Storage - Filter Pipeline Message".
struct FilterPipeline: Sendable {
  /// One filter with its client data.
  struct Filter: Sendable {
    let identifier: UInt16
    let name: String
    let parameters: [UInt32]

    /// The filter as one that this reader can undo.
    var known: Known? { Known(rawValue: identifier) }
  }

  let filters: [Filter]

  init(filters: [Filter] = []) {
    self.filters = filters
  }

  init(_ cursor: inout Cursor) throws {
    let place = cursor
    let version = try cursor.version(1...2, of: "a filter pipeline")
    let count = Int(try cursor.u8("the number of filters"))
    guard count <= Limits.filters else {
      throw place.damaged(found: "\(count) filters", expected: "at most \(Limits.filters)")
    }
    if version == 1 { try cursor.skip(6, "the padding of a filter pipeline") }
    var filters: [Filter] = []
    for _ in 0..<count {
      let identifier = try cursor.u16("the identifier of a filter")
      let isNamed = version == 1 || identifier >= 256
      let nameSize = isNamed ? Int(try cursor.u16("the length of a filter's name")) : 0
      _ = try cursor.u16("the flags of a filter")
      let parameterCount = Int(try cursor.u16("the number of a filter's parameters"))
      let storedName = try cursor.bytes(version == 1 ? (nameSize + 7) & ~7 : nameSize, "the name of a filter")
      let parameters = try cursor.bytes(4 * parameterCount, "the parameters of a filter")
      if version == 1, parameterCount % 2 == 1 { try cursor.skip(4, "the padding of a filter") }
      filters.append(
        Filter(
          identifier: identifier, name: Self.name(of: identifier, stored: storedName),
          parameters: try Self.integers(parameters)))
    }
    self.filters = filters
  }

  /// The filters that this reader undoes.
  enum Known: UInt16 {
    case deflate = 1
    case shuffle = 2
    case fletcher32 = 3
    case szip = 4
    case nBit = 5
    case scaleOffset = 6
    case lzf = 32_000

    /// Their names, for messages.
    static let names = "deflate, shuffle, fletcher32, szip, nbit, scaleoffset or lzf"
  }

  /// The registered names of filters (The HDF Group's list of registered filter plugins).
  private static let names: [UInt16: String] = [
    1: "deflate", 2: "shuffle", 3: "fletcher32", 4: "szip", 5: "nbit", 6: "scaleoffset",
    307: "bzip2", 32_000: "lzf", 32_001: "blosc", 32_004: "lz4", 32_008: "bitshuffle", 32_013: "zfp",
    32_015: "zstd", 32_026: "blosc2",
  ]

  private static func name(of identifier: UInt16, stored: ByteView) -> String {
    if let name = names[identifier] { return name }
    let name = stored.withUnsafeBytes { String(decoding: $0.prefix { $0 != 0 }.prefix(64), as: UTF8.self) }
    return name.isEmpty ? "filter \(identifier)" : name
  }

  private static func integers(_ view: ByteView) throws -> [UInt32] {
    var cursor = Cursor(view)
    return try (0..<(view.count / 4)).map { _ in try cursor.u32("a parameter of a filter") }
  }
}
