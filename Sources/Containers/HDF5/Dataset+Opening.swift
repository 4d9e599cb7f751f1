import Bytes
import Tensors

extension Dataset {
  /// Reads everything about a dataset but its data and its chunk index.
  ///
  /// - Throws: `Problem` of kind *damaged* when the messages contradict each other. What is sound but unknown or unsafe
  ///   makes the dataset unreadable, or an `Object.other` when not even its elements are known.
  static func open(_ header: ObjectHeader, path: String) throws -> Object {
    let opening = DatasetOpening(header: header, path: path)
    do {
      return try opening.object()
    } catch var problem as Problem where problem.kind == .unsupported {
      problem.object = path
      return .other(path: path, problem)
    }
  }
}

/// The steps from an object header to a dataset.
private struct DatasetOpening {
  let header: ObjectHeader
  let path: String

  private var space: AddressSpace { header.space }

  func object() throws -> Object {
    var cursor = try message(.dataspace, "a dataspace")
    let dataspace = try Dataspace(&cursor)
    cursor = try message(.datatype, "a datatype")
    let datatype = try Datatype(&cursor)
    guard let elementType = datatype.elementType else {
      throw problem(.unsupported, found: datatype.description, expected: "numbers")
    }
    guard let byteCount = dataspace.shape.byteCount(of: elementType) else {
      throw problem(.damaged, found: "a dataset whose size overflows", expected: "fewer than 2^63 bytes")
    }
    let (storage, contents) = try data(dataspace, datatype, byteCount: byteCount)
    return .dataset(
      Dataset(
        path: path, datatype: datatype, elementType: elementType, shape: dataspace.shape, storage: storage,
        header: header, contents: contents))
  }

  private func message(_ type: ObjectHeader.MessageType, _ what: String) throws -> Cursor {
    guard let message = header.first(type) else {
      throw problem(.damaged, found: "a dataset without \(what)", expected: "one")
    }
    return try header.cursor(message, of: what)
  }

  private func data(
    _ dataspace: Dataspace, _ datatype: Datatype, byteCount: Int
  ) throws -> (Dataset.Storage, Contents) {
    if header.first(.externalFiles) != nil {
      return (
        .external,
        .unreadable(problem(.refused, found: "data in other files (external storage)", expected: "data in this file"))
      )
    }
    let layout: Layout
    let pipeline: FilterPipeline
    do {
      var cursor = try message(.layout, "a data layout")
      layout = try Layout(&cursor, space: space, rank: dataspace.shape.rank)
      pipeline = try filterPipeline()
    } catch var problem as Problem where problem.kind == .unsupported {
      problem.object = path
      return (.unknown, .unreadable(problem))
    }
    let form = datatype.form
    switch layout {
    case .virtual:
      return (
        .virtual,
        .unreadable(
          problem(.refused, found: "data in other datasets (a virtual dataset)", expected: "data in this file"))
      )
    case .compact(let bytes):
      try checkSize(UInt64(bytes.count), byteCount)
      return (.compact, .bytes(bytes, form))
    case .contiguous(let address, let size):
      return (.contiguous, try contiguous(address, size, byteCount, form))
    case .chunked(let chunks):
      guard chunks.elementSize == datatype.size else {
        throw problem(
          .damaged, found: "chunks with elements of \(chunks.elementSize) bytes", expected: "\(datatype.size) bytes")
      }
      return (
        .chunked(extents: chunks.extents, filters: pipeline.filters.map(\.name)),
        try chunked(dataspace, chunks, pipeline, byteCount, form)
      )
    }
  }

  private func filterPipeline() throws -> FilterPipeline {
    guard let message = header.first(.filterPipeline) else { return FilterPipeline() }
    var cursor = try header.cursor(message, of: "a filter pipeline")
    return try FilterPipeline(&cursor)
  }

  private func contiguous(_ address: UInt64, _ size: UInt64, _ byteCount: Int, _ form: ElementForm) throws -> Contents {
    if byteCount == 0 {
      return .bytes(try space.slice(0..<0), form)
    }
    guard address != AddressSpace.undefined else { return .unreadable(neverWritten) }
    try checkSize(size, byteCount)
    guard address >= UInt64(Superblock.smallestSize) else {
      throw problem(.damaged, found: "data at address \(address), in the superblock", expected: "data behind it")
    }
    return .bytes(try space.slice(at: address, count: size, of: "the data"), form)
  }

  private func chunked(
    _ dataspace: Dataspace, _ chunks: Layout.Chunks, _ pipeline: FilterPipeline, _ byteCount: Int, _ form: ElementForm
  ) throws -> Contents {
    if let filter = pipeline.filters.first(where: { $0.known == nil }) {
      return .unreadable(
        problem(
          .unsupported, found: "chunks with the filter \(filter.name) (\(filter.identifier))",
          expected: FilterPipeline.Known.names, advice: "Copy the file with h5repack -f NONE"))
    }
    if byteCount == 0 {
      return .bytes(try space.slice(0..<0), form)
    }
    guard chunks.index.address != AddressSpace.undefined else { return .unreadable(neverWritten) }
    guard byteCount <= Dataset.mostBytes(in: space.count) else {
      return .unreadable(
        problem(
          .refused, found: "\(byteCount) bytes declared by a file of \(space.count)",
          expected: "at most \(Limits.expansion) times the file's size and a gigabyte",
          advice: "If the data are worth so much, copy the file with h5repack -l CONTI -f NONE"))
    }
    guard let grid = ChunkGrid(dataspace, extents: chunks.extents, elementSize: chunks.elementSize),
      let rowSize = grid.rowSize
    else {
      throw problem(.damaged, found: "chunks whose size overflows", expected: "fewer than 2^63 bytes")
    }
    guard rowSize <= Limits.chunkRowBytes else {
      return .unreadable(
        problem(
          .refused, found: "chunks of \(rowSize) bytes along one row", expected: "at most \(Limits.chunkRowBytes)",
          advice: "Copy the file with h5repack -l CONTI"))
    }
    let fill = try FillValue.read(header, elementSize: chunks.elementSize)
    return .chunked(
      ChunkedData(space, chunks: chunks, grid: grid, pipeline: pipeline, form: form, fill: fill))
  }

  private func checkSize(_ size: UInt64, _ byteCount: Int) throws {
    guard size == UInt64(byteCount) else {
      throw problem(.damaged, found: "\(size) bytes of data", expected: "\(byteCount) bytes for its type and shape")
    }
  }

  /// HDF5 itself would give fill values here: zeros that pass for weights.
  private var neverWritten: Problem {
    problem(
      .refused, found: "data that were never written", expected: "data in the file",
      advice: "The program that saved the file was interrupted or set no values; save the model again")
  }

  private func problem(
    _ kind: Problem.Kind, found: String, expected: String, advice: String? = nil
  ) -> Problem {
    Problem(
      kind, file: space.bytes.file, object: path, byte: space.bytes.start + Int(clamping: header.address), found: found,
      expected: expected, advice: advice)
  }
}
