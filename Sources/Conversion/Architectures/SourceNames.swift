import Bytes

/// The names of a checkpoint, looked up once for all namings that are tried on it.
final class SourceNames {
  /// The tensors, in the checkpoint's order.
  let sources: [SourceTensor]
  /// The names' bytes, in the same order.
  let bytes: [[UInt8]]
  /// Which sources bear a name that an earlier one has.
  let isRepeated: [Bool]
  let index: NameIndex
  /// How many bytes were looked at and patterns tried so far.
  private(set) var steps = 0

  /// A row that names a source.
  struct Find {
    /// The source, by its place.
    let source: Int
    let hit: NameIndex.Hit
  }

  /// What names a source without anything before it, by naming and in the order of sources and rows.
  private var whole: [[Find]]
  /// What names the end of a source, by naming; the same order.
  private var behindPrefixes: [[Find]]
  private var trainingDrops: [Int: Architecture.Drop?] = [:]

  init(_ sources: [SourceTensor], in index: NameIndex) {
    self.sources = sources
    self.index = index
    bytes = sources.map { Array($0.name.utf8) }
    var seen: Set<[UInt8]> = []
    isRepeated = bytes.map { !seen.insert($0).inserted }
    whole = Array(repeating: [], count: index.namings.count)
    behindPrefixes = whole
    for (source, name) in bytes.enumerated() where !isRepeated[source] {
      for hit in index.hits(on: name, steps: &steps) {
        let find = Find(source: source, hit: hit)
        if hit.prefixLength == 0 {
          whole[hit.entry.naming].append(find)
        } else {
          behindPrefixes[hit.entry.naming].append(find)
        }
      }
    }
  }

  /// What names a source behind a beginning, in the order of sources and rows.
  func finds(of naming: Int, behind prefix: [UInt8]) -> [Find] {
    if prefix.isEmpty { return whole[naming] }
    return behindPrefixes[naming].filter {
      $0.hit.prefixLength == prefix.count && bytes[$0.source].starts(with: prefix)
    }
  }

  /// The rows of a naming that name an address, which need not be a source's, behind a beginning.
  func rows(of naming: Int, for address: [UInt8], behind prefix: [UInt8]) -> [NameIndex.Hit] {
    guard address.starts(with: prefix) else { return [] }
    return index.hits(on: address, steps: &steps).filter {
      $0.entry.naming == naming && $0.entry.kind == .row && $0.prefixLength == prefix.count
    }
  }

  /// The row of `Training.names` that leaves a source out; nil where none does.
  func trainingDrop(of source: Int) -> Architecture.Drop? {
    if let known = trainingDrops[source] { return known }
    steps += bytes[source].count + TrainingState.known.drops.count
    let drop = TrainingState.known.drop(of: bytes[source])
    trainingDrops[source] = .some(drop)
    return drop
  }

  /// What becomes of the sources under a naming that knows none of them.
  private(set) lazy var unknown: (repeated: [Int], training: [(source: Int, drop: Architecture.Drop)], others: [Int]) =
    {
      var (training, others): ([(source: Int, drop: Architecture.Drop)], [Int]) = ([], [])
      for source in sources.indices where !isRepeated[source] {
        if let drop = trainingDrop(of: source) { training.append((source, drop)) } else { others.append(source) }
      }
      return (sources.indices.filter { isRepeated[$0] }, training, others)
    }()

  /// The beginnings behind which names are known, each with how many names a naming knows behind it, the most first.
  func prefixes() -> [(naming: Int, prefix: [UInt8], count: Int)] {
    var counts: [PrefixOfNaming: Int] = [:]
    for (naming, finds) in behindPrefixes.enumerated() {
      for find in finds where find.hit.entry.kind == .row {
        let prefix = Array(bytes[find.source].prefix(find.hit.prefixLength))
        counts[PrefixOfNaming(naming: naming, prefix: prefix), default: 0] += 1
      }
    }
    return counts.map { ($0.key.naming, $0.key.prefix, $0.value) }.sorted { one, other in
      if one.2 != other.2 { return one.2 > other.2 }
      if one.1.count != other.1.count { return one.1.count < other.1.count }
      if one.1 != other.1 { return one.1.lexicographicallyPrecedes(other.1) }
      return one.0 < other.0
    }
  }

  private struct PrefixOfNaming: Hashable {
    let naming: Int
    let prefix: [UInt8]
  }
}
