import Bytes
import JSON
import SafeTensors
import Synchronization
import Tensors

/// Writes a model file, which appears under its name only when it is whole.
///
/// The contents are declared first, so that every tensor has its place and may come in any order, from several threads at
/// once. Each is read in tiles, digested and written in one pass; memory is bounded by some tiles for each thread. A writer that is
/// let go before ``finish(ledger:verifying:)`` leaves nothing behind.
public final class ModelWriter: Sendable {
  private let contents: ModelContents
  private let layout: ModelLayout
  private let indices: [Spelling: Int]
  private let reserved: [NamedTensor]
  private let draft: FileDraft
  private let state: Mutex<State>

  private struct State {
    /// Which tensors somebody has begun to write.
    var isBegun: [Bool]
    /// The digests of those that are written.
    var digests: [Digest?]
    var isFinished = false
  }

  /// Begins a model file: checks the contents, lays them out and takes the room on the disk.
  ///
  /// - Parameter replacing: Whether a file that has the name is replaced.
  /// - Throws: `Problem` of kind *refused* when the destination exists and is not to be replaced or when a name, a type or the
  ///   settings cannot be written; *unavailable* when the folder cannot be written or has too little room.
  public init(creating path: String, contents: ModelContents, replacing: Bool = false) throws {
    self.contents = contents
    (layout, reserved) = try contents.laidOut(for: path)
    indices = Dictionary(uniqueKeysWithValues: layout.tensors.enumerated().map { (Spelling($1.name), $0) })
    let count = layout.tensors.count
    state = Mutex(State(isBegun: Array(repeating: false, count: count), digests: Array(repeating: nil, count: count)))
    draft = try FileDraft(of: path, replacing: replacing)
    try draft.reserve(layout.byteCount)
  }

  /// Reads a tensor in tiles, and digests and writes them.
  ///
  /// - Parameters:
  ///   - name: One of the declared names that has not been written yet.
  ///   - source: Contents of the declared type and shape.
  ///   - progress: Takes the number of bytes after each tile.
  /// - Returns: The digest of the contents.
  /// - Throws: `Problem` of kind *mismatched* when the tensor is not as declared; what reading and writing throw.
  @discardableResult
  public func append(
    _ name: String, from source: any TensorSource, progress: @Sendable (Int) -> Void = { _ in }
  ) throws -> Digest {
    try append([(name, source)], progress: progress)[0]
  }

  /// Writes many tensors, on all processors.
  ///
  /// - Parameters:
  ///   - sources: Tensors as ``append(_:from:progress:)`` takes them.
  ///   - progress: Takes the number of bytes after each tile, on any thread.
  /// - Returns: The digests of the contents, in the order of the sources.
  /// - Throws: The first error; other tensors may have been written by then.
  @discardableResult
  public func append(
    _ sources: [(name: String, source: any TensorSource)], progress: @Sendable (Int) -> Void = { _ in }
  ) throws -> [Digest] {
    try write(try sources.map { (try begin($0.name, with: $0.source), $0.source) }, progress: progress)
  }

  /// Finds the place of a tensor, after checking that it is as declared and comes for the first time.
  private func begin(_ name: String, with source: any TensorSource) throws -> Int {
    guard let index = indices[Spelling(name)], !ReservedName.isReserved(name) else {
      throw mismatch(name, found: "a tensor that was not declared", expected: "one that was")
    }
    let declared = layout.tensors[index]
    guard source.elementType == declared.dataType.elementType, source.shape == declared.shape else {
      throw mismatch(
        name, found: "\(source.elementType) \(source.shape)",
        expected: "\(declared.dataType.elementType!) \(declared.shape), as declared")
    }
    let isFirst = state.withLock { state in
      defer { state.isBegun[index] = true }
      return !state.isBegun[index]
    }
    guard isFirst else {
      throw mismatch(name, found: "its contents a second time", expected: "them once")
    }
    return index
  }

  /// Completes the file, syncs it and gives it its name.
  ///
  /// - Parameters:
  ///   - ledger: The final ledger, whose compact spelling has as many bytes as the declared one; the declared one if nil.
  ///   - verify: Takes the complete model file before it has its name; when it throws, there will be no file.
  /// - Throws: `Problem` of kind *mismatched* when a declared tensor is missing or the ledger has another size; *refused* when
  ///   a file has taken the name meanwhile; *unavailable* when the system fails; what `verify` throws.
  public func finish(ledger: JSON? = nil, verifying verify: (ModelFile) throws -> Void = { _ in }) throws {
    precondition(state.withLock { !$0.isFinished }, "a model file is finished once")
    try write(reserved.map { (indices[Spelling($0.name)]!, $0.tensor) })
    if let index = indices[Spelling(ReservedName.ledger.name)] {
      let bytes = ByteView(Array((ledger ?? contents.ledger!).compact.utf8))
      guard let tensor = Tensor(.uint8, layout.tensors[index].shape, bytes: bytes) else {
        throw mismatch(
          ReservedName.ledger.name, found: "\(bytes.count) bytes",
          expected: "\(layout.tensors[index].byteCount), as declared")
      }
      try write([(index, tensor)])
    } else if ledger != nil {
      throw mismatch(ReservedName.ledger.name, found: "a ledger", expected: "none, as declared")
    }
    let header = layout.header(digests: try digests()).bytes
    try header.withUnsafeBytes { try draft.write($0, at: 0) }
    try verify(ModelFile(draft.view()))
    state.withLock { $0.isFinished = true }
    try draft.publish()
  }

  @discardableResult
  private func write(
    _ tensors: [(index: Int, source: any TensorSource)], progress: @Sendable (Int) -> Void = { _ in }
  ) throws -> [Digest] {
    precondition(state.withLock { !$0.isFinished }, "a finished model file is not written to")
    let items = tensors.map { DigestedReading.Item(source: $0.source, position: layout.offsets[$0.index]) }
    let digests = try DigestedReading.digests(of: items) { item, offset, bytes in
      try draft.write(bytes, at: items[item].position + offset)
      progress(bytes.count)
    }
    state.withLock { state in
      for (tensor, digest) in zip(tensors, digests) { state.digests[tensor.index] = digest }
    }
    return digests
  }

  /// The digests of all tensors.
  private func digests() throws -> [Digest] {
    let known = state.withLock { $0.digests }
    let missing = zip(layout.tensors, known).filter { $1 == nil }.map(\.0.name)
    guard missing.isEmpty else {
      let names = missing.prefix(5).joined(separator: ", ") + (missing.count > 5 ? " …" : "")
      throw Problem(
        .mismatched, file: draft.path,
        found: "no contents for \(missing.count) of \(known.count) tensors (\(names))",
        expected: "contents for every declared tensor")
    }
    return known.compactMap { $0 }
  }

  private func mismatch(_ name: String, found: String, expected: String) -> Problem {
    Problem(.mismatched, file: draft.path, object: "tensor \"\(name)\"", found: found, expected: expected)
  }
}
