import Bytes
import Foundation
import HDF5Isolation
import HDF5Library
import JSON
import Tensors
import Testing

/// Files with two changed bytes each that crash libhdf5 1.10.8 or hang it: a problem, and this process lives on.
@Suite(.enabled(if: HDF5LibraryReader.libraryVersion == "1.10.8", "other versions may survive these files"))
struct CrashTests {
  @Test func aCrashWhileListingIsAProblem() throws {
    let files = fixtures(beginningWith: "crash-listing-")
    #expect(files.count >= 4)
    for file in files {
      let expected = messages(about: file, expected: "a listing of the file")
      #expect(expected.contains(message { _ = try isolatedListing(of: file) }))
    }
  }

  @Test func aCrashWhileReadingIsAProblem() throws {
    let files = fixtures(beginningWith: "crash-data-")
    #expect(files.count >= 2)
    for file in files {
      let dataset = try isolatedDataset("packed", of: file, elementType: .float32, shape: [16, 16])
      let expected = messages(about: file, object: "packed", expected: "the elements of the dataset")
      #expect(expected.contains(message { _ = try bytes(of: dataset) }))
    }
  }

  @Test func aHangIsAProblem() {
    let files = fixtures(beginningWith: "hang-")
    #expect(!files.isEmpty)
    for file in files {
      #expect(
        message { _ = try isolatedListing(of: file, patience: .seconds(2)) }
          == "\(file): refused: found no answer within 2.0 seconds of libhdf5 1.10.8, run in a process of its own, "
          + "expected a listing of the file.")
    }
  }

  /// The same corruption is found by the library as a segmentation fault or by the C library as a broken heap.
  private func messages(about file: String, object: String? = nil, expected: String) -> [String] {
    [11, 6].map { signal in
      "\(file): damaged\(object.map { " in \($0)" } ?? ""): found a crash (signal \(signal)) of libhdf5 1.10.8, "
        + "run in a process of its own, expected \(expected). "
        + "The file is probably damaged; get it again from where it came."
    }
  }
}

@Suite struct IsolationProblemTests {
  private let filters = fixture("filters.h5")

  @Test func whatTheLibraryFindsIsPassedOn() throws {
    let lzf = try isolatedDataset("lzf", of: filters, elementType: .float32, shape: [32, 32])
    #expect(
      message { _ = try bytes(of: lzf) }
        == "\(filters): unsupported in lzf: found the filter lzf (number 32000), expected a filter that libhdf5 "
        + "\(HDF5LibraryReader.libraryVersion) has here. "
        + "Write the dataset again without compression, with h5py where the filter is installed.")
    let file = fixture("elsewhere.h5")
    let virtual = try isolatedDataset("virtual", of: file, elementType: .float32, shape: [3])
    #expect(
      message { _ = try bytes(of: virtual) }.hasPrefix("\(file): refused in virtual: found a virtual dataset"))
    #expect(
      message { _ = try isolatedListing(of: #filePath) }.hasPrefix("\(#filePath): damaged: found what libhdf5 "))
  }

  /// A chunk whose deflated bytes are overwritten is found after the header has been sent.
  @Test func aProblemAmongTheBytesIsPassedOn() throws {
    try withTemporaryDirectory { directory in
      var file = try Data(contentsOf: URL(filePath: fixture("names.h5")))
      let chunk = try #require(file.range(of: Data([0x78, 0x5e]), in: 0..<file.count))
      file[chunk.lowerBound + 2] ^= 0xff
      let path = directory + "/a.h5"
      try file.write(to: URL(filePath: path))
      let dataset = try isolatedDataset("packed", of: path, elementType: .float32, shape: [16, 16])
      #expect(
        message { _ = try bytes(of: dataset) }
          == "\(path): damaged in packed: found what libhdf5 \(HDF5LibraryReader.libraryVersion) calls "
          + "\"inflate() failed\", expected the elements of the dataset.")
    }
  }

  @Test func anotherShapeIsMismatched() throws {
    let dataset = try isolatedDataset("szip", of: filters, elementType: .float64, shape: [32, 16])
    #expect(
      message { _ = try bytes(of: dataset) }
        == "\(filters): mismatched in szip: found what libhdf5 reads as float32 [32, 32], expected float64 [32, 16]. "
        + "The two readers of HDF5 disagree about this file; please report it.")
  }

  @Test func aShapeThatOverflowsIsDamaged() {
    #expect(
      message { _ = try isolatedDataset("a", of: "a.h5", elementType: .float32, shape: [1 << 62]) }
        == "a.h5: damaged in a: found a shape whose size in bytes overflows.")
  }

  @Test func aRangeOutsideTheDatasetIsAProblem() throws {
    let dataset = try isolatedDataset("szip", of: filters, elementType: .float32, shape: [32, 32])
    #expect(
      message { _ = try ByteView(count: 8) { try dataset.read(at: 4090, into: $0) } }
        == "\(filters): damaged in szip: found 8 bytes at offset 4090, expected a range inside the 4096 bytes of the "
        + "dataset.")
  }
}

/// Programs that are not `ingot-hdf5`, or are one that a hostile file has taken over.
@Suite struct ToolProblemTests {
  private let notAnAnswer =
    "expected the answer of the program ingot-hdf5 of this version. Install ingot-hdf5 beside ingot."

