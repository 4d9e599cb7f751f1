import Bytes
import PyTorch
import TestSupport
import Testing

/// Files of the stream form that contradict themselves.
@Suite("Malformed streams") struct StreamDamageTests {
  static let again = " The file is cut short or overwritten; get it again from where it came."

  @Test("what is sound is read")
  func sound() throws {
    let file = try PyTorchFile(ByteView(stream()))
    #expect(try file.tensors.map { try $0.tensor.get().contiguousBytes?.array() } == [fourFloats])
  }

  @Test("another version, and facts that are none")
  func beginning() {
    #expect(
      message(stream(version: [0x80, 2, 0x4B, 7, 0x2E]))
        == "x.pt: damaged at byte 15: found no version 1001, expected that of the stream form.")
    #expect(
      message(stream(machine: Pickle.whole(Pickle.none)))
        == "x.pt: damaged at byte 21: found None, expected a dictionary of facts about the machine.")
    #expect(
      message(stream(machine: Pickle.whole(Pickle.dictionary([("little_endian", [0x89])]))))
        == "x.pt: unsupported at byte 21: found a file of a big-endian machine, expected one of a little-endian machine. "
        + "Load the file in PyTorch and save it again.")
  }

  @Test("a wrong beginning is no stream")
  func magic() {
    var bytes = stream()
    bytes[5] ^= 1
    #expect(
      message(bytes)
        == "x.pt: damaged: found no end of central directory record, expected a ZIP archive with that record in its last "
        + "65557 bytes. The file is cut short or is no ZIP archive; get it again from where it came.")
  }

  @Test("keys that are no texts, too few, too many, or twice")
  func keys() {
    let keysPlace = 46 + Pickle.one().count
    let end = keysPlace + 2 + 2 + 6 + 1 + 1
    let noList = stream(rest: [])
    let body = Array(noList[..<keysPlace])
    #expect(
      message(body + Pickle.whole(Pickle.none))
        == "x.pt: damaged at byte \(keysPlace): found None behind the object, expected a list of the storages' keys.")
    #expect(
      message(body + Pickle.whole(Pickle.emptyList + Pickle.none + [0x61]))
        == "x.pt: damaged at byte \(keysPlace): found a list behind the object, expected a list of the storages' keys.")
    #expect(
      message(stream(keys: [], rest: []))
        == "x.pt: damaged at byte \(end - 6): found no storage 0, expected the 1 storages of the tensors." + Self.again)
    #expect(
      message(stream(keys: ["0", "1"]))
        == "x.pt: damaged at byte \(end + 6 + 24): found the storage \"1\", which no tensor has, expected those of the "
        + "tensors." + Self.again)
    let storage = littleEndian(4, 8) + fourFloats
    #expect(
      message(stream(keys: ["0", "0"], rest: storage + storage))
        == "x.pt: damaged at byte \(end + 6 + 24): found the storage 0 a second time, expected every storage once."
        + Self.again)
  }

  @Test("a storage of another size, one that is cut short, and bytes behind the last")
  func sizes() {
    let end = 46 + Pickle.one().count + 12
    #expect(
      message(stream(rest: littleEndian(5, 8) + fourFloats))
        == "x.pt: damaged at byte \(end): found a storage 0 of 5 elements, expected 4, as its tensors say." + Self.again
    )
    #expect(
      message(stream(rest: littleEndian(4, 8) + fourFloats.dropLast()))
        == "x.pt: damaged at byte \(end + 8): found 15 bytes left, expected 16 bytes for the storage 0." + Self.again)
    #expect(
      message(stream(rest: littleEndian(4, 8) + fourFloats + [0]))
        == "x.pt: damaged at byte \(end + 24): found 1 bytes behind the last storage, expected the end of the file."
        + Self.again)
  }

  @Test("a stream that is cut short anywhere is damaged")
  func cutShort() {
    let whole = stream()
    for count in 15..<whole.count {
      #expect(message(Array(whole[..<count])).hasPrefix("x.pt: damaged"), "\(count)")
    }
  }
}
