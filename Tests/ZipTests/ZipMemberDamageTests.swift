import Bytes
import TestSupport
import Testing
import Zip

// The members of the fixtures: 0 "empty", 1 "a.txt", 2 "folder/层 1/权重.bin" (incompressible), 3 "w:0" (zeros).

@Suite("Malformed members of ZIP archives") struct ZipMemberDamageTests {
  @Test("a local header outside the members, and one that is none")
  func localHeaderElsewhere() throws {
    var zip = try ZipBytes(fixture: "stored.zip")
    let directory = zip.entries[0]
    zip.put(0x7FFF_FFFF, size: 4, at: zip.entries[1] + 42)
    expectProblem(
      zip.bytes,
      "x.zip: damaged at byte \(zip.entries[1]), in a.txt: found a local header at byte 2147483647, "
        + "expected one before the central directory at byte \(directory).")
    zip.put(1, size: 4, at: zip.entries[1] + 42)
    expectProblem(
      zip.bytes,
      "x.zip: damaged at byte 1, in a.txt: found no local header, expected its signature 50 4B 03 04.")
  }

  @Test("an entry of the directory that is none")
  func noEntry() throws {
    var zip = try ZipBytes(fixture: "stored.zip")
    zip.put(0, size: 4, at: zip.entries[2])
    expectProblem(
      zip.bytes,
      "x.zip: damaged at byte \(zip.entries[2]): found no entry of the central directory, "
        + "expected its signature 50 4B 01 02.")
  }

  @Test("members that overlap")
  func overlap() throws {
    var zip = try ZipBytes(fixture: "stored.zip")
    for (entryField, headerField) in [(20, 18), (24, 22)] {
      zip.put(1510 + 40, size: 4, of: 1, entryField: entryField, headerField: headerField)
    }
    let name = "folder/层 1/权重.bin"
    expectProblem(
      zip.bytes,
      "x.zip: damaged at byte \(zip.headers[2]), in \(name): found a member that overlaps a.txt, "
        + "expected members that begin at byte \(zip.headers[2] + 40) or later.")
  }

  @Test("data that reach into the directory")
  func dataBeyondMembers() throws {
    var zip = try ZipBytes(fixture: "stored.zip")
    for (entryField, headerField) in [(20, 18), (24, 22)] {
      zip.put(301, size: 4, of: 3, entryField: entryField, headerField: headerField)
    }
    expectProblem(
      zip.bytes,
      "x.zip: damaged at byte \(zip.headers[3]), in w:0: found 301 bytes of data at byte \(zip.data(3)), "
        + "expected data that end before the central directory at byte \(zip.entries[0]).")
  }

  @Test("a local header with another name, method, flag or size")
  func localHeaderDiffers() throws {
    let sound = try ZipBytes(fixture: "stored.zip")
    func expect(_ value: Int, size: Int, at field: Int, _ found: String, _ expected: String = "those") {
      var zip = sound
      zip.put(value, size: size, at: zip.headers[1] + field)
      expectProblem(
        zip.bytes,
        "x.zip: damaged at byte \(zip.headers[1]), in a.txt: found \(found) in the local header, "
          + "expected \(expected) in the central directory.")
    }
    expect(0x62, size: 1, at: 30, "the name b.txt", "the name")
    expect(8, size: 2, at: 8, "another method or other flags")
    expect(1, size: 2, at: 6, "another method or other flags")
    expect(1511, size: 4, at: 22, "other sizes or another CRC-32")
    expect(1509, size: 4, at: 18, "other sizes or another CRC-32")
    expect(0, size: 4, at: 14, "other sizes or another CRC-32")
  }

  @Test("a data descriptor that says otherwise")
  func dataDescriptor() throws {
    var zip = try ZipBytes(fixture: "streamed.zip")
    let descriptor = zip.data(1) + 1510
    zip.put(1509, size: 4, at: descriptor + 8)
    expectProblem(
      zip.bytes,
      "x.zip: damaged at byte \(descriptor), in a.txt: found no data descriptor that fits, "
        + "expected the CRC-32 and the sizes of the central directory.")
  }

  @Test("one name twice")
  func duplicateName() throws {
    var zip = try ZipBytes(fixture: "stored.zip")
    for offset in [zip.entries[1] + 46, zip.headers[1] + 30] {
      zip.bytes = patched(zip.bytes, at: offset, with: Array("empty".utf8))
    }
    expectProblem(
      zip.bytes,
      "x.zip: damaged at byte \(zip.entries[1]), in empty: found a second member of this name, "
        + "expected every name once.")
  }

  @Test("an encrypted member", arguments: [1, 1 << 6, 1 << 13])
  func encrypted(flag: Int) throws {
    var zip = try ZipBytes(fixture: "stored.zip")
    zip.put(flag, size: 2, of: 1, entryField: 8, headerField: 6)
    expectProblem(
      zip.bytes,
      "x.zip: unsupported at byte \(zip.entries[1]), in a.txt: found an encrypted member, "
        + "expected an archive without a password.")
  }

