import Bytes

/// Files of pairs that belong together, as the splits of one task: what a whitening is computed from as a whole.
public struct SimilarityTask: Sendable {
  /// The name that the files share: `ATEC` of `ATEC.valid.data`, `sts` of `sts-dev.csv`.
  public let name: String
  /// The files, in the order in which they were given.
  public let files: [PairFile]

  /// Puts files into tasks by their names, in the order in which they were given.
  public static func tasks(of files: [PairFile]) -> [SimilarityTask] {
    var names: [String] = []
    var groups: [String: [PairFile]] = [:]
    for file in files {
      let name = name(ofFileAt: file.path)
      if groups[name] == nil { names.append(name) }
      groups[name, default: []].append(file)
    }
    return names.map { SimilarityTask(name: $0, files: groups[$0]!) }
  }

  /// The file's name without its ending and without the word for a split before it.
  static func name(ofFileAt path: String) -> String {
    let splits = ["train", "valid", "validation", "dev", "test"]
    let file = Path(path).name
    let beginning = String(file.prefix { $0 != "." })
    let rest = file.dropFirst(beginning.count + 1).split(separator: ".").first.map(String.init) ?? ""
    if splits.contains(rest.lowercased()) { return beginning }
    guard let cut = beginning.lastIndex(where: { $0 == "-" || $0 == "_" }), cut > beginning.startIndex,
      splits.contains(beginning[beginning.index(after: cut)...].lowercased())
    else { return beginning }
    return String(beginning[..<cut])
  }

  /// How many distinct texts the pairs have.
  public var distinctTextCount: Int { distinctTexts().texts.count }

  /// The distinct texts of all pairs, in the order of their first appearance, and where each pair's texts are among them.
  func distinctTexts() -> (texts: [(text: String, name: String)], pairs: [[(Int, Int)]]) {
    var indices: [Spelling: Int] = [:]
    var texts: [(text: String, name: String)] = []
    func index(of text: String, _ pair: SentencePair, in file: PairFile) -> Int {
      let spelling = Spelling(text)
      if let known = indices[spelling] { return known }
      indices[spelling] = texts.count
      texts.append((text, "\(file.path), line \(pair.line)"))
      return texts.count - 1
    }
    let pairs = files.map { file in
      file.pairs.map { (index(of: $0.first, $0, in: file), index(of: $0.second, $0, in: file)) }
    }
    return (texts, pairs)
  }
}
