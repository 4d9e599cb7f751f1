import Bytes
import TensorFlow
import TestSupport
import Tensors
import Testing

@Suite("Malformed bundles") struct BundleDamageTests {
  @Test("no header, or one that cannot be")
  func header() {
    expectProblem(
      "x.index: damaged: found no entry under the empty key, expected the header of a checkpoint. "
        + "The file is no index of a TensorFlow checkpoint, or another program changed it."
    ) { try open(IndexBytes.index(IndexBytes.entry())) }
    expectProblem(
      "x.index: damaged: found no entry under the empty key, expected the header of a checkpoint. "
        + "The file is no index of a TensorFlow checkpoint, or another program changed it."
    ) { try open(IndexBytes.table(blocks: [IndexBytes.block([])])) }
    for (shards, message) in [
      (0, "x.index: damaged at byte 3, in the header: found 0 shards, expected at least 1."),
      (1 << 31, "x.index: damaged at byte 3, in the header: found -2147483648 shards, expected at least 1."),
      (-1, "x.index: damaged at byte 3, in the header: found -1 shards, expected at least 1."),
    ] {
      expectProblem(message) { try open(IndexBytes.index(IndexBytes.header(shards: shards))) }
    }
    expectProblem("x.index: damaged at byte 3, in the header: found 0 shards, expected at least 1.") {
      try open(IndexBytes.index(([], [])))
    }
    expectProblem("x.index: damaged at byte 3, in the header: found the byte order 2, expected 0 (little) or 1 (big).")
    {
      try open(IndexBytes.index(IndexBytes.header(and: IndexBytes.field(2, 2))))
    }
  }

  @Test("a version to come, and one that version 1 must not read")
  func version() throws {
    let readers2 = IndexBytes.field(3, IndexBytes.field(1, 2) + IndexBytes.field(2, 2))
    expectProblem(
      "x.index: unsupported at byte 3, in the header: found a checkpoint for readers of version 2, "
        + "expected one for readers of version 1."
    ) { try open(IndexBytes.index(IndexBytes.header(and: readers2))) }
    let not1 = IndexBytes.field(3, IndexBytes.field(1, 2) + IndexBytes.field(3, 1))
    expectProblem(
      "x.index: unsupported at byte 3, in the header: found a checkpoint for readers of other versions than 1, "
        + "expected one for readers of version 1."
    ) { try open(IndexBytes.index(IndexBytes.header(and: not1))) }
    let not1Packed = IndexBytes.field(3, IndexBytes.field(1, 2) + IndexBytes.field(3, [7, 1]))
    expectProblem(
      "x.index: unsupported at byte 3, in the header: found a checkpoint for readers of other versions than 1, "
        + "expected one for readers of version 1."
    ) { try open(IndexBytes.index(IndexBytes.header(and: not1Packed))) }
    let producer2 = IndexBytes.field(3, IndexBytes.field(1, 2) + IndexBytes.field(2, 1))
    #expect(try open(IndexBytes.index(IndexBytes.header(and: producer2))).entries.isEmpty)
  }

  @Test("a file of the first format")
  func firstFormat() throws {
    let path = RecordedCheckpoint.root.appending(path: "version-1/model.ckpt").path
    expectProblem(
      "\(path): unsupported at byte 0: found a checkpoint of TensorFlow's first format (V1), "
        + "which is a single file, expected one of the second format. "
        + "Load it in TensorFlow and save it by tf.train.Saver, which writes the second format."
    ) { try TensorFlowCheckpoint(opening: path) }
  }