  @Test(
    "a compression that is not read",
    arguments: [
      (12, "method 12 (bzip2)"), (14, "method 14 (LZMA)"), (93, "method 93 (Zstandard)"),
      (99, "method 99 (AES encryption)"), (77, "method 77"),
    ])
  func method(code: Int, name: String) throws {
    var zip = try ZipBytes(fixture: "stored.zip")
    zip.put(code, size: 2, of: 1, entryField: 10, headerField: 8)
    expectProblem(
      zip.bytes,
      "x.zip: unsupported at byte \(zip.entries[1]), in a.txt: found a member compressed by \(name), "
        + "expected stored or deflated members. Pack the archive again with `zip`, or with Python's `zipfile`.")
  }

  @Test("a symbolic link")
  func symbolicLink() throws {
    var zip = try ZipBytes(fixture: "stored.zip")
    zip.put(0xA1FF, size: 2, at: zip.entries[1] + 40)
    expectProblem(
      zip.bytes,
      "x.zip: refused at byte \(zip.entries[1]), in a.txt: found a symbolic link, expected a regular member.")
  }

  @Test("a stored member of two sizes")
  func storedSizes() throws {
    var zip = try ZipBytes(fixture: "stored.zip")
    zip.put(1511, size: 4, of: 1, entryField: 24, headerField: 22)
    expectProblem(
      zip.bytes,
      "x.zip: damaged at byte \(zip.entries[1]), in a.txt: found a stored member of 1510 bytes "
        + "that claims to be 1511 bytes long, expected the same number twice.")
  }

  @Test(
    "a name that leads out of the archive or cannot be shown",
    arguments: [
      ("../x.npy", "a name that leads to a parent folder"), ("a/../x.npy", "a name that leads to a parent folder"),
      ("a\\..\\x.npy", "a name that leads to a parent folder"), ("/abs", "an absolute name"),
      ("\\abs", "an absolute name"), ("C:\\x", "a name that begins with a drive"),
      ("c:/x", "a name that begins with a drive"), ("a\0b", "a name that contains NUL"),
    ])
  func dangerousName(name: String, found: String) {
    let zip = ZipBytes(memberNamed: Array(name.utf8))
    let shown = name.replacing("\0", with: "\\u{0}")
    expectProblem(
      zip.bytes,
      "x.zip: refused at byte \(zip.entries[0]), in \(shown): found \(found), "
        + "expected a relative path inside the archive.")
  }

  @Test("no name, one that is too long, and one that is no text")
  func unusableName() {
    let none = ZipBytes(memberNamed: [])
    expectProblem(
      none.bytes,
      "x.zip: refused at byte 30: found a member without a name, expected a relative path inside the archive.")
    let long = ZipBytes(memberNamed: Array(repeating: 0x61, count: 4097))
    expectProblem(
      long.bytes, "x.zip: refused at byte 4127: found a name of 4097 bytes, expected at most 4096 bytes.")
    let latin = ZipBytes(memberNamed: [0x61, 0xE9])
    expectProblem(
      latin.bytes,
      "x.zip: unsupported at byte 32: found a member whose name is not UTF-8, expected names in ASCII or UTF-8. "
        + "Pack the archive again with a program that writes UTF-8 names, such as Python's `zipfile`.")
  }

  @Test("harmless names are kept as they are", arguments: ["w:0.npy", "ab:/c", "..a", "a..b/c..", "a b", "层", "x\\y"])
  func harmlessName(name: String) throws {
    let zip = ZipBytes(memberNamed: Array(name.utf8))
    #expect(try ZipArchive(ByteView(zip.bytes)).members.map(\.name) == [name])
  }

  @Test("names that differ only in their normalization are two names")
  func normalization() throws {
    var zip = try ZipBytes(fixture: "stored.zip")
    let names: [[UInt8]] = [[0xC3, 0xA9, 0x61, 0x61, 0x61], [0x65, 0xCC, 0x81, 0x61, 0x61]]
    for (member, name) in names.enumerated() {
      zip.bytes = patched(zip.bytes, at: zip.entries[member] + 46, with: name)
      zip.bytes = patched(zip.bytes, at: zip.headers[member] + 30, with: name)
    }
    #expect(try ZipArchive(ByteView(zip.bytes)).members.count == 4)
  }
}

@Suite("Malformed contents of ZIP archives") struct ZipContentsDamageTests {
  @Test("a stored member that changed")
  func storedChecksum() throws {
    let zip = try ZipBytes(fixture: "stored.zip")
    let bytes = patched(zip.bytes, at: zip.data(3) + 7, with: [1])
    expectProblem(
      bytes,
      "x.zip: damaged at byte \(zip.data(3)), in w:0: found contents with the CRC-32 86fc4785, expected b5348fd2. "
        + "The file changed after it was written; get it again from where it came.")
  }