  @Test func aMissingToolIsUnavailable() {
    #expect(
      message { _ = try isolatedListing(of: "a.h5", tool: "/nowhere/ingot-hdf5") }
        == "/nowhere/ingot-hdf5: unavailable: found no such file or directory, expected the program that reads with "
        + "libhdf5. Install ingot-hdf5 beside ingot.")
  }

  @Test func aToolThatSleepsIsKilled() {
    #expect(
      message { _ = try isolatedListing(of: "1000", tool: "/bin/sleep", patience: .milliseconds(100)) }
        == "1000: refused: found no answer within 0.1 seconds of libhdf5 run in a process of its own, "
        + "expected a listing of the file.")
  }

  /// The wait counts as a whole: bytes that trickle do not prolong it.
  @Test func aToolThatTricklesIsKilled() throws {
    try withScript("printf 'ingot-hdf5 1 9.9\\n'; while :; do printf ' '; sleep 0.02; done") { file in
      #expect(
        message { _ = try isolatedListing(of: file, tool: "/bin/sh", patience: .seconds(2)) }
          == "\(file): refused: found no answer within 2.0 seconds of libhdf5 9.9, run in a process of its own, "
          + "expected a listing of the file.")
    }
  }

  @Test func aToolThatSaysSomethingElseIsUnavailable() {
    #expect(
      message { _ = try isolatedListing(of: "a.h5", tool: "/bin/echo") }
        == "/bin/echo: unavailable: found output that is no whole answer about a.h5, \(notAnAnswer)")
  }

  @Test func aToolThatFailsIsUnavailable() {
    #expect(
      message { _ = try isolatedListing(of: "a.h5", tool: "/bin/false") }
        == "/bin/false: unavailable: found exit code 1 and no answer, expected exit code 0. "
        + "Run it by hand on the file to see what it says: /bin/false a.h5.")
  }

  @Test func aToolThatCrashesAtItsEndIsDamaged() throws {
    try withScript("printf 'ingot-hdf5 1 9.9\\n{\"objects\":[]}\\n'; kill -ABRT $$") { file in
      #expect(
        message { _ = try isolatedListing(of: file, tool: "/bin/sh") }
          == "\(file): damaged: found a crash (signal 6) of libhdf5 9.9, run in a process of its own, expected a listing "
          + "of the file. The file is probably damaged; get it again from where it came.")
    }
  }

  @Test(arguments: ["KILL", "XCPU"]) func aToolBeyondItsLimitsIsRefused(_ signal: String) throws {
    try withScript("printf 'ingot-hdf5 1 9.9\\n'; kill -\(signal) $$") { file in
      #expect(
        message { _ = try isolatedListing(of: file, tool: "/bin/sh") }
          == "\(file): refused: found more time or memory used than is given to libhdf5 9.9, run in a process of its "
          + "own, expected a listing of the file. The file is probably damaged; get it again from where it came.")
    }
  }

  /// The header and blocks of a dataset of three bytes, right but for one thing.
  @Test(arguments: [
    "\\2\\0\\0\\0ab",  // too short
    "\\2\\0\\0\\0ab\\0\\0\\0\\0{}\\n",  // too short, and said to be whole
    "\\4\\0\\0\\0abcd\\0\\0\\0\\0{}\\n",  // too long
    "\\3\\0\\0\\0abc\\1\\0\\0\\0d\\0\\0\\0\\0{}\\n",  // too many blocks
    "\\3\\0\\0\\0abc\\0\\0\\0\\0{}\\nmore",  // more after the end
    "\\3\\0\\0\\0abc\\0\\0\\0\\0",  // no last line
    "\\3\\0\\0\\0abc\\0\\0\\0\\0[]\\n",  // a last line that is no object
    "\\377\\377\\377\\377abc",  // a block of four gigabytes
  ])
  func anAnswerThatIsNotWholeIsUnavailable(blocks: String) throws {
    try withScript(
      "printf 'ingot-hdf5 1 9.9\\n{\"elementType\":\"int8\",\"shape\":[3]}\\n\(blocks)'"
    ) { file in
      let dataset = try isolatedDataset("a", of: file, elementType: .int8, shape: [3], tool: "/bin/sh")
      #expect(
        message { _ = try bytes(of: dataset) }
          == "/bin/sh: unavailable: found output that is no whole answer about \(file), \(notAnAnswer)")
    }
  }

  @Test func aLineWithoutEndIsUnavailable() throws {
    try withScript("cat /dev/zero") { file in
      #expect(
        message { _ = try isolatedListing(of: file, tool: "/bin/sh") }
          == "/bin/sh: unavailable: found output that is no whole answer about \(file), \(notAnAnswer)")
    }
  }

  /// The program is gone when nobody wants its bytes any more.
  @Test func aDroppedDatasetEndsItsTool() throws {
    let script = """
      echo $$ > "$0.pid"
      printf 'ingot-hdf5 1 9.9\\n{"elementType":"int8","shape":[3]}\\n\\1\\0\\0\\0a'
      exec sleep 1000
      """
    try withScript(script) { file in
      var dataset: IsolatedDataset? = try isolatedDataset(
        "a", of: file, elementType: .int8, shape: [3], tool: "/bin/sh")
      _ = try ByteView(count: 1) { try dataset?.read(at: 0, into: $0) }
      let id = try #require(
        Int32(try String(contentsOfFile: file + ".pid", encoding: .utf8).trimmingCharacters(in: .newlines)))
      #expect(kill(id, 0) == 0)
      dataset = nil
      #expect(kill(id, 0) != 0)
    }
  }
}
