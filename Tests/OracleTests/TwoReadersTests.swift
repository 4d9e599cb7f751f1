import Bytes
import Foundation
import HDF5
import HDF5Library
import Tensors
import TestSupport
import Testing

/// Our reader against libhdf5 over every HDF5 file among the fixtures: the same objects, attributes and bytes.
@Suite("Two readers of HDF5") struct TwoReadersTests {
  /// A fixture, named by its path below the folder of all fixtures.
  struct File: CustomTestStringConvertible {
    let url: URL
    var name: String { String(url.path.dropFirst(Fixtures.root.path.count + 1)) }
    var testDescription: String { name }
  }

  /// Files on which libhdf5 crashes or hangs: only the tests of `HDF5Isolation` may give them to it.
  private static let hostile = ["HDF5Library/crash-", "HDF5Library/hang-"]

  static func files() throws -> [File] {
    let hdf5: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
    return try Fixtures.files(in: Fixtures.root, withExtension: "h5", atLeast: 95).map(File.init)
      .filter { file in !hostile.contains { file.name.hasPrefix($0) } }
      .filter { file in
        let bytes = try ByteView(mapping: file.url.path).withUnsafeBytes { Array($0.prefix(520)) }
        return bytes.starts(with: hdf5) || bytes.dropFirst(512).starts(with: hdf5)
      }
  }

  /// Where the readers are meant to differ, as lines that ``differences(in:)`` gives, and why.
  static let expected: [String: (lines: [String], reason: String)] = [:]

  @Test("both list the same and read the same bytes, but for the differences that are meant", arguments: try files())
  func same(file: File) throws {
    let differences = try differences(between: Contents(readBy: HDF5File(ByteView(mapping: file.url.path))),
      and: Contents(readBy: HDF5LibraryReader(opening: file.url.path)))
    #expect(differences == Self.expected[file.name]?.lines ?? [])
  }

  @Test("every difference that is meant belongs to a fixture")
  func table() throws {
    #expect(Set(Self.expected.keys).isSubset(of: Set(try Self.files().map(\.name))))
  }

  private func differences(between ours: Contents, and theirs: Contents) -> [String] {
    Set(ours.lines.keys).union(theirs.lines.keys).sorted().compactMap { key in
      let (our, their) = (ours.lines[key], theirs.lines[key])
      return our == their ? nil : "\(key.text): \(our ?? "nothing"), libhdf5: \(their ?? "nothing")"
    }
  }
}
