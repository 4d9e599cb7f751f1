import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing

/// Files in which one tensor lies over another, made from a real one by changing an address.
@Suite("Tensors that share their bytes") struct SharedBytesTests {
  private let file = Fixtures.folder("Poems").appending(path: "poem_bert.h5").path
  private let query = "Transformer-0-MultiHeadSelfAttention[0]"
  private let key = "Transformer-0-MultiHeadSelfAttention[2]"

  /// The remarks on the file after the dataset of `key` has been moved to so many bytes behind that of `query`.
  private func remarks(movingBy distance: Int) throws -> [String] {
    let checkpoint = try Checkpoint(opening: file)
    let starts = try [query, key].map { try #require(checkpoint.tensor(named: $0).source.contiguousBytes).start }
    var bytes = try Data(contentsOf: URL(filePath: file))
    let address = try #require(bytes.range(of: littleEndian(starts[1])))
    try #require(bytes[address.upperBound...].range(of: littleEndian(starts[1])) == nil)
    bytes.replaceSubrange(address, with: littleEndian(starts[0] + distance))
    let folder = try TemporaryDirectory()
    return try Checkpoint(opening: folder.write(Array(bytes), to: "a.h5")).remarks
  }

  private func littleEndian(_ address: Int) -> Data {
    withUnsafeBytes(of: UInt64(address).littleEndian) { Data($0) }
  }

  @Test("one that lies over another, wholly or in part, is named with it", arguments: [0, 4, 80 * 80 * 4 - 1])
  func shared(distance: Int) throws {
    let remarks = try remarks(movingBy: distance)
    #expect(remarks.first?.hasPrefix("Lying over each other in the file, which no program writes: \(query), ") == true)
    #expect(remarks.first?.contains(key) == true)
  }

  @Test("no file of a real program has any") func none() throws {
    #expect(try Checkpoint(opening: file).remarks.isEmpty)
  }
}
