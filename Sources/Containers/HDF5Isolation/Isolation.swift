import Bytes
import JSON
import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How long the program is waited for, all waits added up, unless the caller says otherwise.
public let usualPatience: Duration = .seconds(60)

/// Gives a dataset that libhdf5 reads in a process of its own; the program starts with the first read.
///
/// - Parameters:
///   - file: The path of the HDF5 file.
///   - object: The dataset's path inside it.
///   - elementType: The type that the dataset must have.
///   - shape: The shape that it must have; `shape.byteCount(of: elementType)` must not overflow.
///   - tool: The path of `ingot-hdf5`; without it, the one beside the running program.
///   - patience: How long the program is waited for, all waits added up.
/// - Throws: `Problem` of kind *damaged* when the size in bytes overflows.
public func isolatedDataset(
  _ object: String, of file: String, elementType: ElementType, shape: Shape, tool: String? = nil,
  patience: Duration = usualPatience
) throws -> IsolatedDataset {
  guard shape.byteCount(of: elementType) != nil else {
    throw Problem(.damaged, file: file, object: object, found: "a shape whose size in bytes overflows")
  }
  return IsolatedDataset(
    elementType: elementType, shape: shape,
    question: IsolatedRun.Question(
      file: file, object: object, tool: tool ?? toolBesideProgram(), patience: patience))
}

/// Lists the objects of a file as libhdf5 sees them, in a process of its own.
///
/// - Returns: An array with one object per path, from the root downwards. Each has `path` and `kind` (`group`, `dataset`,
///   `datatype` or `refused`); a dataset has `elementType` (null when it is no number) and `shape` (null without
///   elements); a refused object has `problem`; all have `attributes`, an object by name whose values are arrays, or
///   null where they are of another class than strings and numbers.
/// - Throws: `Problem`, as ``IsolatedDataset/read(at:into:)``.
public func isolatedListing(
  of file: String, tool: String? = nil, patience: Duration = usualPatience
) throws -> [JSON] {
  let run = try IsolatedRun(
    IsolatedRun.Question(file: file, object: nil, tool: tool ?? toolBesideProgram(), patience: patience))
  let objects = try run.header()["objects"]?.elements
  try run.finish()
  return objects ?? []
}

/// The path where `ingot-hdf5` is expected: in the directory of the running program.
func toolBesideProgram() -> String {
  var path = CommandLine.arguments.first ?? ""
  #if os(Linux)
    var bytes = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = bytes.withUnsafeMutableBytes {
      readlink("/proc/self/exe", $0.bindMemory(to: CChar.self).baseAddress!, $0.count)
    }
    if count > 0 { path = String(decoding: bytes[..<count], as: UTF8.self) }
  #endif
  guard let slash = path.lastIndex(of: "/") else { return "./ingot-hdf5" }
  return path[...slash] + "ingot-hdf5"
}
