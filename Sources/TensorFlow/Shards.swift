import Bytes

/// The data files of a checkpoint, each opened when first something in it is asked for.
struct Shards {
  private let prefix: String
  private let count: Int
  private let open: (String) throws -> ByteView
  private var opened: [Int: Result<ByteView, Problem>] = [:]

  init(of prefix: String, count: Int, open: @escaping (String) throws -> ByteView) {
    self.prefix = prefix
    self.count = count
    self.open = open
  }

  /// Returns the bytes of a tensor or a slice.
  ///
  /// - Throws: `Problem` of kind *unavailable* when the file is missing, *damaged* when it is too short.
  mutating func bytes(_ range: Range<Int>, of shard: Int, for name: String) throws -> ByteView {
    let path = "\(prefix).data-\(fiveDigits(shard))-of-\(fiveDigits(count))"
    let result =
      opened[shard]
      ?? Result { try open(path) }.mapError { error in
        error as? Problem ?? Problem(.unavailable, file: path, found: "\(error)")
      }
    opened[shard] = result
    do {
      let file = try result.get()
      guard range.upperBound <= file.count else {
        throw Problem(
          .damaged, file: path, object: name, byte: file.count, found: "the end of the file",
          expected: "data up to byte \(range.upperBound)",
          advice: "The file is cut short; get it again from where it came")
      }
      return try file.slice(at: range.lowerBound, count: range.count, of: name)
    } catch var problem as Problem where problem.kind != .damaged {
      problem.object = name
      problem.expected = "the shard that holds this tensor"
      problem.advice = "Get the file from where the checkpoint came"
      throw problem
    }
  }

  /// A number as `%05d` writes it.
  private func fiveDigits(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
  }
}
