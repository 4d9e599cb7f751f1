import Bytes
import Foundation
import PyTorch
import TestSupport
import Tensors
import Testing

/// Storages and views that contradict the file.
@Suite("Malformed storages and views") struct StorageDamageTests {
  /// The problem with a tensor, without the byte at which it stands.
  private func text(_ tensor: [UInt8]) -> String { withoutByte(message(archive(Pickle.one(tensor)))) }

  private func withoutByte(_ text: String) -> String { text.replacing(#/ at byte [0-9]+,?/#, with: "") }

  @Test("what is sound is read")
  func sound() throws {
    let file = try PyTorchFile(ByteView(archive(Pickle.one())))
    #expect(try file.tensors[0].tensor.get().contiguousBytes?.array() == fourFloats)
  }

  @Test("names of storages that are no numbers", arguments: ["../0", "", "0/../0", "a", "٣", "000000000000000000000"])
  func names(key: String) {
    #expect(
      text(Pickle.tensor(Pickle.storage(key)))
        == "x.pt(a/data.pkl): damaged: found the storage \"\(key)\", expected a storage named by a number.")
  }

  @Test("a storage that is not in the archive")
  func missing() {
    #expect(
      text(Pickle.tensor(Pickle.storage("7")))
        == "x.pt: damaged in storage 7: found no member a/data/7, expected the bytes of the storage. "
        + "Get the file again from where it came.")
  }