  @Test("a deflated member whose CRC-32 is another one, found by reading to its end and not before")
  func deflatedChecksum() throws {
    var zip = try ZipBytes(fixture: "deflated.zip")
    zip.put(0, size: 4, of: 1, entryField: 16, headerField: 14)
    let member = try ZipArchive(ByteView(zip.bytes, file: "x.zip")).members[1]
    _ = try ByteView(count: 1509) { try member.read(at: 0, into: $0) }
    let problem = #expect(throws: Problem.self) { try ByteView(count: 1) { try member.read(at: 1509, into: $0) } }
    #expect(
      problem?.description
        == "x.zip: damaged at byte \(zip.data(1)), in a.txt: found contents with the CRC-32 78107e2a, "
        + "expected 00000000. The file changed after it was written; get it again from where it came.")
  }

  private func withSize(_ size: Int, stored: Int? = nil) throws -> ZipBytes {
    var zip = try ZipBytes(fixture: "deflated.zip")
    zip.put(size, size: 4, of: 1, entryField: 24, headerField: 22)
    if let stored { zip.put(stored, size: 4, of: 1, entryField: 20, headerField: 18) }
    return zip
  }

  @Test("a member that inflates to more or less than it claims")
  func inflatedSize() throws {
    let shorter = try withSize(1500)
    expectProblem(
      shorter.bytes,
      "x.zip: damaged at byte \(shorter.data(1) + 140), in a.txt: found contents that inflate to more than 1500 bytes, "
        + "expected that many.")
    let longer = try withSize(1600)
    expectProblem(
      longer.bytes,
      "x.zip: damaged at byte \(longer.data(1) + 141), in a.txt: found contents that inflate to 1510 bytes, "
        + "expected 1600 bytes.")
  }

  @Test("a deflate stream that is cut short, goes on behind its end, or is none")
  func stream() throws {
    let cut = try withSize(1510, stored: 100)
    expectProblem(
      cut.bytes,
      "x.zip: damaged at byte \(cut.data(1) + 100), in a.txt: found a deflate stream without an end, "
        + "expected one that ends in its 100 bytes.")
    let grown = try withThreeMoreBytes()
    expectProblem(
      grown.bytes,
      "x.zip: damaged at byte \(grown.entries[0] - 3), in w:0: found 3 bytes after the end of the deflate stream, "
        + "expected none.")
    let zip = try ZipBytes(fixture: "deflated.zip")
    expectProblem(
      patched(zip.bytes, at: zip.data(1), with: [0xFF]),
      "x.zip: damaged at byte \(zip.data(1) + 1), in a.txt: found bytes that are no deflate stream (invalid block type), "
        + "expected a deflate stream (RFC 1951).")
  }

  /// Puts three bytes between the last member and the directory, and has the member claim them.
  private func withThreeMoreBytes() throws -> ZipBytes {
    let sound = try ZipBytes(fixture: "deflated.zip")
    let directory = sound.entries[0]
    var grown = ZipBytes(sound.bytes)
    grown.bytes.insert(contentsOf: [0, 0, 0], at: directory)
    grown.put(directory + 3, size: 4, at: sound.end + 3 + 16)
    grown = ZipBytes(grown.bytes)
    grown.put(directory - sound.data(3) + 3, size: 4, of: 3, entryField: 20, headerField: 18)
    return grown
  }

  @Test("a member that claims more than deflate can hold")
  func impossibleRatio() throws {
    let zip = try withSize(0xFFFF_FFF0)
    expectProblem(
      zip.bytes,
      "x.zip: damaged at byte \(zip.entries[1]), in a.txt: found 141 deflated bytes that claim to inflate to 4294967280, "
        + "expected at most 1032 times as many.")
  }

  @Test("members that together inflate to more than the limits")
  func inflationLimit() throws {
    let zip = try ZipBytes(fixture: "deflated.zip")
    var limits = ZipArchive.Limits()
    limits.inflatedBytes = 1800
    expectProblem(
      zip.bytes, limits: limits,
      "x.zip: refused at byte \(zip.entries[3]), in w:0: found members that inflate to more than 1800 bytes, "
        + "expected at most that many for an archive of \(zip.bytes.count) bytes. "
        + "Save the arrays uncompressed if they really are that large.")
  }

  @Test("an archive that inflates to more than a gigabyte and sixteen times its size")
  func inflationRatio() {
    let zip = ZipBytes(
      memberNamed: [0x77], method: 8, data: Array(repeating: 0, count: 1 << 21), claiming: 1_200_000_000)
    let limit = (1 << 30) + 16 * zip.bytes.count
    #expect(limit < 1_200_000_000)
    expectProblem(
      zip.bytes,
      "x.zip: refused at byte \(zip.entries[0]), in w: found members that inflate to more than \(limit) bytes, "
        + "expected at most that many for an archive of \(zip.bytes.count) bytes. "
        + "Save the arrays uncompressed if they really are that large.")
  }

  @Test("a range outside the member", arguments: ["stored.zip", "deflated.zip"])
  func range(fixture: String) throws {
    let member = try ZipArchive(ByteView(ZipBytes(fixture: fixture).bytes)).members[1]
    for (offset, count) in [(-1, 1), (1511, 0), (1500, 11), (Int.max, 1)] {
      #expect(throws: Problem.self) { try ByteView(count: count) { try member.read(at: offset, into: $0) } }
    }
  }
}
