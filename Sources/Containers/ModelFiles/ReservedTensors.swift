import Bytes
import SafeTensors
import Tensors

/// The tensors of a model file, told apart: the model's own, and those that are attachments, ledger and probes.
struct ReservedTensors {
  private(set) var own: [TensorDeclaration] = []
  private(set) var attachments: [Attachment] = []
  private(set) var vectors: [NamedTensor] = []
  private(set) var probes: [Probe] = []
  private let file: SafeTensorsFile

  /// - Throws: `Problem` of kind *damaged* or *unsupported* for reserved tensors that are not as this version writes them.
  init(in file: SafeTensorsFile) throws {
    self.file = file
    var inputs: [Int: [NamedTensor]] = [:]
    var points: [Int: [NamedTensor]] = [:]
    for entry in file.tensors {
      guard let elementType = entry.elementType, let tensor = try file.tensor(entry.name) else {
        throw problem(.unsupported, entry, "elements of type \(entry.dataType.rawValue)", "a type that Ingot writes")
      }
      guard ReservedName.isReserved(entry.name) else {
        own.append(TensorDeclaration(entry.name, elementType, entry.shape))
        continue
      }
      switch ReservedName(entry.name) {
      case .file(let name):
        try checkBytes(entry)
        guard ReservedName.isBareFileName(name) else {
          throw problem(.refused, entry, "the file name \"\(name)\"", "a bare file name")
        }
        attachments.append(Attachment(name, bytes: tensor.bytes))
      case .ledger: try checkBytes(entry)
      case .vector(let name): vectors.append(NamedTensor(name, tensor))
      case .input(let probe, let name): inputs[probe, default: []].append(NamedTensor(name, tensor))
      case .point(let probe, let name): points[probe, default: []].append(NamedTensor(name, tensor))
      case nil:
        throw problem(
          .unsupported, entry, "a reserved name of unknown meaning",
          "a file, the ledger, a tensor of vectors or a probe")
      }
    }
    vectors = sorted(vectors)
    attachments.sort { Spelling($0.name) < Spelling($1.name) }
    for index in 0..<max(inputs.count, points.count) {
      guard let inputs = inputs[index], let points = points[index] else {
        throw Problem(
          .damaged, file: file.bytes.file, object: "probe \(index)", found: "no inputs or no points", expected: "both")
      }
      probes.append(Probe(inputs: sorted(inputs), points: sorted(points)))
    }
  }

  private func checkBytes(_ entry: SafeTensorsFile.Entry) throws {
    guard entry.elementType == .uint8, entry.shape.rank == 1 else {
      throw problem(.damaged, entry, "\(entry.dataType.rawValue) \(entry.shape)", "a row of U8")
    }
  }

  private func problem(
    _ kind: Problem.Kind, _ entry: SafeTensorsFile.Entry, _ found: String, _ expected: String
  ) -> Problem {
    Problem(kind, file: file.bytes.file, object: "tensor \"\(entry.name)\"", found: found, expected: expected)
  }

  private func sorted(_ tensors: [NamedTensor]) -> [NamedTensor] {
    tensors.sorted { Spelling($0.name) < Spelling($1.name) }
  }
}
