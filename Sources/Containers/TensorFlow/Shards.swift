import Bytes

/// The data files of a checkpoint, each opened when first something in it is asked for.
struct Shards {
  private let prefix: String
  private let count: Int
  private let open: (String) throws -> ByteView
  private var opened: [Int: Result<ByteView, any Error>] = [:]

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
    let result = opened[shard] ?? Result { try open(path) }
    opened[shard] = result
    let file: ByteView
    do {
      file = try result.get()
    } catch let problem as Problem {
      let (missing, similar) = (Path(path).name, similar(to: path))
      throw Problem(
        .unavailable, file: path, object: name,
        found: "no data file \(missing): \(problem.found)" + (similar.map { "; there is \($0)" } ?? ""),
        expected: "the shard that holds it",
        advice: similar == nil
          ? "Get the file from where the checkpoint came"
          : "Rename the index or the data file, so that both begin alike")
    }
    guard range.upperBound <= file.count else {
      throw Problem(
        .damaged, file: path, object: name, byte: file.count, found: "the end of its data file",
        expected: "data up to byte \(range.upperBound)",
        advice: "The file is cut short; get it again from where it came")
    }
    return try file.slice(at: range.lowerBound, count: range.count, of: name)
  }

  /// The one file beside a missing data file that has its number and begins otherwise: a browser may have renamed the index.
  private func similar(to path: String) -> String? {
    let ending = ".data-\(Path(path).name.split(separator: ".data-", omittingEmptySubsequences: false).last ?? "")"
    let names = (try? Path(path).folder.names()) ?? []
    let found = names.filter { $0.contains(ending) }
    return found.count == 1 ? found[0] : nil
  }

  /// A number as `%05d` writes it.
  private func fiveDigits(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
  }
}