  @Test("a storage of another length than its pickle says", arguments: [3, 5, 1 << 40])
  func length(count: Int) {
    #expect(
      text(Pickle.tensor(Pickle.storage(count: count)))
        == "x.pt: damaged in storage 0: found 16 bytes, expected \(4 * count) for \(count) elements of FloatStorage. "
        + "Get the file again from where it came.")
  }

  @Test("sizes that overflow or are negative", arguments: [-1, .max, 1 << 61])
  func sizes(count: Int) {
    #expect(
      text(Pickle.tensor(Pickle.storage(count: count)))
        == "x.pt(a/data.pkl): damaged: found a storage of \(count) elements, expected a size from 0 to 2^63 - 1 bytes.")
  }

  @Test("one storage with two types")
  func twoTypes() {
    let both = Pickle.dictionary([
      ("a", Pickle.tensor()), ("b", Pickle.tensor(Pickle.storage(type: "IntStorage"))),
    ])
    #expect(
      withoutByte(message(archive(Pickle.whole(both))))
        == "x.pt(a/data.pkl): damaged: found the storage 0 with another type or size than before, expected one of each."
    )
  }

  @Test("a persistent identity that is no storage's, and a view of a storage")
  func identities() {
    let identity =
      "x.pt(a/data.pkl): damaged: found a persistent identity that is no storage's, expected type, key, location and size of "
      + "a storage."
    #expect(text(Pickle.none + [0x51]) == identity)
    #expect(text(Pickle.text("0") + [0x51]) == identity)
    #expect(
      text(Pickle.tuple([Pickle.text("module"), Pickle.none, Pickle.none, Pickle.none, Pickle.none]) + [0x51])
        == identity)
    let view = Pickle.tuple([
      Pickle.text("storage"), Pickle.global("torch", "FloatStorage"), Pickle.text("0"), Pickle.text("cpu"),
      Pickle.integer(4), Pickle.integers([1, 2, 3]),
    ])
    #expect(
      text(view + [0x51])
        == "x.pt(a/data.pkl): unsupported: found a storage that is a view of another one, expected storages of their own, as "
        + "PyTorch 0.4 and later write them. Load the file in PyTorch and save it again.")
  }

  @Test(
    "views that leave their storage",
    arguments: [
      (1, [4], [1]), (4, [1], [1]), (0, [5], [1]), (0, [2, 2], [3, 1]), (-1, [1], [1]), (0, [2], [-1]),
      (0, [2], [.max]),
      (.max, [2], [1]), (0, [2, 2], [.max, .max]),
    ] as [(Int, [Int], [Int])])
  func views(offset: Int, size: [Int], stride: [Int]) {
    #expect(
      text(Pickle.tensor(offset: offset, size: size, stride: stride))
        == "x.pt(a/data/0): damaged in tensor \"w\": found elements from \(offset) on with the strides \(stride), expected "
        + "\(size) inside the 4 elements of the storage 0.")
  }

  @Test(
    "shapes that overflow or are negative", arguments: [[-1], [1 << 62], [1 << 32, 1 << 32], [1 << 40, 0, 1 << 40]])
  func shapes(size: [Int]) {
    #expect(
      text(Pickle.tensor(size: size, stride: size.map { _ in 0 }))
        == "x.pt(a/data/0): damaged in tensor \"w\": found the shape \(size) of float32, expected a size below 2^63 bytes."
    )
  }

  @Test("a thousand dimensions, and other strides than extents")
  func dimensions() {
    let many = [Int](repeating: 1, count: 1_000)
    #expect(
      text(Pickle.tensor(size: many, stride: many))
        == "x.pt(a/data.pkl): refused: found a tensor of 1000 dimensions, expected at most 32.")
    #expect(
      text(Pickle.tensor(size: [4], stride: []))
        == "x.pt(a/data.pkl): damaged: found other arguments than _rebuild_tensor_v2 takes, expected storage, offset, size, "
        + "stride, requires_grad and hooks.")
  }

  @Test("an element repeated until it fills a terabyte")
  func expanded() {
    #expect(
      text(Pickle.tensor(size: [1_000_000, 1_000_000], stride: [0, 0]))
        == "x.pt: refused in tensor \"w\": found tensors of more than 16 times the file and a gigabyte, expected at most "
        + "that much: a tensor that repeats its elements is no weight.")
  }

  @Test("elements of types that are no numbers are listed and not read")
  func otherTypes() throws {
    let tensor = Pickle.tensor(Pickle.storage(type: "QInt32Storage"))
    let entry = try #require(try PyTorchFile(ByteView(archive(Pickle.one(tensor)))).tensors.first)
    let problem = #expect(throws: Problem.self) { try entry.tensor.get() }
    #expect(problem?.kind == .unsupported && problem?.found == "elements of type QInt32Storage")
  }

  @Test("the order of bytes: little, big, and something else")
  func byteOrder() throws {
    func file(_ order: String) -> [UInt8] { archive(Pickle.one(), others: [("a/byteorder", Array(order.utf8))]) }
    func contents(_ bytes: [UInt8]) throws -> [UInt8] {
      try Tensor(reading: PyTorchFile(ByteView(bytes)).tensors[0].tensor.get()).bytes.array()
    }
    #expect(try contents(file("little")) == fourFloats)
    let swapped = stride(from: 0, to: 16, by: 4).flatMap { fourFloats[$0..<($0 + 4)].reversed() }
    #expect(try contents(file("big")) == swapped)
    #expect(
      withoutByte(message(file("middle")))
        == "x.pt(a/byteorder): damaged: found the byte order \"middle\", expected \"little\" or \"big\".")
  }

  @Test("two pickles, and a compressed storage")
  func archives() throws {
    #expect(
      message(archive(Pickle.one(), others: [("b/data.pkl", Pickle.one())]))
        == "x.pt: damaged: found 2 members named data.pkl, expected one.")
    #expect(
      message(storedZip([("a/b/data.pkl", Pickle.one())]))
        == "x.pt: mismatched: found 0 members named data.pkl, expected one.")
    // The method of the storage is 8, deflate, in its entry and its local header.
    var bytes = archive(Pickle.one())
    let header = 40 + Pickle.one().count
    let entry = bytes.count - 22 - 46 - "a/data/0".utf8.count
    bytes[header + 8] = 8
    bytes[entry + 10] = 8
    #expect(
      message(bytes)
        == "x.pt(a/data/0): unsupported: found a compressed member, expected members stored as they are. "
        + "Load the file in PyTorch and save it again.")
  }

  private static let noDescriptor =
    "no data descriptor that fits, expected the CRC-32 and the sizes of the central directory"
  private static let twice = "expected the same number twice"

  /// A file of PyTorch's own, whose members have data descriptors, and the places of a signature in it.
  private func descriptors(_ signature: [UInt8]) throws -> (bytes: [UInt8], places: [Int]) {
    let bytes = try ByteView(mapping: RecordedFile.root.appending(path: "torch-2.2/tensor.pt").path).array()
    return (bytes, bytes.indices.filter { bytes[$0...].starts(with: signature) })
  }

  @Test("a data descriptor that does not agree with the directory")
  func descriptor() throws {
    var (bytes, places) = try descriptors([0x50, 0x4B, 7, 8])
    bytes[places[0] + 8] ^= 1
    #expect(
      message(bytes)
        == "x.pt: damaged at byte 213, in tensor/data.pkl: found \(Self.noDescriptor).")
  }

  /// Fields of the storage's entry in the directory: its CRC-32, its size, its size when expanded.
  @Test(
    "a directory whose CRC-32 or sizes are not those of the members",
    arguments: [
      ([16], "472, in tensor/data/0: found \(noDescriptor)"),
      ([20], "883, in tensor/data/0: found a stored member of 25 bytes that claims to be 24 bytes long, \(twice)"),
      ([24], "883, in tensor/data/0: found a stored member of 24 bytes that claims to be 25 bytes long, \(twice)"),
      ([20, 24], "473, in tensor/data/0: found \(noDescriptor)"),
    ])
  func directory(fields: [Int], expected: String) throws {
    let name = Array("tensor/data/0".utf8)
    var (bytes, entries) = try descriptors([0x50, 0x4B, 1, 2])
    let entry = try #require(entries.first { bytes[($0 + 46)...].starts(with: name) })
    for field in fields { bytes[entry + field] ^= 1 }
    #expect(message(bytes) == "x.pt: damaged at byte \(expected).")
  }

  @Test("a storage that claims to inflate to four gigabytes")
  func inflated() {
    // The method is 8, deflate, in the entry and the local header, and the size that of no 16 deflated bytes.
    var bytes = archive(Pickle.one())
    let header = 40 + Pickle.one().count
    let entry = bytes.count - 22 - 46 - "a/data/0".utf8.count
    bytes[header + 8] = 8
    bytes[entry + 10] = 8
    for size in [header + 22, entry + 24] { bytes = patched(bytes, at: size, with: [0xF0, 0xFF, 0xFF, 0xFF]) }
    #expect(
      message(bytes)
        == "x.pt: damaged at byte \(entry), in a/data/0: found 16 deflated bytes that claim to inflate to 4294967280, "
        + "expected at most 1032 times as many.")
  }

  @Test(
    "real files of both forms, cut short anywhere", arguments: ["torch-2.2/tensor.pt", "torch-2.2/views.stream.pt"])
  func cutShort(name: String) throws {
    let bytes = try ByteView(mapping: RecordedFile.root.appending(path: name).path).array()
    for count in bytes.indices {
      #expect(message(Array(bytes[..<count])).hasPrefix("x.pt: damaged"), "\(count)")
    }
  }
}
