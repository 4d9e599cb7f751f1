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
    try Fixtures.files(in: Fixtures.root, withExtension: "h5", atLeast: 100).map(File.init)
      .filter { file in !hostile.contains { file.name.hasPrefix($0) } }
  }

  @Test("both list the same and read the same bytes, but for the differences that are meant", arguments: try files())
  func same(file: File) throws {
    let ours = try Contents(readBy: HDF5File(ByteView(mapping: file.url.path)))
    let differences: [String]
    do {
      differences = ours.differences(from: try Contents(readBy: HDF5LibraryReader(opening: file.url.path)))
    } catch let problem as Problem {
      differences = ["the file: read, libhdf5: \(problem.kind)"]
    }
    #expect(differences == MeantDifference.all.first { $0.file == file.name }?.lines ?? [])
  }

  @Test("every difference that is meant belongs to a fixture, once")
  func table() throws {
    let names = MeantDifference.all.map(\.file)
    #expect(Set(names).isSubset(of: Set(try Self.files().map(\.name))))
    #expect(Set(names).count == names.count)
  }

  @Test("the comparison sees a changed byte, a missing object and another attribute")
  func sensitivity() throws {
    let file = Fixtures.folder("HDF5").appending(path: "keras.h5")
    let bytes = try ByteView(mapping: file.path).array()
    let original = try Contents(readBy: HDF5File(ByteView(bytes)))
    let last = try #require(HDF5File(ByteView(bytes)).objects().lazy.compactMap(Self.bytesOfDataset).first)
    let changed = try Contents(
      readBy: HDF5File(ByteView(patched(bytes, at: last.start, with: [bytes[last.start] ^ 1]))))
    #expect(changed.differences(from: original).count == 1)
    let other = try Contents(
      readBy: HDF5File(ByteView(mapping: Fixtures.folder("HDF5").appending(path: "keras_saved.h5").path)))
    #expect(other.differences(from: original).count > 10)
  }

  private static func bytesOfDataset(_ object: Object) -> ByteView? {
    if case .dataset(let dataset) = object { dataset.contiguousBytes } else { nil }
  }
}
