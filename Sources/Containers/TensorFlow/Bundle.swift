import Bytes
import Tensors

/// The index of a checkpoint, understood: which tensors there are and where they lie.
struct Bundle {
  let file: String
  let header: BundleHeader
  /// The tensors, by name bytewise.
  let tensors: [Tensor]

  struct Tensor {
    let name: String
    let entry: BundleEntry
    /// The slices that hold it together, each element in one; empty when it lies whole.
    let slices: [Slice]
  }

  struct Slice {
    /// The elements that it holds, along each axis.
    let ranges: [Range<Int>]
    let entry: BundleEntry

    var isEmpty: Bool { ranges.contains(where: \.isEmpty) }
  }

  /// Reads and checks an index.
  ///
  /// - Throws: `Problem` as ``TensorFlowCheckpoint/init(opening:)`` does.
  init(_ index: ByteView) throws {
    let entries = try SortedTable(index).entries
    guard let first = entries.first, first.key.isEmpty else {
      throw Problem(
        .damaged, file: index.file, found: "no entry under the empty key", expected: "the header of a checkpoint",
        advice: "The file is no index of a TensorFlow checkpoint, or another program changed it")
    }
    let header = try BundleHeader(first)
    // The key of a slice begins with a zero, which no name does.
    let ofSlices = entries.dropFirst().prefix { $0.key[0] == 0 }
    let ofTensors = entries.dropFirst(1 + ofSlices.count)
    var unclaimed = try Dictionary(uniqueKeysWithValues: ofSlices.map { ($0.key, try BundleEntry($0, in: header)) })
    tensors = try ofTensors.map { entry in
      let name = try Self.name(entry)
      let whole = try BundleEntry(entry, named: name, in: header)
      return Tensor(name: name, entry: whole, slices: try Self.slices(of: whole, named: name, from: &unclaimed))
    }
    if let stray = unclaimed.values.min(by: { $0.place.filePosition < $1.place.filePosition }) {
      throw stray.place.damaged(
        found: "a slice that no tensor names", expected: "each slice in the entry of its tensor")
    }
    self.header = header
    file = index.file
    try checkRanges()
  }

  private static func name(_ entry: SortedTable.Entry) throws -> String {
    func problem(_ kind: Problem.Kind, _ found: String, _ expected: String) -> Problem {
      Problem(kind, file: entry.value.file, byte: entry.position, found: found, expected: expected)
    }
    guard entry.key.count <= Limits.nameBytes else {
      throw problem(.refused, "a name of \(entry.key.count) bytes", "at most \(Limits.nameBytes)")
    }
    guard !entry.key.contains(0) else { throw problem(.refused, "a name that contains NUL", "names of text") }
    guard let name = String(validating: entry.key, as: UTF8.self) else {
      throw problem(.unsupported, "a name that is not UTF-8", "names in ASCII or UTF-8")
    }
    return name
  }
}

extension Bundle {
  /// Finds the slices that an entry names, and checks that they hold each element once.
  private static func slices(
    of whole: BundleEntry, named name: String, from unclaimed: inout [[UInt8]: BundleEntry]
  ) throws -> [Slice] {
    let slices = try whole.slices.map { slice in
      let ranges = try slice.ranges(in: whole)
      guard let entry = unclaimed.removeValue(forKey: slice.key(of: name)) else {
        throw whole.damaged(
          found: "a slice that has no entry of its own",
          expected: "one for the elements \(ranges.map { "\($0)" }.joined(separator: ", "))")
      }
      guard entry.dataType == whole.dataType, entry.shape.dimensions == ranges.map(\.count), entry.slices.isEmpty else {
        throw entry.place.damaged(
          found: "a slice of \(entry.dataType.name) \(entry.shape)",
          expected: "\(whole.dataType.name) \(ranges.map(\.count)), as the tensor says", object: name)
      }
      return Slice(ranges: ranges, entry: entry)
    }
    if !slices.isEmpty { try checkCover(slices, of: whole, named: name) }
    return slices
  }

