import Bytes

/// How the chunks of a dataset are found.
///
/// HDF5 File Format Specification 3.0, III.A.1. for the version 1 B-tree of layout version 3, and VII. "Appendix C: Types
/// of Indexes for Dataset Chunks" for those of layout version 4.
enum ChunkIndex: Sendable {
  /// A version 1 B-tree.
  case bTree(UInt64)
  /// The one chunk that there is, with its stored size and filter mask when it is filtered.
  case single(UInt64, filtered: (size: UInt64, mask: UInt32)?)
  /// All chunks one after the other, none filtered.
  case implicit(UInt64)
  /// A fixed array.
  case fixedArray(UInt64)
  /// An extensible array.
  case extensibleArray(UInt64)
  /// A version 2 B-tree.
  case versionTwoBTree(UInt64)

  /// Takes the index of a version 4 layout.
  init(_ cursor: inout Cursor, flags: UInt8) throws {
    let place = cursor
    let type = try cursor.u8("the type of a chunk index")
    guard flags & 0x01 == 0 else {
      throw place.problem(
        .unsupported, found: "chunks whose filters spare the partial ones", expected: "filters on every chunk",
        advice: "Copy the file with h5repack")
    }
    switch type {
    case 1:
      var filtered: (size: UInt64, mask: UInt32)?
      if flags & 0x02 != 0 {
        let size = try cursor.u64("the size of the single chunk")
        filtered = (size, try cursor.u32("the filter mask of the single chunk"))
      }
      self = .single(try cursor.u64("the address of the single chunk"), filtered: filtered)
    case 2: self = .implicit(try cursor.u64("the address of the chunks"))
    case 3:
      try cursor.skip(1, "the page bits of a fixed array")
      self = .fixedArray(try cursor.u64("the address of a fixed array"))
    case 4:
      try cursor.skip(5, "the parameters of an extensible array")
      self = .extensibleArray(try cursor.u64("the address of an extensible array"))
    case 5:
      try cursor.skip(6, "the parameters of a version 2 B-tree")
      self = .versionTwoBTree(try cursor.u64("the address of a version 2 B-tree"))
    default: throw place.damaged(found: "a chunk index of type \(type)", expected: "a type from 1 to 5")
    }
  }

  /// The address of the index itself, undefined when no chunk was ever written.
  var address: UInt64 {
    switch self {
    case .bTree(let address), .single(let address, _), .implicit(let address), .fixedArray(let address),
      .extensibleArray(let address), .versionTwoBTree(let address):
      address
    }
  }
}
