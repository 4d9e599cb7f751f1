import Bytes
import TensorFlow

/// The kinds of file that a checkpoint can be.
public enum Container: String, Sendable {
  /// Weights as `save_weights` of Keras 1 and 2 writes them.
  case kerasWeights = "Keras HDF5 weights"
  /// A whole model as `save` of Keras 1 and 2 writes it.
  case kerasModel = "Keras HDF5 model"
  /// An HDF5 file without the conventions of Keras.
  case hdf5 = "HDF5 file"
  /// A NumPy archive of arrays.
  case numpyArchive = "NumPy archive"
  /// A single NumPy array.
  case numpyArray = "NumPy array"
  /// A safetensors file, Ingot's model files among them.
  case safetensors = "safetensors file"
  /// The index of a TensorFlow checkpoint, with its data files.
  case tensorFlowCheckpoint = "TensorFlow checkpoint"
}

extension Container {
  /// Tells a file's kind by its first and last bytes.
  ///
  /// - Throws: `Problem` that says what the file is when Ingot does not read it.
  init(recognising bytes: ByteView) throws {
    let head = bytes.head(1_024)
    if Container.hasHDF5Signature(bytes) {
      self = .hdf5
    } else if head.starts(with: [0x93] + Array("NUMPY".utf8)) {
      self = .numpyArray
    } else if head.starts(with: Array("PK\u{3}\u{4}".utf8)) || head.starts(with: Array("PK\u{5}\u{6}".utf8)) {
      self = .numpyArchive
    } else if Container.looksLikeSafeTensors(head, fileSize: bytes.count) {
      self = .safetensors
    } else if TensorFlowCheckpoint.hasSignature(bytes) {
      self = .tensorFlowCheckpoint
    } else {
      throw Container.stranger(bytes, head: head)
    }
  }

  /// HDF5 File Format Specification 3.0, II.A: the signature stands at byte 0, 512, 1024 and so on by doubling.
  private static func hasHDF5Signature(_ bytes: ByteView) -> Bool {
    let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
    return bytes.withUnsafeBytes { bytes in
      var offset = 0
      while offset + signature.count <= bytes.count {
        if bytes[offset...].starts(with: signature) { return true }
        offset = offset == 0 ? 512 : offset * 2
      }
      return false
    }
  }

  /// A safetensors file begins with the length of its header and a brace; the length is judged by the reader.
  private static func looksLikeSafeTensors(_ head: [UInt8], fileSize: Int) -> Bool {
    head.count >= 9 && head[8] == UInt8(ascii: "{") && head[4..<8].allSatisfy { $0 == 0 }
  }

  private static func stranger(_ bytes: ByteView, head: [UInt8]) -> Problem {
    let readable = "HDF5, NumPy, safetensors or a TensorFlow checkpoint"
    func problem(_ kind: Problem.Kind, _ found: String, _ advice: String) -> Problem {
      Problem(kind, file: bytes.file, byte: 0, found: found, expected: readable, advice: advice)
    }
    let text = String(decoding: head, as: UTF8.self).lowercased()
    if head.isEmpty {
      return problem(.damaged, "an empty file", "Get the file again from where it came")
    }
    if text.hasPrefix("version https://git-lfs") {
      return problem(
        .mismatched, "a Git-LFS pointer, not the file it stands for",
        "Fetch the real file with \"git lfs pull\" in the repository it came from")
    }
    if text.contains("<!doctype html") || text.contains("<html") {
      return problem(
        .mismatched, "a web page", "Download the file itself, not the page that links to it")
    }
    if head.starts(with: [0x80]) && head.count > 1 && (2...5).contains(head[1]) {
      return problem(.refused, "a Python pickle, which can run code when it is read", "Save the weights as HDF5 or .npz")
    }
    if head.starts(with: [0x1F, 0x8B]) {
      return problem(.unsupported, "a gzip archive", "Unpack it first")
    }
    if head.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || (0x09...0x0D).contains($0) }) {
      return problem(.mismatched, "a text file", "Name the file that holds the weights")
    }
    return problem(.unsupported, "bytes of no known kind", "Name the file that holds the weights")
  }
}

extension ByteView {
  /// The first bytes, at most `count` of them.
  func head(_ count: Int) -> [UInt8] { withUnsafeBytes { Array($0.prefix(count)) } }
}
