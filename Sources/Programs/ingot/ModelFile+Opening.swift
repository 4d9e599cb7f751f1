import Bytes
import Checkpoints
import ModelFiles

extension ModelFile {
  /// Maps a model file; of a file that is something else, the problem says what it is.
  ///
  /// - Throws: `Problem` as ``init(mapping:)`` does, and of kind *mismatched* for a checkpoint, a text or a web page.
  static func open(_ path: String) throws -> ModelFile {
    do {
      return try ModelFile(mapping: path)
    } catch let problem as Problem where problem.kind == .damaged {
      do {
        let checkpoint = try Checkpoint(opening: path)
        guard checkpoint.container != .safetensors else { throw problem }
        throw Problem(
          .mismatched, file: path, found: "a checkpoint (\(checkpoint.container.rawValue))",
          expected: "a model file that Ingot wrote", advice: "Convert it with \"ingot convert\" first")
      } catch let other as Problem where other.kind != .mismatched {
        throw problem
      }
    }
  }
}
