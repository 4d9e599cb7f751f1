import Bytes
import Foundation
import HDF5
import Tensors
import Testing

/// A fixture with some of its bytes changed.
///
/// Finds its way in files with version 0 superblocks by a few rules of its own, so that no test relies on the reader that
/// it tests.
struct Patch {
  var bytes: [UInt8]

  init(_ name: String) throws {
    bytes = try Fixture(name: name + ".h5").bytes()
  }

  func number<Value: FixedWidthInteger>(_ type: Value.Type, at offset: Int) -> Value {
    bytes.withUnsafeBytes { Value(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: type)) }
  }

  mutating func write<Value: FixedWidthInteger>(_ value: Value, at offset: Int) {
    withUnsafeBytes(of: value.littleEndian) { bytes.replaceSubrange(offset..<(offset + $0.count), with: $0) }
  }

  /// The place of a signature, the first or a later one.
  func place(of signature: String, _ occurrence: Int = 0) -> Int {
    let signature = Array(signature.utf8)
    return bytes.indices.filter { bytes[$0...].starts(with: signature) }[occurrence]
  }

  /// The place of the object header of a path; old-style groups only.
  func header(of path: String) -> Int {
    path.split(separator: "/").reduce(Int(number(UInt64.self, at: 64))) { header, name in
      let table = message(0x11, in: header)
      let tree = Int(number(UInt64.self, at: table))
      let heap = Int(number(UInt64.self, at: table + 8))
      let names = Int(number(UInt64.self, at: heap + 24))
      for child in 0..<Int(number(UInt16.self, at: tree + 6)) {
        let node = Int(number(UInt64.self, at: tree + 32 + 16 * child))
        for entry in 0..<Int(number(UInt16.self, at: node + 6)) {
          let symbol = node + 8 + 40 * entry
          let start = names + Int(number(UInt64.self, at: symbol))
          if bytes[start...].starts(with: Array(name.utf8) + [0]) { return Int(number(UInt64.self, at: symbol + 8)) }
        }
      }
      fatalError("no \(name)")
    }
  }

  /// The place of a message's body in a version 1 header.
  func message(_ type: UInt16, in header: Int) -> Int {
    var blocks = [(header + 16, Int(number(UInt32.self, at: header + 8)))]
    while !blocks.isEmpty {
      var (offset, size) = blocks.removeFirst()
      while size >= 8 {
        if number(UInt16.self, at: offset) == type { return offset + 8 }
        if number(UInt16.self, at: offset) == 0x10 {
          blocks.append((Int(number(UInt64.self, at: offset + 8)), Int(number(UInt64.self, at: offset + 16))))
        }
        let length = 8 + Int(number(UInt16.self, at: offset + 2))
        offset += length
        size -= length
      }
    }
    fatalError("no message of type \(type)")
  }

  func message(_ type: UInt16, of path: String) -> Int { message(type, in: header(of: path)) }

  /// Reads everything in the file, and gives the first problem as a person reads it.
  func problem() -> String {
    do {
      let file = try HDF5File(ByteView(bytes, file: "x.h5"))
      for name in try file.root.attributeNames() { _ = try file.root.attribute(name)?.strings() }
      for object in try file.objects() {
        switch object {
        case .group(let group): _ = try group.attributeNames()
        case .dataset(let dataset):
          if let problem = dataset.unreadable { throw problem }
          _ = try contents(of: dataset)
        case .other(_, let problem): throw problem
        }
      }
      return "no problem"
    } catch {
      return "\(error)"
    }
  }

  /// Writes the right checksum wherever the reader finds a wrong one, so that what lies behind it is reached.
  mutating func reseal() {
    func number(behind words: String, in problem: String) -> Int? {
      problem.range(of: words).flatMap { Int(problem[$0.upperBound...].prefix { $0.isNumber }) }
    }
    while case let problem = problem(), problem.contains("found a wrong checksum"),
      let place = number(behind: "at byte ", in: problem),
      let sum = number(behind: "expected the checksum ", in: problem)
    {
      write(UInt32(sum), at: place)
    }
  }
}

/// Changes a fixture, reads everything in it, and expects one problem, or `no problem`.
///
/// - Parameter sealed: Whether the checksums are made right after the change.
func check(
  _ fixture: String, sealed: Bool = false, _ message: String, at location: SourceLocation = #_sourceLocation,
  _ change: (inout Patch) -> Void
) throws {
  var patch = try Patch(fixture)
  change(&patch)
  if sealed { patch.reseal() }
  let problem = patch.problem()
  #expect(problem == message, sourceLocation: location)
}

/// Changes a fixture, reads everything in it, and gives the first problem as a person reads it.
func problem(of fixture: String, _ change: (inout Patch) -> Void) throws -> String {
  var patch = try Patch(fixture)
  change(&patch)
  return patch.problem()
}

/// Opens one dataset of a fixture.
func dataset(_ path: String, in fixture: String) throws -> Dataset {
  let object = try HDF5File(ByteView(Patch(fixture).bytes, file: "x.h5")).root.object(at: path)
  guard case .dataset(let dataset)? = object else { throw Problem(.mismatched, file: fixture, found: "no \(path)") }
  return dataset
}
