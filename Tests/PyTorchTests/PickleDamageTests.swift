import Bytes
import Foundation
import PyTorch
import TestSupport
import Testing

/// Pickles that would do harm, or make no sense.
@Suite("Hostile and malformed pickles") struct PickleDamageTests {
  static let advice =
    " Reading it could run any program hidden in it; where you trust the file, load it in PyTorch and save the weights alone: "
    + "torch.save(model.state_dict(), \"weights.pt\")."

  /// The problem with a pickle, of which the body begins at byte 42 of the file.
  private func expect(
    _ body: [UInt8], _ kind: String, at place: Int, _ rest: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(
      message(archive(Pickle.whole(body))) == "x.pt(a/data.pkl): \(kind) at byte \(42 + place): found \(rest)",
      sourceLocation: sourceLocation)
  }

  @Test(
    "names that could run a program are refused when they are named",
    arguments: [
      ("os", "system"), ("posix", "system"), ("builtins", "eval"), ("__builtin__", "getattr"), ("torch", "load"),
      ("torch.hub", "load"), ("numpy.core.multiarray", "scalar"), ("argparse", "Namespace"), ("torch", "FloatTensor"),
      ("torch._utils", "_rebuild_tensor_v2\u{200B}"), ("", ""),
    ])
  func globals(module: String, name: String) {
    let call = Pickle.dictionary([
      ("w", Pickle.global(module, name) + Pickle.tuple([Pickle.text("id")]) + Pickle.reduce)
    ])
    expect(
      call, "refused", at: 8,
      printable("GLOBAL \(module).\(name), which is not allowed, expected tensors and plain containers only.")
        + Self.advice)
  }

  @Test("as the first thing of a pickle such a name is refused as well")
  func rootCall() {
    expect(
      Pickle.global("os", "system") + Pickle.tuple([Pickle.text("id")]) + Pickle.reduce, "refused", at: 0,
      "GLOBAL os.system, which is not allowed, expected tensors and plain containers only." + Self.advice)
  }

  @Test(
    "instructions that are not on the list",
    arguments: [
      (0x97, "NEXT_BUFFER"), (0x98, "READONLY_BUFFER"), (0x90, "ADDITEMS"), (0x91, "FROZENSET"), (0x69, "INST"),
      (0x6F, "OBJ"), (0x82, "EXT1"), (0x83, "EXT2"), (0x84, "EXT4"),
      (0x92, "NEWOBJ_EX"), (0x81, "NEWOBJ"), (0x50, "PERSID"), (0x8B, "LONG4"), (0x53, "STRING"),
      (0x32, "DUP"), (0x30, "POP"), (0x49, "INT"), (0x8F, "EMPTY_SET"), (0x80, "PROTO"),
    ] as [(UInt8, String)])
  func instructions(byte: UInt8, name: String) {
    expect(
      Pickle.none + [byte], "refused", at: 1,
      "the instruction \(name), which is not allowed, expected tensors and plain containers only.")
  }

  @Test("a byte that is no instruction")
  func noInstruction() {
    expect([0xFF], "damaged", at: 0, "the byte 0xff in place of an instruction, expected one of protocols 2 to 5.")
  }

