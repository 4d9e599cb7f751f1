import Bytes
import PyTorch
import TestSupport
import Testing

/// Hostile uses of the instructions that protocols 3 to 5 brought.
@Suite("Hostile pickles of protocols 3 to 5") struct LaterProtocolTests {
  /// The problem with a pickle of protocol 4, of which the body begins at byte 42 of the file.
  private func expect(
    _ body: [UInt8], _ kind: String, at place: Int, _ rest: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(
      message(archive([0x80, 4] + body + [0x2E])) == "x.pt(a/data.pkl): \(kind) at byte \(42 + place): found \(rest)",
      sourceLocation: sourceLocation)
  }

  private static func short(_ text: String) -> [UInt8] { [0x8C, UInt8(text.utf8.count)] + Array(text.utf8) }

  @Test("frames longer than the file, of 2^60 and of 2^64 - 1 bytes")
  func longFrames() {
    expect(
      [0x95] + littleEndian(1 << 60, 8) + Pickle.none, "damaged", at: 0,
      "a frame of 1152921504606846976 bytes, expected at most the 2 that are left.")
    expect(
      [0x95] + littleEndian(-1, 8) + Pickle.none, "damaged", at: 0,
      "a frame of 18446744073709551615 bytes, expected at most the 2 that are left.")
    expect(
      [0x95] + littleEndian(3, 8) + Pickle.none, "damaged", at: 0,
      "a frame of 3 bytes, expected at most the 2 that are left.")
  }

  @Test("frames in frames, and instructions over the end of one")
  func brokenFrames() {
    expect(
      [0x95] + littleEndian(11, 8) + [0x95] + littleEndian(1, 8) + Pickle.none, "damaged", at: 9,
      "a frame inside another one, expected frames one behind the other.")
    expect(
      [0x95] + littleEndian(1, 8) + [0x4B, 7], "damaged", at: 9,
      "an instruction that reaches over the end of its frame, expected whole instructions in every frame.")
    #expect(
      message(archive([0x80, 4, 0x95] + littleEndian(3, 8) + Pickle.none + [0x2E, 0]))
        == "x.pt(a/data.pkl): damaged at byte 52: found an end of the pickle inside a frame, expected it at the end of the "
        + "frame.")
  }

  @Test("bytes and texts longer than the file, of 2^63 bytes and more; nothing is allocated")
  func longBytes() {
    for byte in [0x8E, 0x96] as [UInt8] {
      for size in [1 << 60, -1] {
        #expect(
          message(archive([0x80, 5, byte] + littleEndian(size, 8) + [0, 0x2E]))
            .hasPrefix("x.pt(a/data.pkl): damaged at byte 51: found 2 bytes left, expected "), "\(byte)")
      }
    }
    #expect(
      message(archive([0x80, 3, 0x42] + littleEndian(9, 4) + [0, 0x2E]))
        == "x.pt(a/data.pkl): damaged at byte 47: found 2 bytes left, expected 9 bytes for bytes."
        + StreamDamageTests.again)
    expect(
      [0x8D] + littleEndian(1 << 62, 8), "refused", at: 0,
      "a text of 4611686018427387904 bytes, expected at most 67108864.")
    expect([0x8C, 1, 0xFF], "damaged", at: 0, "a text that is not UTF-8, expected text in UTF-8.")
  }

  @Test(
    "names on the stack are looked up in the same list",
    arguments: [("os", "system"), ("builtins", "eval"), ("posix", "system"), ("torch", "load")])
  func stackGlobals(module: String, name: String) {
    let call = Self.short(module) + [0x94] + Self.short(name) + [0x94, 0x93]
    expect(
      Pickle.emptyDictionary + call + Pickle.emptyTuple + Pickle.reduce, "refused", at: call.count,
      "GLOBAL \(module).\(name), which is not allowed, expected tensors and plain containers only."
        + PickleDamageTests.advice)
  }

  @Test("names on the stack that are none, too long, or of a whole model")
  func oddStackGlobals() {
    expect(
      Pickle.none + Self.short("a") + [0x93], "damaged", at: 4,
      "a name out of None and a text, expected two texts, module and name.")
    expect([0x4E, 0x93], "damaged", at: 1, "1 values on the stack, expected 2.")
    let long = Pickle.text(String(repeating: "n", count: 4_097))
    expect(
      Self.short("a") + long + [0x93], "refused", at: 3 + long.count,
      "a name of more than 4096 bytes, expected at most that many.")
    let model = Self.short("__main__") + Self.short("Net") + [0x93]
    expect(
      model, "refused", at: model.count - 1,
      "a whole Python object, of the class __main__.Net, expected a dictionary of tensors. In a program that has this class, "
        + "load it and save its weights alone: torch.save(model.state_dict(), \"weights.pt\").")
  }

  @Test("MEMOIZE without a value, and what it remembers by number")
  func memo() throws {
    expect([0x94], "damaged", at: 0, "0 values on the stack, expected 1.")
    let body =
      Pickle.emptyDictionary + [0x94] + Self.short("w") + [0x94] + Pickle.tensor() + Pickle.setItem + [0x68, 0]
    let pair = try PyTorchFile(ByteView(archive([0x80, 4] + body + [0x86, 0x2E])))
    #expect(pair.tensors.map(\.name) == ["0.w"])
  }

  @Test("a stream of protocol 4 whose first frame is another length is none")
  func streamSignature() throws {
    let magic: [UInt8] = [0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E]
    let rest = Array(stream().dropFirst(15))
    let four: [UInt8] = [0x80, 4, 0x95, 13, 0, 0, 0, 0, 0, 0, 0] + magic
    #expect(try PyTorchFile(ByteView(four + rest)).tensors.map(\.name) == ["w"])
    #expect(!PyTorchFile.isStream(ByteView(patched(four + rest, at: 3, with: [12]))))
    #expect(!PyTorchFile.isStream(ByteView(patched(four + rest, at: 1, with: [6]))))
    #expect(!PyTorchFile.isStream(ByteView([0x80, 4])))
  }

  @Test("a pickle with another CRC-32 than the archive says is damaged when it is opened")
  func checksum() throws {
    let whole = try ByteView(mapping: RecordedFile.root.appending(path: "torch-2.2/types.pt").path).array()
    let place = try #require(whole.indices.first { whole[$0...].starts(with: Array("type.float32".utf8)) })
    #expect(
      message(patched(whole, at: place, with: Array("Type".utf8)))
        == "x.pt: damaged at byte 64, in types/data.pkl: found contents with the CRC-32 953bbed8, expected ea272acc. "
        + "The file changed after it was written; get it again from where it came.")
  }
}