  @Test("an entry that contradicts itself or the header")
  func entry() {
    func problem(_ entry: IndexBytes.Entry, _ message: String) {
      expectProblem(message) { try open(IndexBytes.index(IndexBytes.header(), entry)) }
    }
    problem(IndexBytes.entry(size: 7), "x.index: damaged at byte 9, in w: found 7 bytes, expected 8 for float32 [2].")
    problem(
      IndexBytes.entry(shape: [2, -1]),
      "x.index: damaged at byte 9, in w: found the extent -1, expected a number from 0.")
    problem(
      IndexBytes.entry(shape: [1 << 40, 1 << 40, 0]),
      "x.index: damaged at byte 9, in w: found the shape [1099511627776, 1099511627776, 0], whose size overflows, "
        + "expected less than 2^63 elements."
    )
    problem(
      IndexBytes.entry(shape: [1 << 61]),
      "x.index: damaged at byte 9, in w: found the shape [2305843009213693952], whose size overflows, "
        + "expected less than 2^63 bytes."
    )
    problem(
      IndexBytes.entry(shape: Array(repeating: 1, count: 255)),
      "x.index: damaged at byte 10, in w: found 255 extents, expected at most 254.")
    problem(
      IndexBytes.entry(and: IndexBytes.field(2, IndexBytes.field(3, 1))),
      "x.index: damaged at byte 9, in w: found a tensor of unknown rank, expected one whose shape is known.")
    problem(
      IndexBytes.entry(shard: 1),
      "x.index: damaged at byte 9, in w: found the shard 1, expected one of the 1, counted from 0.")
    problem(
      IndexBytes.entry(shard: -1),
      "x.index: damaged at byte 9, in w: found the shard -1, expected one of the 1, counted from 0.")
    problem(
      IndexBytes.entry(offset: -8),
      "x.index: damaged at byte 9, in w: found 8 bytes at byte -8, expected a range inside a file.")
    problem(
      IndexBytes.entry(size: -8),
      "x.index: damaged at byte 9, in w: found -8 bytes at byte 0, expected a range inside a file.")
    problem(IndexBytes.entry(type: 0), "x.index: damaged at byte 9, in w: found no type of elements, expected one.")
    problem(
      IndexBytes.entry(offset: .max),
      "x.index: damaged at byte 9, in w: found 8 bytes at byte 9223372036854775807, expected a range inside a file.")
  }

  @Test("a message that is none")
  func messages() {
    func problem(_ value: [UInt8], _ found: String) {
      expectProblem(
        "x.index: damaged at byte 9, in w: found \(found), expected a message tensorflow.BundleEntryProto. "
          + "The file is cut short or overwritten; get it again from where it came."
      ) { try open(IndexBytes.index(IndexBytes.header(), (Array("w".utf8), value))) }
    }
    problem([0x08], "a field that does not end where its message ends")
    problem([0x12, 0x05, 0x00], "a field that does not end where its message ends")
    problem([0x12, 0x02, 0x12, 0x01], "a field that does not end where its message ends")
    problem([0x32, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F], "a field that does not end where its message ends")
    problem([0x0B], "a field that does not end where its message ends")
    problem([0x08, 0x80], "bytes that are no fields of Protocol Buffers")
    problem([0x08] + Array(repeating: 0xFF, count: 10), "bytes that are no fields of Protocol Buffers")
    problem([0x00, 0x00], "bytes that are no fields of Protocol Buffers")
    problem([0x0E], "bytes that are no fields of Protocol Buffers")
    problem([0x0C], "bytes that are no fields of Protocol Buffers")
    problem([0x0B, 0x14], "bytes that are no fields of Protocol Buffers")
    problem([0x80, 0x80, 0x80, 0x80, 0x10], "bytes that are no fields of Protocol Buffers")
    problem(
      [0x12, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], "bytes that are no fields of Protocol Buffers")
  }

