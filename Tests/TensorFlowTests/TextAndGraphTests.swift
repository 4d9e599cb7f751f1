import Bytes
import TestSupport
import Testing

@testable import TensorFlow

@Suite("Texts and graphs of objects") struct TextAndGraphTests {
  /// A tensor of texts: the lengths, their checksum, and the texts.
  private func open(
    _ texts: [[UInt8]], lengths: [UInt8]? = nil, summed: [UInt8]? = nil, named name: String = "t",
    spoil: (inout [UInt8]) -> Void = { _ in }
  ) throws -> TensorFlowCheckpoint {
    let counts = summed ?? texts.flatMap { IndexBytes.littleEndian(UInt32($0.count)) }
    let sum = IndexBytes.littleEndian(IndexBytes.maskedCRC(counts))
    var data = (lengths ?? texts.flatMap { IndexBytes.varint(UInt64($0.count)) }) + sum + texts.joined()
    spoil(&data)
    let entry = IndexBytes.entry(
      name, type: 7, shape: [texts.count], size: data.count,
      checksum: IndexBytes.maskedCRC(counts + sum + texts.joined()))
    return try TensorFlowTests.open(IndexBytes.index(IndexBytes.header(), entry), shards: [data])
  }

  @Test("texts are read when nothing is wrong with them")
  func sane() throws {
    #expect(try open([[1, 2], [], [3]]).texts("t")?.map { $0.array() } == [[1, 2], [], [3]])
    #expect(try open([]).texts("t")?.isEmpty == true)
    #expect(try open([]).texts("u") == nil)
  }

  @Test("lengths that are wrong or have another checksum")
  func lengths() {
    let sealed = [0, 0, 0, 0, 0, 0, 0, 0x10] as [UInt8]  // 2^60, as the checksum takes it
    expectProblem(
      "x.data-00000-of-00001: damaged at byte 13: found 1 bytes left, "
        + "expected 1152921504606846976 bytes for a text. "
        + "The file is cut short or overwritten; get it again from where it came."
    ) { try open([[1]], lengths: IndexBytes.varint(1 << 60), summed: sealed).texts("t") }
    expectProblem(
      "x.data-00000-of-00001: damaged at byte 9, in t: found lengths with another checksum, "
        + "expected the one that stands behind them. "
        + "The file changed after it was written; get it again from where it came."
    ) { try open([[1]], lengths: IndexBytes.varint(1 << 60)).texts("t") }
    expectProblem(
      "x.data-00000-of-00001: damaged at byte 0: found 9223372036854775808 as the length of a text, "
        + "expected a number of less than 63 bits."
    ) { try open([[1], [2]], lengths: IndexBytes.varint(1 << 63)).texts("t") }
    expectProblem(
      "x.data-00000-of-00001: damaged at byte 1, in t: found lengths with another checksum, "
        + "expected the one that stands behind them. "
        + "The file changed after it was written; get it again from where it came."
    ) { try open([[1, 2]]) { $0[1] ^= 1 }.texts("t") }
    let lie = IndexBytes.entry("t", type: 7, shape: [1 << 40], size: 3)
    expectProblem(
      "x.data-00000-of-00001: damaged at byte 0, in t: found 1099511627776 texts in 3 bytes, "
        + "expected at least one byte each."
    ) { try TensorFlowTests.open(IndexBytes.index(IndexBytes.header(), lie)).texts("t") }
  }

  @Test("texts that have another checksum, or more behind them")
  func texts() {
    expectProblem(
      "x.data-00000-of-00001: damaged at byte 0, in t: found texts with the masked CRC-32C 7187b696, "
        + "expected a26dd7d3. The file changed after it was written; get it again from where it came."
    ) { try open([[1, 2]]) { $0[5] ^= 1 }.texts("t") }
    expectProblem("x.data-00000-of-00001: damaged at byte 7, in t: found 1 bytes behind the last text, expected none.")
    { try open([[1, 2]]) { $0.append(0) }.texts("t") }
  }

  private func graph(_ nodes: [[UInt8]]) throws -> ObjectGraph? {
    try open([nodes.flatMap { IndexBytes.field(1, $0) }], named: "_CHECKPOINTABLE_OBJECT_GRAPH").objectGraph()
  }

  private func child(_ node: Int, _ name: [UInt8]) -> [UInt8] {
    IndexBytes.field(1, IndexBytes.field(1, node) + IndexBytes.field(2, name))
  }

  @Test("objects that hold each other, and themselves, are normal")
  func cycle() throws {
    let graph = try graph([child(0, Array("root".utf8)) + child(1, [0x61]), child(0, [0x62])])
    #expect(graph?.nodes.map { $0.children.map(\.node) } == [[0, 1], [0]])
  }

  @Test("a child that is no object of the graph")
  func strayChild() {
    expectProblem(
      "x.data-00000-of-00001: damaged at byte 5, in _CHECKPOINTABLE_OBJECT_GRAPH: "
        + "found the object 2 as the child \"b\", expected one of the 2 objects, counted from 0."
    ) { try graph([child(0, [0x61]), child(2, [0x62])]) }
    expectProblem(
      "x.data-00000-of-00001: damaged at byte 5, in _CHECKPOINTABLE_OBJECT_GRAPH: "
        + "found the object -1 as the child \"a\", expected one of the 1 objects, counted from 0."
    ) { try graph([child(-1, [0x61])]) }
  }

  @Test("a name that is no text")
  func name() {
    expectProblem(
      "x.data-00000-of-00001: damaged at byte 5, in _CHECKPOINTABLE_OBJECT_GRAPH: found a text that is not UTF-8, "
        + "expected a message tensorflow.TrackableObjectGraph. "
        + "The file is cut short or overwritten; get it again from where it came."
    ) { try graph([child(0, [0xFF])]) }
  }

  @Test("more objects than the limit")
  func tooMany() {
    expectProblem(
      "x.data-00000-of-00001: refused at byte 7, "
        + "in _CHECKPOINTABLE_OBJECT_GRAPH: found a graph of 1000001 objects, expected at most 1000000."
    ) { try graph(Array(repeating: [], count: 1_000_001)) }
  }

  @Test("a graph of more bytes than the limit")
  func tooLong() {
    expectProblem(
      "x: refused at byte 0, in _CHECKPOINTABLE_OBJECT_GRAPH: found a message of 8388609 bytes, "
        + "expected at most 8388608."
    ) { try ObjectGraph(ByteView(count: 8 << 20 + 1, file: "x") { _ in }) }
  }

  @Test("a name-based checkpoint has no graph; an object-based one gives the names of its variables")
  func names() throws {
    #expect(try TensorFlowCheckpoint(opening: RecordedCheckpoint.named("google").prefix).objectGraph() == nil)
    let checkpoint = try TensorFlowCheckpoint(opening: RecordedCheckpoint.named("keras").prefix)
    let graph = try #require(try checkpoint.objectGraph())
    let names = graph.nodes.flatMap { $0.values.map(\.fullName) }
    #expect(
      Set(names) == [
        "my_lstm/lstm_cell/kernel", "my_lstm/lstm_cell/recurrent_kernel", "my_lstm/lstm_cell/bias",
        "inner_dense/kernel", "inner_dense/bias", "layer.with.dots/and_slash/gamma", "layer.with.dots/and_slash/beta",
        "out/kernel", "out/bias",
      ])
    for value in graph.nodes.flatMap(\.values) { #expect(try checkpoint.tensor(value.key) != nil) }
  }
}
