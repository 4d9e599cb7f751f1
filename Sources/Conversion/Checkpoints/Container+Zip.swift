import Bytes
import PyTorch

extension Container {
  /// Tells the kinds of ZIP archive by the names of their members; an archive without any is an empty one of arrays.
  ///
  /// - Parameter file: The archive's name, for messages.
  /// - Throws: `Problem` that says what the archive is when Ingot does not read it.
  init(ofArchive names: [String], file: String) throws {
    if PyTorchFile.isArchive(memberNames: names) {
      self = .pytorch
    } else if names.contains(where: { $0 == "model.weights.h5" || $0 == "model.weights.npz" }) {
      self = .kerasArchive
    } else if names.isEmpty || names.contains(where: { $0.hasSuffix(".npy") }) {
      self = .numpyArchive
    } else {
      throw Problem(
        .mismatched, file: file, found: "a ZIP archive without an array in it",
        expected: Problem.readableKinds, advice: "Unpack it and name the file with the weights")
    }
  }
}