  /// Checks that the slices hold each element once, by their corners.
  ///
  /// How often elements are held is a sum of boxes, and such a sum is known by where it rises and falls: the corners of
  /// each box, taken with alternating signs. So the slices cover the tensor exactly when their corners add up to its own.
  /// Axes along which nothing is cut do not matter.
  private static func checkCover(_ slices: [Slice], of whole: BundleEntry, named name: String) throws {
    guard whole.shape.elementCount > 0 else { return }
    let extents = whole.shape.dimensions
    let cuts = extents.indices.filter { axis in slices.contains { $0.ranges[axis].count != extents[axis] } }
    guard cuts.count <= Limits.cutAxes else {
      throw Problem(
        .refused, file: whole.place.view.file, object: name, byte: whole.place.filePosition,
        found: "slices cut along \(cuts.count) axes", expected: "at most \(Limits.cutAxes)")
    }
    var corners: [[Int]: Int] = [:]
    func add(_ box: [Range<Int>], sign: Int) {
      for choice in 0..<(1 << cuts.count) {
        let corner = cuts.enumerated().map { bit, axis in
          choice >> bit & 1 == 0 ? box[axis].lowerBound : box[axis].upperBound
        }
        corners[corner, default: 0] += choice.nonzeroBitCount.isMultiple(of: 2) ? sign : -sign
      }
    }
    for slice in slices { add(slice.ranges, sign: 1) }
    add(extents.map { 0..<$0 }, sign: -1)
    guard corners.values.allSatisfy({ $0 == 0 }) else {
      throw whole.damaged(
        found: "slices that overlap or leave elements out", expected: "each element of \(whole.shape) in one slice")
    }
  }

  /// Checks that no byte of a data file belongs to two tensors, so that what is read is never more than what is there.
  private func checkRanges() throws {
    let stored = tensors.flatMap { tensor in
      (tensor.slices.isEmpty ? [tensor.entry] : tensor.slices.map(\.entry)).map { (tensor.name, $0) }
    }
    .filter { $0.1.byteCount > 0 }
    .sorted { ($0.1.shard, $0.1.offset) < ($1.1.shard, $1.1.offset) }
    for (earlier, later) in zip(stored, stored.dropFirst())
    where earlier.1.shard == later.1.shard && later.1.offset < earlier.1.range.upperBound {
      throw later.1.place.damaged(
        found: "data that overlap those of \(earlier.0)",
        expected: "data from byte \(earlier.1.range.upperBound) of the shard", object: later.0)
    }
  }
}

extension Bundle {
  /// Finds the data of a tensor of numbers.
  ///
  /// - Throws: `Problem` when a data file is missing or too short.
  func source(
    _ tensor: Tensor, _ elementType: ElementType, in shards: inout Shards
  ) throws -> any TensorSource {
    func whole(_ entry: BundleEntry) throws -> BundleTensor {
      BundleTensor(
        tensor.name, elementType, entry.shape,
        stored: try shards.bytes(entry.range, of: entry.shard, for: tensor.name), checksum: entry.checksum,
        isBigEndian: header.isBigEndian)
    }
    guard !tensor.slices.isEmpty else { return try whole(tensor.entry) }
    return PartitionedTensor(
      elementType, tensor.entry.shape, file: file,
      parts: try tensor.slices.filter { !$0.isEmpty }.map { ($0.ranges, try whole($0.entry)) })
  }

  /// Finds the data of a tensor of texts.
  ///
  /// - Throws: `Problem` when a data file is missing or too short.
  func text(_ tensor: Tensor, in shards: inout Shards) throws -> TextTensor {
    TextTensor(
      name: tensor.name, count: tensor.entry.shape.elementCount,
      stored: try shards.bytes(tensor.entry.range, of: tensor.entry.shard, for: tensor.name),
      checksum: tensor.entry.checksum, isBigEndian: header.isBigEndian)
  }
}
