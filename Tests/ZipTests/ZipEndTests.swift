import Bytes
import TestSupport
import Testing
import Zip

@Suite("Malformed ends of ZIP archives") struct ZipEndTests {
  @Test("no archive at all")
  func noArchive() throws {
    let advice = "The file is cut short or is no ZIP archive; get it again from where it came."
    let expected = "expected a ZIP archive with that record in its last 65557 bytes. \(advice)"
    expectProblem([], "x.zip: damaged: found an empty file, \(expected)")
    let page = Array("<!DOCTYPE html><title>404 Not Found</title>".utf8)
    expectProblem(page, "x.zip: damaged: found no end of central directory record, \(expected)")
    let sound = try ZipBytes(fixture: "stored.zip").bytes
    expectProblem(sound.dropLast(), "x.zip: damaged: found no end of central directory record, \(expected)")
    expectProblem(sound + [0], "x.zip: damaged: found no end of central directory record, \(expected)")
  }

  @Test("a record in the comment that does not fit is passed over")
  func recordInComment() throws {
    var zip = try ZipBytes(fixture: "stored.zip")
    let copy = Array(zip.bytes[zip.end...])
    zip.put(copy.count, size: 2, at: zip.end + 20)
    try readAll(zip.bytes + copy)
  }

  @Test("two directories that fit are refused")
  func twoDirectories() throws {
    var zip = try ZipBytes(fixture: "stored.zip")
    zip.put(22, size: 2, at: zip.end + 20)
    let emptyEnd: [UInt8] =
      [0x50, 0x4B, 5, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] + ZipBytes.littleEndian(zip.bytes.count, 4) + [0, 0]
    expectProblem(
      zip.bytes + emptyEnd,
      "x.zip: refused: found 2 central directories that fit the file, "
        + "expected one, so that every program sees the same members.")
  }

  @Test("bytes before the archive")
  func prepended() throws {
    let expected =
      "expected an archive that begins at byte 0. "
      + "A file with something before the archive can be two things at once; write the archive again."
    let sound = try ZipBytes(fixture: "deflated.zip")
    expectProblem([1, 2, 3] + sound.bytes, "x.zip: refused: found 3 bytes before the archive, \(expected)")

    // The offsets corrected, as `zip -A` does.
    var corrected = ZipBytes(sound.bytes)
    corrected.bytes.insert(contentsOf: [1, 2, 3], at: 0)
    corrected.put(sound.entries[0] + 3, size: 4, at: sound.end + 3 + 16)
    for (entry, header) in zip(sound.entries, sound.headers) { corrected.put(header + 3, size: 4, at: entry + 3 + 42) }
    expectProblem(corrected.bytes, "x.zip: refused: found 3 bytes before the archive, \(expected)")
  }

  @Test("a directory that lies elsewhere")
  func directoryElsewhere() throws {
    var zip = try ZipBytes(fixture: "deflated.zip")
    let size = zip.end - zip.entries[0]
    for offset in [zip.end, zip.entries[0] - 1, 0x7FFF_FFFF] {
      zip.put(offset, size: 4, at: zip.end + 16)
      expectProblem(
        zip.bytes,
        "x.zip: damaged at byte \(zip.end): found a central directory of \(size) bytes at byte \(offset), "
          + "expected one that ends at byte \(zip.end).")
    }
  }

  @Test("more entries than fit the directory, and fewer")
  func entryCounts() throws {
    var zip = try ZipBytes(fixture: "deflated.zip")
    let size = zip.end - zip.entries[0]
    zip.put(400, size: 2, at: zip.end + 8)
    zip.put(400, size: 2, at: zip.end + 10)
    expectProblem(
      zip.bytes,
      "x.zip: damaged at byte \(zip.end): found 400 entries in a directory of \(size) bytes, "
        + "expected at least 46 bytes each.")
    zip.put(3, size: 2, at: zip.end + 8)
    zip.put(3, size: 2, at: zip.end + 10)
    expectProblem(
      zip.bytes,
      "x.zip: damaged at byte \(zip.entries[3]): found \(zip.end - zip.entries[3]) more bytes in the central directory, "
        + "expected 3 entries only.")
  }

  @Test("more members than the limit")
  func tooManyMembers() throws {
    let zip = try ZipBytes(fixture: "deflated.zip")
    var limits = ZipArchive.Limits()
    limits.members = 3
    expectProblem(
      zip.bytes, limits: limits,
      "x.zip: refused at byte \(zip.entries[0]): found 4 members, expected at most 3.")
  }

  @Test("several disks")
  func disks() throws {
    var zip = try ZipBytes(fixture: "deflated.zip")
    zip.put(1, size: 2, at: zip.end + 4)
    expectProblem(
      zip.bytes,
      "x.zip: unsupported at byte \(zip.end): found an archive split over several disks, "
        + "expected an archive in one file. Join the parts with `zip -s 0 split.zip --out whole.zip`.")
    var member = try ZipBytes(fixture: "deflated.zip")
    member.put(2, size: 2, at: member.entries[1] + 34)
    expectProblem(
      member.bytes,
      "x.zip: unsupported at byte \(member.entries[1]), in a.txt: found a member on disk 2, "
        + "expected an archive in one file.")
  }
}
