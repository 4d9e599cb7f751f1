import Bytes

/// What the first entry of an index says of the whole checkpoint (``BundleHeaderProto``).
struct BundleHeader {
  let shardCount: Int
  let isBigEndian: Bool

  init(_ entry: SortedTable.Entry) throws {
    func problem(_ kind: Problem.Kind, _ found: String, _ expected: String) -> Problem {
      Problem(
        kind, file: entry.value.file, object: "the header", byte: entry.value.start, found: found, expected: expected)
    }
    let message = try BundleHeaderProto(decoding: entry.value, limit: Limits.messageBytes, object: "the header")
    guard message.numShards > 0 else {
      if (try? SavedTensorSlices(decoding: entry.value, limit: Limits.messageBytes))?.hasMeta == true {
        throw Self.firstFormat(entry)
      }
      throw problem(.damaged, "\(message.numShards) shards", "at least 1")
    }
    shardCount = Int(message.numShards)
    switch message.endianness {
    case .little: isBigEndian = false
    case .big: isBigEndian = true
    case .UNRECOGNIZED(let order):
      throw problem(.damaged, "the byte order \(order)", "0 (little) or 1 (big)")
    }
    // `CheckVersions` of tensorflow/core/framework/versions.cc, for a reader of version 1.
    guard message.version.minConsumer <= 1 else {
      throw problem(
        .unsupported, "a checkpoint for readers of version \(message.version.minConsumer)",
        "one for readers of version 1")
    }
    guard !message.version.badConsumers.contains(1) else {
      throw problem(
        .unsupported, "a checkpoint for readers of other versions than 1", "one for readers of version 1")
    }
  }

  /// A file of the first format has another message in this place, which is told by the one field that it has there.
  private static func firstFormat(_ entry: SortedTable.Entry) -> Problem {
    Problem(
      .unsupported, file: entry.value.file, byte: entry.position,
      found: "a checkpoint of TensorFlow's first format (V1), which is a single file",
      expected: "one of the second format",
      advice: "Load it in TensorFlow and save it by tf.train.Saver, which writes the second format")
  }
}