  @Test("messages nested deeper than the limit")
  func depth() throws {
    func open(groups: Int) throws -> TensorFlowCheckpoint {
      // The beginnings and the ends of groups of the field 100.
      let (begin, end): ([UInt8], [UInt8]) = ([0xA3, 0x06], [0xA4, 0x06])
      let nested = [begin, end].flatMap { Array(repeating: $0, count: groups).joined() }
      return try TensorFlowTests.open(IndexBytes.index(IndexBytes.header(), IndexBytes.entry(and: nested)))
    }
    #expect(try open(groups: 7).entries.count == 1)
    for groups in [8, 9, 100_000] {
      expectProblem(
        "x.index: refused at byte \(groups < 100 ? 9 : 11), in w: found messages nested in each other, "
          + "expected at most 8 deep."
      ) { try open(groups: groups) }
    }
  }

  @Test("a message longer than the limit")
  func longMessage() throws {
    let more = { IndexBytes.field(100, Array(repeating: 0, count: $0)) }
    let rest = IndexBytes.entry(and: more(1 << 20)).value.count - 1 << 20
    let longest = (1 << 20) - rest
    #expect(try open(IndexBytes.index(IndexBytes.header(), IndexBytes.entry(and: more(longest)))).entries.count == 1)
    expectProblem("x.index: refused at byte 11, in w: found a message of 1048577 bytes, expected at most 1048576.") {
      try open(IndexBytes.index(IndexBytes.header(), IndexBytes.entry(and: more(longest + 1))))
    }
    expectProblem(
      "x.index: refused at byte 5, in the header: found a message of 1048583 bytes, expected at most 1048576."
    ) { try open(IndexBytes.index(IndexBytes.header(and: more(1 << 20)))) }
  }

  @Test("a field in another wire type than its own counts as absent, as Protocol Buffers have it")
  func wireTypes() {
    func problem(_ value: [UInt8], _ message: String) {
      expectProblem(message) { try open(IndexBytes.index(IndexBytes.header(), (Array("w".utf8), value))) }
    }
    problem([0x0A, 0x01, 0x00], "x.index: damaged at byte 9, in w: found no type of elements, expected one.")
    problem(
      IndexBytes.field(1, 1) + IndexBytes.field(2, 5) + IndexBytes.field(5, 8),
      "x.index: damaged at byte 9, in w: found 8 bytes, expected 4 for float32 [].")
  }

  @Test("fields that nobody knows are passed over")
  func unknownFields() throws {
    let more = IndexBytes.field(100, 7) + IndexBytes.field(101, [1, 2]) + [0x81, 0x08] + Array(repeating: 0, count: 8)
    #expect(try open(IndexBytes.index(IndexBytes.header(and: more), IndexBytes.entry(and: more))).entries.count == 1)
  }

  @Test("names that are no text, hold NUL or are too long")
  func names() {
    func problem(_ key: [UInt8], _ message: String) {
      expectProblem(message) { try open(IndexBytes.index(IndexBytes.header(), IndexBytes.entry(key: key))) }
    }
    problem(
      [0x77, 0xFF], "x.index: unsupported at byte 5: found a name that is not UTF-8, expected names in ASCII or UTF-8.")
    problem([0x77, 0x00], "x.index: refused at byte 5: found a name that contains NUL, expected names of text.")
    problem(
      Array(repeating: 0x77, count: 4_097),
      "x.index: refused at byte 5: found a name of 4097 bytes, expected at most 4096.")
  }

  @Test("two tensors over the same bytes")
  func overlap() {
    expectProblem(
      "x.index: damaged at byte 9, in a: found data that overlap those of b, expected data from byte 8 of the shard."
    ) {
      try open(IndexBytes.index(IndexBytes.header(), IndexBytes.entry("a", offset: 4), IndexBytes.entry("b")))
    }
  }

