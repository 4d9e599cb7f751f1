import Bytes

/// What the first entry of an index says of the whole checkpoint.
///
/// `BundleHeaderProto` of `tensorflow/core/protobuf/tensor_bundle.proto`.
struct BundleHeader {
  private(set) var shardCount = 0
  private(set) var isBigEndian = false

  init(_ entry: SortedTable.Entry) throws {
    var message = Message(entry.value)
    while let field = try message.next() {
      switch field.number {
      case 1:
        guard (try? field.bytes("the number of shards")) == nil else { throw Self.firstFormat(entry) }
        shardCount = try field.integer("the number of shards")
        guard (1...Int(Int32.max)).contains(shardCount) else {
          throw field.damaged(found: "\(shardCount) shards", expected: "at least 1")
        }
      case 2:
        let order = try field.integer("the byte order")
        guard (0...1).contains(order) else {
          throw field.damaged(found: "the byte order \(order)", expected: "0 (little) or 1 (big)")
        }
        isBigEndian = order == 1
      case 3: try Self.checkVersion(field.message("the version"))
      default: break
      }
    }
    guard shardCount > 0 else {
      throw Cursor(entry.value).damaged(found: "no number of shards", expected: "at least 1", object: "the header")
    }
  }

  /// `CheckVersions` of `tensorflow/core/framework/versions.cc`, for a reader of version 1.
  private static func checkVersion(_ version: Message) throws {
    var version = version
    let place = version.place
    while let field = try version.next() {
      let number = try field.integer("a version")
      if field.number == 2 && number > 1 || field.number == 3 && number == 1 {
        throw Problem(
          .unsupported, file: place.view.file, byte: place.filePosition,
          found: "a checkpoint for readers of \(field.number == 2 ? "version \(number)" : "other versions than 1")",
          expected: "one for readers of version 1")
      }
    }
  }

  /// In a file of the first format the first field is a message (`SavedTensorSliceMeta`).
  private static func firstFormat(_ entry: SortedTable.Entry) -> Problem {
    Problem(
      .unsupported, file: entry.value.file, byte: entry.position,
      found: "a checkpoint of TensorFlow's first format (V1), which is a single file",
      expected: "one of the second format",
      advice: "Load it in TensorFlow and save it by tf.train.Saver, which writes the second format")
  }
}
