import Bytes
import Foundation
import TestSupport
import Testing
import Zip

@Suite("Malformed zip64 records") struct Zip64DamageTests {
  // The fixture ends with the zip64 record (56 bytes), its locator (20) and the short record (22).
  let zip: [UInt8]
  let end: Int

  init() throws {
    zip = Array(try Data(contentsOf: Fixtures.folder("Zip").appending(path: "zip64.zip")))
    end = zip.count - 22
  }

  @Test("numbers that only a zip64 record can hold, without one")
  func noLocator() {
    let saturated = patched(zip, at: end + 16, with: [0xFF, 0xFF, 0xFF, 0xFF])
    expectProblem(
      patched(saturated, at: end - 20, with: [0]),
      "x.zip: damaged at byte \(end): found sizes that only a zip64 record can hold, "
        + "expected a zip64 locator before the end of central directory record.")
  }

  @Test("a locator that leads nowhere")
  func badLocator() {
    expectProblem(
      patched(zip, at: end - 12, with: [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]),
      "x.zip: damaged at byte \(end): found a zip64 record at byte 18446744073709551615, "
        + "expected one before its locator at byte \(end - 20).")
    expectProblem(
      patched(zip, at: end - 76, with: [0]),
      "x.zip: damaged at byte \(end - 76): found no zip64 end of central directory record, "
        + "expected the one that its locator at byte \(end - 20) names.")
    expectProblem(
      patched(zip, at: end - 4, with: [9]),
      "x.zip: unsupported at byte \(end - 20): found an archive split over 9 disks, expected an archive in one file.")
  }

  @Test("a record of another size than the space it has")
  func recordSize() {
    expectProblem(
      patched(zip, at: end - 72, with: [45]),
      "x.zip: damaged at byte \(end - 64): found a zip64 record of 45 bytes, expected 44 bytes, up to its locator.")
  }

  @Test("a short record that says otherwise")
  func contradiction() {
    expectProblem(
      patched(zip, at: end + 8, with: [3, 0]),
      "x.zip: damaged at byte \(end - 76): "
        + "found a zip64 record that contradicts the end of central directory record, expected the same numbers.")
  }

  @Test("sizes beyond the file and beyond 63 bits")
  func hugeSizes() throws {
    // The directory's first entry is "empty", with a zip64 extra field of size, then compressed size.
    let entry = try #require(firstEntry())
    let extra = entry + 46 + 5 + 4
    expectProblem(
      patched(zip, at: extra, with: [0, 0, 0, 0, 0, 0, 0, 0x80]),
      "x.zip: damaged at byte \(entry), in empty: found a size beyond 63 bits, expected sizes that fit the file.")
    expectProblem(
      patched(zip, at: extra + 8, with: [0, 0, 0, 0, 0, 0, 0, 0x70]),
      "x.zip: damaged at byte 0, in empty: found other sizes or another CRC-32 in the local header, "
        + "expected those in the central directory.")
  }

  @Test("a zip64 extra field that is not there, too short, or there twice")
  func extraField() throws {
    let entry = try #require(firstEntry())
    let extra = entry + 46 + 5
    expectProblem(
      patched(zip, at: extra, with: [2]),
      "x.zip: damaged at byte \(extra), in empty: found no zip64 extra field, expected one that gives the size.")
    expectProblem(
      patched(zip, at: extra + 2, with: [8, 0]),
      "x.zip: damaged at byte \(extra + 12): found 0 bytes left, expected 8 bytes for the compressed size. "
        + "The file is cut short or overwritten; get it again from where it came.")
    expectProblem(
      patched(patched(zip, at: extra + 2, with: [8, 0]), at: extra + 12, with: [1, 0, 4, 0]),
      "x.zip: damaged at byte \(extra + 12), in empty: found a second zip64 extra field, expected one.")
    expectProblem(
      patched(zip, at: extra + 2, with: [200, 0]),
      "x.zip: damaged at byte \(extra + 4): found 16 bytes left, expected 200 bytes for the extra field 1. "
        + "The file is cut short or overwritten; get it again from where it came.")
  }

  private func firstEntry() -> Int? {
    zip.indices.first { zip[$0...].starts(with: [0x50, 0x4B, 1, 2]) }
  }
}
