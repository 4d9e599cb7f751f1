import Architectures
import Bytes
import Checkpoints
import JSON
import SafeTensors
import Tensors

extension Salvage {
  /// Checks that nothing that the architecture knows is among what is lost.
  ///
  /// A plan of the survivors alone may exist all the same: what is lost may be a whole group that models need not have.
  ///
  /// - Throws: `Problem` of kind *mismatched* that names a tensor which the naming knows and which is lost.
  public func check(_ conversion: Conversion) throws {
    let naming = conversion.architecture.namings.first { $0.name == conversion.plan.naming }
    // What an index of Keras 3 still names of a lost part is a group: no table can tell what a layer was.
    func isOfModel(_ name: String) -> Bool {
      checkpoint.container == .keras3Weights && name.hasPrefix("layers/")
        || naming?.rows.contains { $0.pattern.match(Array(name.utf8)) != nil } == true
    }
    for tensor in lost where isOfModel(tensor.name) {
      throw Problem(
        .mismatched, file: checkpoint.file, object: tensor.name,
        found: "a tensor of \(conversion.plan.architecture) that is lost", expected: "all that the file held",
        advice: "With --allow-missing what survives is written as a plain safetensors file")
    }
  }

  /// Writes the tensors that survive as a plain safetensors file, which says in its metadata that it is incomplete.
  ///
  /// Such a file is no model: it never bears the name of one (`.ingot`), and lists under `lost` what is missing.
  ///
  /// - Parameters:
  ///   - path: The file's path; it appears only when it is whole.
  ///   - replacing: Whether a file that has this name is replaced.
  /// - Throws: `Problem` of kind *refused* for a name of a model file, *mismatched* when nothing survives, and what
  ///   `SafeTensorsWriter` throws.
  public func write(to path: String, replacing: Bool = false) throws {
    guard !path.hasSuffix(".ingot") else {
      throw Problem(
        .refused, file: path, found: "the name of a model file for tensors of which some are missing",
        expected: "another name", advice: "End it in .safetensors")
    }
    guard !checkpoint.tensors.isEmpty else {
      throw Problem(.mismatched, file: checkpoint.file, found: "no tensor that survives whole", expected: "one")
    }
    try SafeTensorsWriter.write(
      checkpoint.tensors.map { ($0.name, $0.source) }, metadata: metadata, to: path, replacing: replacing)
  }

  private var metadata: [(name: String, value: String)] {
    [
      ("format", "incomplete"),
      ("source", Path(checkpoint.file).name),
      ("lost", JSON.array(lost.map { .string($0.name) }).compact),
      ("lost.others", isListWhole ? "none" : "unknown"),
    ]
  }
}