  @Test("a data file that is missing or short is no reason to lose the others")
  func lostShards() throws {
    let recorded = RecordedCheckpoint.named("sharded")
    var shards: [[UInt8]?] = try recorded.shards
    shards[1] = nil
    shards[2] = Array(shards[2]!.prefix(100))
    let checkpoint = try open(recorded.index, shards: shards)
    #expect(checkpoint.entries.count == 7)
    let lost = checkpoint.entries.compactMap { entry in (try? entry.tensor.get()) == nil ? entry.name : nil }
    #expect(lost == ["device_1/kernel_0", "device_1/kernel_1", "global_step"])
    for name in ["device_0/kernel_1", "device_2/kernel_1"] { #expect(try checkpoint.tensor(name) != nil) }
    expectProblem(
      "x.data-00001-of-00003: unavailable in device_1/kernel_1: "
        + "found no data file x.data-00001-of-00003: no such file or directory, expected the shard that holds it. "
        + "Get the file from where the checkpoint came."
    ) { try checkpoint.tensor("device_1/kernel_1") }
    expectProblem(
      "x.data-00002-of-00003: damaged at byte 100, in global_step: found the end of its data file, "
        + "expected data up to byte 104. The file is cut short; get it again from where it came."
    ) { try checkpoint.tensor("global_step") }
    #expect(throws: Problem.self) { try checkpoint.verifyChecksums() }
  }

  @Test("a bit of the data that changed is noticed before the first byte is given out")
  func dataChecksum() throws {
    let recorded = RecordedCheckpoint.named("google")
    var shard = try recorded.shards[0]
    shard[5_000] ^= 1
    let checkpoint = try open(recorded.index, shards: [shard])
    var spoiled: [String] = []
    for entry in checkpoint.entries {
      let tensor = try entry.tensor.get()
      if (try? tensor.read(at: 0, into: UnsafeMutableRawBufferPointer(start: nil, count: 0))) == nil {
        spoiled.append(entry.name)
      }
    }
    #expect(spoiled.count == 1)
    let tensor = try #require(try checkpoint.tensor(spoiled[0]))
    expectProblem(
      "x.data-00000-of-00001: damaged at byte 4032, "
        + "in bert/encoder/layer_0/attention/output/dense/kernel: found data with the masked CRC-32C 1d07784a, "
        + "expected 63f89cbf. The file changed after it was written; get it again from where it came."
    ) { try Tensor(reading: tensor) }
    expectProblem(
      "x.data-00000-of-00001: damaged at byte 4032, "
        + "in bert/encoder/layer_0/attention/output/dense/kernel: found data with the masked CRC-32C 1d07784a, "
        + "expected 63f89cbf. The file changed after it was written; get it again from where it came."
    ) { try checkpoint.verifyChecksums() }
  }

  @Test("a type that is not read is listed, and a problem only when it is asked for")
  func types() throws {
    for (type, name, message) in [
      (
        20, "resource",
        "x.index: unsupported in w: found elements of type resource, expected numbers of a type that Ingot has."
      ),
      (
        21, "variant",
        "x.index: unsupported in w: found elements of type variant, expected numbers of a type that Ingot has."
      ),
      (
        99, "99",
        "x.index: unsupported in w: found elements of type 99, expected numbers of a type that Ingot has."
      ),
    ] {
      let checkpoint = try open(IndexBytes.index(IndexBytes.header(), IndexBytes.entry(type: type, size: 64)))
      #expect(checkpoint.entries.map(\.dataType.name) == [name])
      expectProblem(message) { try checkpoint.tensor("w") }
      try checkpoint.verifyChecksums()
    }
  }

  @Test("reading outside a tensor", arguments: [(-1, 4), (5, 4), (9, 0), (Int.max, 1)])
  func ranges(offset: Int, count: Int) throws {
    for name in ["mosaic", "plain", "wide"] {
      for fixture in ["sliced", "big-endian"] {
        let checkpoint = try TensorFlowCheckpoint(opening: RecordedCheckpoint.named(fixture).prefix)
        let tensor = try #require(try checkpoint.tensor(name))
        let start = offset < 0 || offset == .max ? offset : tensor.byteCount + offset - 8
        let problem = #expect(throws: Problem.self) {
          try ByteView(count: count) { try tensor.read(at: start, into: $0) }
        }
        #expect(problem?.kind == .damaged)
      }
    }
  }
}
