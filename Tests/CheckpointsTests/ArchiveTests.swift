import Bytes
import Checkpoints
import Foundation
import TestSupport
import Testing

/// NumPy's files and safetensors as checkpoints.
@Suite("NumPy and safetensors checkpoints") struct ArchiveTests {
  static let numpy = Fixtures.folder("NumPy").appending(path: "numpy-2.4")

  @Test("members that are no numbers are listed as passed over; asking for a pickled array says why it is not read")
  func others() throws {
    let path = Self.numpy.appending(path: "archives/with-others.npz").path
    let checkpoint = try Checkpoint(opening: path)
    #expect(!checkpoint.tensors.isEmpty)
    #expect(
      checkpoint.remarks == [
        "The member config.json is no array and is passed over.",
        "object is passed over: an object array ('|O'), which is a Python pickle.",
      ])
    #expect(
      message(about: "\(path)(object.npy)") { _ = try checkpoint.tensor(named: "object") }
        == "refused at byte 10: found an object array ('|O'), which is a Python pickle, expected numbers; "
        + "object arrays are refused. Reading a pickle can run any program hidden in it; in NumPy, save the array again "
        + "with a numeric dtype.")
  }

  @Test("storage tells stored from deflated members")
  func storage() throws {
    for name in ["stored", "deflated"] {
      let checkpoint = try Checkpoint(opening: Self.numpy.appending(path: "archives/\(name).npz").path)
      #expect(Set(checkpoint.tensors.map(\.storage)) == [name])
      for tensor in checkpoint.tensors {
        #expect(try contents(of: tensor.source).count == tensor.source.byteCount)
      }
    }
  }

  @Test("a single array goes by its file's name, and its remark comes along")
  func single() throws {
    let checkpoint = try Checkpoint(opening: Self.numpy.appending(path: "types/bfloat16-c.npy").path)
    #expect(checkpoint.container == .numpyArray)
    #expect(checkpoint.tensors.map(\.name) == ["bfloat16-c.npy"])
    #expect(
      checkpoint.remarks == [
        "bfloat16-c.npy: The elements are '<V2', raw pairs of bytes, and are read as bfloat16: so NumPy writes the arrays "
          + "of ml_dtypes, whose type it does not record."
      ])
  }

  @Test("an archive without members is empty, one without arrays is no checkpoint")
  func noArrays() throws {
    let empty = try Checkpoint(opening: Fixtures.folder("Zip").appending(path: "no-members.zip").path)
    #expect(empty.container == .numpyArchive && empty.tensors.isEmpty)
    #expect(
      message(opening: Fixtures.folder("Zip").appending(path: "stored.zip").path)
        == "mismatched: found a ZIP archive without an array in it, expected HDF5, NumPy, PyTorch, safetensors or "
        + "TensorFlow. Unpack it and name the file with the weights.")
  }

  @Test("a safetensors file is read, and what has no type here is listed as passed over")
  func safetensors() throws {
    let path = Fixtures.folder("SafeTensors").appending(path: "float8.safetensors").path
    let checkpoint = try Checkpoint(opening: path)
    #expect(checkpoint.container == .safetensors)
    #expect(checkpoint.tensors.map(\.name) == ["plain"])
    #expect(
      checkpoint.remarks == [
        "float8_e4m3fn is passed over: elements of type F8_E4M3.",
        "float8_e5m2 is passed over: elements of type F8_E5M2.",
      ])
    #expect(throws: Problem.self) { try checkpoint.tensor(named: "float8_e5m2") }
  }

  @Test("the metadata of a safetensors file are facts")
  func metadata() throws {
    let checkpoint = try Checkpoint(
      opening: Fixtures.folder("SafeTensors").appending(path: "names.safetensors").path)
    #expect(checkpoint.facts.map { [$0.name, $0.value] } == [["床", "月\n\""]])
  }
}
