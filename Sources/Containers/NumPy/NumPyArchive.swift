import Bytes
import Zip

/// The arrays of a `.npz` archive, as `numpy.savez` and `numpy.savez_compressed` write it.
///
/// Opening reads the directory and the headers of the arrays, not their contents.
public struct NumPyArchive: Sendable {
  /// The arrays, in the order of the archive.
  public let arrays: [Entry]
  /// The names of the members that are no arrays, which NumPy gives as raw bytes and this reader ignores.
  public let ignored: [String]

  /// One array of the archive.
  public struct Entry: Sendable {
    /// The key, which is the member's name without its extension and may hold slashes, colons and Chinese.
    public let name: String
    /// The member that holds it.
    public let member: ZipMember
    /// The array, or why it cannot be read.
    public let array: Result<NumPyArray, Problem>
  }

  /// Opens an archive and the header of every array in it.
  ///
  /// An array that cannot be read does not keep the others from being read: its entry holds the problem.
  ///
  /// - Throws: ``Problem`` as `ZipArchive.init(_:limits:)` does, and *unavailable* when the system cannot read the file.
  public init(_ bytes: ByteView) throws {
    try self.init(ZipArchive(bytes).members)
  }

  /// Opens the header of every array among the members of an archive.
  ///
  /// - Throws: ``Problem`` of kind *unavailable* when the system cannot read the file.
  public init(_ members: [ZipMember]) throws {
    var arrays: [Entry] = []
    var ignored: [String] = []
    for member in members {
      guard member.name.hasSuffix(".npy") else {
        ignored.append(member.name)
        continue
      }
      let array: Result<NumPyArray, Problem>
      do {
        array = .success(try NumPyArray(member))
      } catch let problem as Problem where problem.kind != .unavailable {
        array = .failure(problem)
      }
      arrays.append(Entry(name: String(member.name.dropLast(4)), member: member, array: array))
    }
    self.arrays = arrays
    self.ignored = ignored
  }

  /// Returns the array of a name; nil when the archive has none.
  ///
  /// Names are compared byte by byte: two spellings of one accented letter are two names.
  ///
  /// - Throws: ``Problem`` when the array is there and cannot be read.
  public subscript(name: String) -> NumPyArray? {
    get throws {
      try arrays.first { $0.name.utf8.elementsEqual(name.utf8) }?.array.get()
    }
  }

  /// Reads every array and compares the CRC-32 that the archive keeps of it.
  ///
  /// - Throws: ``Problem`` of kind *damaged* at the first member whose contents changed after it was written.
  public func verifyChecksums() throws {
    for entry in arrays { try entry.member.verifyChecksum() }
  }
}
