import Bytes
import Checkpoints
import HDF5
import JSON
import ModelFiles
import NumPy
import PyTorch
import SafeTensors
import TensorFlow
import Tensors

extension Subject {
  /// Tensors of more bytes than this are passed over.
  private static let largest = 64 << 20

  /// The readers of containers whose values can be compared with those of other readers.
  public static let containers: [Subject] = [.hdf5, .checkpoint, .npy, .npz, .safetensors, .pytorch, .tensorflow]

  /// Reads every tensor of a file whole and tells its type, shape and digest as JSON, under the name that its container has for it.
  ///
  /// What cannot be read stands under `problems`, a file that cannot be opened under `problem`.
  ///
  /// - Throws: What is no `Problem`.
  public func values(at path: String) throws -> String {
    var tensors: [JSON.Member] = []
    var problems: [JSON.Member] = []
    do {
      for entry in try sources(at: path) {
        do {
          let source = try entry.source.get()
          guard source.byteCount <= Self.largest else { continue }
          tensors.append(JSON.Member(entry.name, .string(try Self.value(of: source))))
        } catch let problem as Problem {
          problems.append(JSON.Member(entry.name, .string("\(problem)")))
        }
      }
    } catch let problem as Problem {
      return JSON.object([JSON.Member("problem", .string("\(problem)"))]).compact
    }
    return JSON.object([JSON.Member("tensors", .object(tensors)), JSON.Member("problems", .object(problems))]).compact
  }

  /// Type, extents and digest of the little-endian row-major bytes: `float32 2,3 9f86d0…`.
  private static func value(of source: any TensorSource) throws -> String {
    var bytes = [UInt8](repeating: 0, count: source.byteCount)
    try bytes.withUnsafeMutableBytes { try source.read(at: 0, into: $0) }
    let extents = source.shape.dimensions.map(String.init).joined(separator: ",")
    return "\(source.elementType.rawValue) \(extents) \(bytes.withUnsafeBytes { Digest(of: $0) })"
  }

  private typealias Named = (name: String, source: Result<any TensorSource, Problem>)

  private func sources(at path: String) throws -> [Named] {
    switch self {
    case .hdf5:
      return try HDF5File(ByteView(mapping: path)).objects().compactMap { object in
        guard case .dataset(let dataset) = object else { return nil }
        return (dataset.path, .success(dataset))
      }
    case .npy: return [("array", .success(try NumPyArray(ByteView(mapping: path))))]
    case .npz:
      return try NumPyArchive(ByteView(mapping: path)).arrays.map { ($0.name, $0.array.map { $0 as any TensorSource }) }
    case .safetensors:
      let file = try SafeTensorsFile(ByteView(mapping: path))
      return try file.tensors.compactMap { entry in
        guard entry.elementType != nil, let tensor = try file.tensor(entry.name) else { return nil }
        return (entry.name, .success(tensor))
      }
    case .pytorch: return try PyTorchFile(ByteView(mapping: path)).tensors.map { ($0.path, $0.tensor) }
    case .tensorflow: return try TensorFlowCheckpoint(opening: path).entries.map { ($0.name, $0.tensor) }
    default: return try Checkpoint(opening: path).tensors.map { ($0.path, .success($0.source)) }
    }
  }
}