  @Test("no pickle, and other protocols", arguments: [0, 1, 6, 255] as [UInt8])
  func protocols(version: UInt8) {
    #expect(
      message(archive([version] + Pickle.one()))
        == "x.pt(a/data.pkl): damaged at byte 40: found no PROTO at the beginning of a pickle, expected a pickle of a "
        + "protocol from 2 to 5."
    )
    #expect(
      message(archive([0x80, version, 0x4E, 0x2E]))
        == "x.pt(a/data.pkl): unsupported at byte 40: found a pickle of protocol \(version), expected protocol 2, which "
        + "torch.save writes unless told otherwise, or one up to 5. Load the file in PyTorch and save it again without "
        + "pickle_protocol."
    )
  }

  @Test("functions with other arguments than they take")
  func arguments() {
    let call = Pickle.global("torch._utils", "_rebuild_tensor_v2")
    let three = Pickle.tuple([Pickle.storage(), Pickle.integer(0), Pickle.integers([4])])
    expect(
      call + three + Pickle.reduce, "damaged", at: call.count + three.count,
      "other arguments than _rebuild_tensor_v2 takes, expected storage, offset, size, stride, requires_grad and hooks.")
    let parameter = Pickle.global("torch._utils", "_rebuild_parameter")
    expect(
      parameter + Pickle.emptyTuple + Pickle.reduce, "damaged", at: parameter.count + 1,
      "other arguments than _rebuild_parameter takes, expected a tensor, requires_grad and hooks.")
    let ordered = Pickle.global("collections", "OrderedDict")
    expect(
      ordered + Pickle.integers([1]) + Pickle.reduce, "damaged", at: ordered.count + Pickle.integers([1]).count,
      "other arguments than OrderedDict takes, expected nothing, or a list of pairs.")
    let storage = Pickle.global("torch", "FloatStorage")
    expect(
      storage + Pickle.emptyTuple + Pickle.reduce, "refused", at: storage.count + 1,
      "a call of FloatStorage, which is not allowed, expected tensors and plain containers only.")
    expect(
      Pickle.none + Pickle.emptyTuple + Pickle.reduce, "damaged", at: 2,
      "a call of None with a tuple, expected a name and a tuple.")
    expect(
      ordered + Pickle.none + Pickle.reduce, "damaged", at: ordered.count + 1,
      "a call of the name of a function or a class with None, expected a name and a tuple.")
  }

  @Test("an ordered dictionary as Python 2 writes it is read")
  func pythonTwo() throws {
    let pair = Pickle.emptyList + Pickle.mark + Pickle.text("w") + Pickle.tensor() + [0x65]
    let pairs = Pickle.emptyList + pair + [0x61]
    let body = Pickle.global("collections", "OrderedDict") + Pickle.tuple([pairs]) + Pickle.reduce
    let file = try PyTorchFile(ByteView(archive(Pickle.whole(body))))
    #expect(file.tensors.map(\.name) == ["w"])
  }

  @Test("BUILD on a tensor, items for a tuple, elements for a dictionary")
  func wrongTargets() {
    let tensor = Pickle.tensor()
    expect(
      tensor + Pickle.emptyDictionary + Pickle.build, "damaged", at: tensor.count + 1,
      "BUILD with a dictionary on a tensor, expected dictionaries.")
    expect(
      Pickle.emptyTuple + Pickle.none + Pickle.none + Pickle.setItem, "damaged", at: 3,
      "items for a tuple, expected a dictionary.")
    expect(
      Pickle.emptyDictionary + Pickle.none + [0x61], "damaged", at: 2, "elements for a dictionary, expected a list.")
    expect(
      Pickle.emptyDictionary + Pickle.mark + Pickle.none + [0x75], "damaged", at: 3,
      "a key without a value, expected pairs.")
  }

  @Test("a memo, a mark or a value that is not there, and values that are left over")
  func stack() {
    expect([0x68, 7], "damaged", at: 0, "nothing remembered under 7, expected a value.")
    expect([0x6A, 0, 1, 0, 0], "damaged", at: 0, "nothing remembered under 256, expected a value.")
    expect([0x74], "damaged", at: 0, "no mark on the stack, expected one.")
    expect([0x85], "damaged", at: 0, "0 values on the stack, expected 1.")
    expect(Pickle.none + Pickle.mark + [0x85], "damaged", at: 2, "0 values on the stack, expected 1.")
    expect([0x71, 0], "damaged", at: 0, "0 values on the stack, expected 1.")
    expect([], "damaged", at: 0, "a pickle that leaves nothing, expected one value.")
    expect(
      Pickle.none + Pickle.none, "damaged", at: 2,
      "1 more values on the stack at the end of the pickle, expected one value.")
    expect(
      Pickle.mark + Pickle.none, "damaged", at: 2,
      "0 more values on the stack at the end of the pickle, expected one value.")
  }

  @Test("texts and names that are no UTF-8 or too long")
  func texts() {
    expect([0x58, 1, 0, 0, 0, 0xFF], "damaged", at: 0, "a text that is not UTF-8, expected text in UTF-8.")
    expect([0x58, 1, 0, 0, 4], "refused", at: 0, "a text of 67108865 bytes, expected at most 67108864.")
    expect([0x63, 0xFF, 0x0A, 0x0A], "damaged", at: 0, "a name that is not UTF-8, expected text in UTF-8.")
    expect(
      [0x63] + [UInt8](repeating: 0x61, count: 5_000), "refused", at: 0,
      "a name of more than 4096 bytes, expected at most that many.")
  }

  @Test("a pickle of more than 256 MB")
  func longPickle() throws {
    // The pickle is a hole in the file, which takes no room on the disk: its size is put into a small archive's places for it.
    let size = (256 << 20) + 1
    var bytes = archive([], storage: nil)
    let contents = 40
    let entry = try #require(bytes.indices.first { bytes[$0...].starts(with: [0x50, 0x4B, 1, 2]) })
    for field in [18, 22, entry + 20, entry + 24] { bytes = patched(bytes, at: field, with: littleEndian(size, 4)) }
    bytes = patched(bytes, at: bytes.count - 6, with: littleEndian(contents + size, 4))
    let folder = try TemporaryDirectory()
    let path = try folder.write(Array(bytes[..<contents]), to: "x.pt")
    let file = try FileHandle(forWritingTo: URL(filePath: path))
    try file.seek(toOffset: UInt64(contents + size))
    try file.write(contentsOf: Data(bytes[contents...]))
    let problem = #expect(throws: Problem.self) { try PyTorchFile(ByteView(mapping: path)) }
    #expect(
      problem?.description
        == "\(path)(a/data.pkl): refused: found a pickle of \(size) bytes, expected at most 268435456.")
  }

  @Test("more values on the stack than the limit")
  func deepStack() {
    expect(
      [UInt8](repeating: 0x4E, count: 1_000_001), "refused", at: 1_000_000,
      "more than 1000000 values on the stack, expected at most that many.")
  }

  @Test("a list that doubles thirty times stays as small as it is, and a list in itself ends")
  func laughs() {
    // Each list holds the one before it twice, which the memo keeps under one number; the last tuple holds them all.
    let step: [UInt8] = Pickle.emptyList + Pickle.mark + [0x68, 0, 0x68, 0, 0x65, 0x71, 0]
    let doubling = Array(repeatElement(step, count: 30).joined())
    let body = Pickle.mark + Pickle.none + [0x71, 0] + doubling
    #expect(
      message(archive(Pickle.whole(body + [0x74])))
        == "x.pt: mismatched: found a tuple without a tensor in it, expected a dictionary of tensors. "
        + "Name the file that holds the weights.")
    let itself = Pickle.emptyList + [0x71, 0, 0x68, 0, 0x61]
    #expect(
      message(archive(Pickle.whole(itself)))
        == "x.pt: mismatched: found a list without a tensor in it, expected a dictionary of tensors. "
        + "Name the file that holds the weights.")
  }

  @Test("containers nested too deep, and names too long or twice")
  func nesting() {
    let deep = (0...100).reduce(Pickle.tensor()) { inner, _ in inner + [0x85] }
    #expect(
      message(archive(Pickle.whole(deep)))
        == "x.pt: refused: found containers inside each other, more than 100 of them, expected at most that many.")
    let long = String(repeating: "n", count: 4_097)
    #expect(
      message(archive(Pickle.whole(Pickle.dictionary([(long, Pickle.tensor())])))).contains(
        ": found a name of 4097 bytes, expected at most 4096 bytes."))
    #expect(
      message(archive(Pickle.whole(Pickle.dictionary([("w", Pickle.tensor()), ("w", Pickle.tensor())]))))
        .hasSuffix(", in tensor \"w\": found a second tensor of this name, expected every name once."))
  }

  @Test("one list copied into many dictionaries")
  func copies() {
    let pairs = Array(repeatElement(Pickle.integers([1, 2]), count: 100).joined())
    let list: [UInt8] = Pickle.emptyList + Pickle.mark + pairs + [0x65, 0x71, 0]
    let copy: [UInt8] = Pickle.global("collections", "OrderedDict") + [0x68, 0, 0x85] + Pickle.reduce
    let copies = Array(repeatElement(copy, count: 20).joined())
    let text = message(archive(Pickle.whole(Pickle.mark + list + copies + [0x74])))
    #expect(text.hasSuffix("found one list in many dictionaries, expected a list for each."), "\(text)")
  }

  @Test("one tuple as the extents of many tensors")
  func sharedExtents() {
    // Each of the tensors would have a copy of its own.
    let extents = Pickle.integers([Int](repeating: 1, count: 33)) + [0x71, 0]
    let call = Pickle.global("torch._utils", "_rebuild_tensor_v2")
    let arguments = Pickle.mark + Pickle.storage() + Pickle.integer(0)
    let shared: [UInt8] = [0x68, 0, 0x68, 0, 0x89, 0x4E, 0x74]
    let tensor = call + arguments + shared + Pickle.reduce
    let body = Pickle.mark + extents + tensor
    expect(
      body, "refused", at: body.count - 1, "a tensor of 33 dimensions, expected at most 32.")
  }

  @Test("one list of lists in many others is not walked for each of them")
  func sharedContainers() {
    let lists = [UInt8](repeating: 0x5D, count: 300)
    let shared: [UInt8] = Pickle.emptyList + Pickle.mark + lists + [0x65, 0x71, 0]
    let groups = (0..<100).map { number in
      ("g\(number)", Pickle.emptyList + (number == 0 ? shared : [0x68, 0]) + [0x61])
    }
    #expect(
      message(archive(Pickle.whole(Pickle.dictionary(groups))))
        == "x.pt: refused: found containers that lie in many others, expected at most 16 looks at each value on the average."
    )
  }

  @Test("a long name and a list that many entries share cost no more than once")
  func sharedNames() throws {
    let name = Pickle.text(String(repeating: "n", count: 5_000)) + [0x71, 0]
    let long: [UInt8] = Pickle.emptyDictionary + Pickle.mark + name + Pickle.tensor() + [0x75]
    #expect(
      message(archive(Pickle.whole(long))).hasSuffix(": found a name of 5000 bytes, expected at most 4096 bytes."))
    // One tensor 20,000 times, below a name of 4,000 bytes: 160 MB of names from 40 kB.
    let below = Pickle.text(String(repeating: "n", count: 4_000)) + Pickle.emptyList + Pickle.mark
    let again = Array(repeatElement([0x68, 0] as [UInt8], count: 20_000).joined())
    let tensors: [UInt8] = Pickle.tensor() + [0x71, 0] + again + [0x65]
    #expect(
      message(archive(Pickle.whole(Pickle.emptyDictionary + Pickle.mark + below + tensors + [0x75])))
        == "x.pt: refused: found names of more than 67108864 bytes together, expected at most that many.")
  }

  @Test("what lies beside the weights is named twenty times, and counted beyond")
  func beside() throws {
    let list = Pickle.emptyList + [0x71, 0]
    let others = (0..<25).map { number in ("o\(number)", number == 0 ? list : [0x68, 0]) }
    let items = [("w", Pickle.tensor())] + others
    let file = try PyTorchFile(ByteView(archive(Pickle.whole(Pickle.dictionary(items)))))
    #expect(file.remarks.count == 21)
    #expect(file.remarks.first == "o0 is passed over: a list beside the weights.")
    #expect(file.remarks.last == "There are 5 more of this kind.")
  }

  @Test("bytes behind the pickle")
  func behind() {
    let pickle = Pickle.one()
    #expect(
      message(archive(pickle + [0, 0]))
        == "x.pt(a/data.pkl): damaged at byte \(40 + pickle.count): found 2 bytes behind the pickle, expected its end.")
  }

  @Test("a pickle that is cut short anywhere is damaged")
  func cutShort() {
    let pickle = Pickle.one()
    #expect(message(archive(pickle)).isEmpty)
    for count in pickle.indices {
      #expect(message(archive(Array(pickle[..<count]))).hasPrefix("x.pt(a/data.pkl): damaged at byte "), "\(count)")
    }
  }
}
