import Bytes
import PyTorch
import TensorFlow
import Zip

/// The kinds of file that a checkpoint can be.
public enum Container: String, Sendable {
  /// Weights as `save_weights` of Keras 1 and 2 writes them.
  case kerasWeights = "Keras HDF5 weights"
  /// A whole model as `save` of Keras 1 and 2 writes it.
  case kerasModel = "Keras HDF5 model"
  /// Weights named by class and number instead of by layer, as `.weights.h5` of Keras 2.12 and later holds them, sharded or not.
  case keras3Weights = "Keras 3 HDF5 weights"
  /// A whole model as `save` of Keras 2.12 and later writes it into a file named `.keras`.
  case kerasArchive = "Keras archive"
  /// An HDF5 file without the conventions of Keras.
  case hdf5 = "HDF5 file"
  /// A NumPy archive of arrays.
  case numpyArchive = "NumPy archive"
  /// A single NumPy array.
  case numpyArray = "NumPy array"
  /// A safetensors file, Ingot's model files among them.
  case safetensors = "safetensors file"
  /// Several safetensors files and the index that joins them.
  case shardedSafetensors = "sharded safetensors"
  /// A file of `torch.save`, as PyTorch writes it since version 1.6: a ZIP archive with a pickle.
  case pytorch = "PyTorch file"
  /// A file of `torch.save` in the form before version 1.6: pickles one behind the other.
  case pytorchStream = "PyTorch file (form before 1.6)"
  /// Several files of `torch.save` and the index that joins them.
  case shardedPyTorch = "sharded PyTorch"
  /// The index of a TensorFlow checkpoint, with its data files.
  case tensorFlowCheckpoint = "TensorFlow checkpoint"
}

extension Container {
  /// Tells a file's kind by its bytes; which of the kinds of HDF5 file it is, its reader finds out.
  ///
  /// - Throws: `Problem` that says what the file is when Ingot does not read it.
  init(recognising bytes: ByteView) throws {
    let head = bytes.head(1_024)
    if head.starts(with: Signature.hdf5) {
      self = .hdf5
    } else if head.starts(with: Signature.numpy) {
      self = .numpyArray
    } else if head.starts(with: Signature.zip) || head.starts(with: Signature.emptyZip) {
      self = try Container(ofArchive: ZipArchive(bytes).members.map(\.name), file: bytes.file)
    } else if PyTorchFile.isStream(bytes) {
      self = .pytorchStream
    } else if Container.looksLikeSafeTensors(head) {
      self = .safetensors
    } else if TensorFlowCheckpoint.hasSignature(bytes) {
      self = .tensorFlowCheckpoint
    } else if Container.isHDF5BehindUserBlock(bytes) {
      self = .hdf5
    } else {
      throw Problem(notWeights: bytes, head: head)
    }
  }

  /// HDF5 File Format Specification 3.0, II.A: the signature may also stand at byte 512, 1024 and so on by doubling.
  private static func isHDF5BehindUserBlock(_ bytes: ByteView) -> Bool {
    bytes.withUnsafeBytes { bytes in
      var offset = 512
      while offset <= bytes.count - Signature.hdf5.count {
        if bytes[offset...].starts(with: Signature.hdf5) { return true }
        offset *= 2
      }
      return false
    }
  }

  /// A safetensors file begins with the length of its header and a brace; the length is judged by the reader.
  private static func looksLikeSafeTensors(_ head: [UInt8]) -> Bool {
    head.count >= 9 && head[8] == UInt8(ascii: "{") && head[4..<8].allSatisfy { $0 == 0 }
  }
}

/// How files of each kind begin.
private enum Signature {
  static let hdf5: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
  static let numpy: [UInt8] = [0x93] + Array("NUMPY".utf8)
  static let zip = Array("PK\u{3}\u{4}".utf8)
  static let emptyZip = Array("PK\u{5}\u{6}".utf8)
}

extension ByteView {
  /// The first bytes, at most `count` of them.
  func head(_ count: Int) -> [UInt8] { withUnsafeBytes { Array($0.prefix(count)) } }
}
