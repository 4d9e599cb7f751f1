import Bytes
import Checkpoints
import Conversion
import ModelFiles
import Tensors

/// What a file holds, ready to be printed for a person or a program.
struct Listing {
  let checkpoint: Checkpoint
  /// The file as a model file, where it is one.
  let model: ModelFile?
  let ledger: Ledger?
  /// The tensors to be shown.
  private(set) var tensors: [CheckpointTensor]
  /// The statistics of each tensor; empty when they were not asked for.
  private(set) var measurements: [Measurement] = []

  /// Why what was measured is not what was once written, if so.
  private var changed: Problem?

  /// What became of measuring one tensor.
  enum Measurement {
    case summary(TensorSummary)
    /// There are no statistics of complex numbers.
    case none
    case unreadable(Problem)
  }

  /// What is lost, when the file was taken for one that is cut short.
  private(set) var salvage: Salvage?

  /// Lists what survives of a file that is cut short.
  init(salvaging file: String) throws {
    let salvage = try Salvage(of: file)
    self.salvage = salvage
    checkpoint = salvage.checkpoint
    tensors = checkpoint.listed
    model = nil
    ledger = nil
  }

  /// Opens a file of any kind that holds tensors, or the one in a folder.
  init(of file: String) throws {
    let checkpoint = try Release.weights(at: file)
    self.checkpoint = checkpoint
    guard checkpoint.container == .safetensors, checkpoint.facts.contains(where: { $0.name.hasPrefix("ingot.") }) else {
      model = nil
      ledger = nil
      tensors = checkpoint.listed
      return
    }
    let model = try ModelFile(mapping: checkpoint.file)
    self.model = model
    ledger = try model.ledger().map { try Ledger($0, file: file) }
    tensors = checkpoint.listed.filter { model.tensor($0.name) != nil }
  }

  /// Restricts the listing to one tensor, by its name or its path in the file.
  mutating func keep(only name: String) throws {
    let wanted = [Spelling(name), Spelling("/" + name)]
    let found = tensors.first { wanted.contains(Spelling($0.name)) || wanted.contains(Spelling($0.path)) }
    guard let found else {
      if let unread = checkpoint.unread.first(where: { wanted.contains(Spelling($0.name)) }) { throw unread.problem }
      throw Problem(
        .mismatched, file: checkpoint.file, found: "no tensor \(name)",
        expected: "one of the names that \"ingot inspect \(checkpoint.file)\" lists")
    }
    tensors = [found]
  }

  /// Reads every tensor for its statistics; one that cannot be read does not keep the others from it.
  mutating func measure() throws {
    let progress = ProgressLine("Reading", total: tensors.byteCount)
    defer { progress.finish() }
    measurements = try tensors.map { tensor in
      defer { progress.advance(by: tensor.source.byteCount) }
      guard ElementConversion(from: tensor.source.elementType, to: .float64) != nil else { return .none }
      do {
        return .summary(try TensorSummary(of: tensor.source, intervals: 16))
      } catch let problem as Problem {
        return .unreadable(problem)
      }
    }
    // Weights that lie in an archive as they are have been read whole, and what they are worth is known only now.
    do {
      try checkpoint.verifyChecksums()
    } catch let problem as Problem {
      changed = problem
    }
  }

  /// Why tensors could not be measured, or their archive is damaged.
  var unreadable: [Problem] {
    measurements.compactMap { if case .unreadable(let problem) = $0 { problem } else { nil } }
      + [changed].compactMap(\.self)
  }
}

extension Listing {
  /// The kind of file, in words.
  var kind: String { model == nil ? checkpoint.container.rawValue : "Ingot model file" }

  /// The tensors added up by the beginning of their names, in the order of the list, and all of them last; only the last
  /// where no two names begin alike.
  ///
  /// Values and bytes that several tensors share are counted once.
  var totals: [Total] {
    var groups: [Total] = []
    var places: [Spelling: Int] = [:]
    var all = Total("total")
    let distinct = tensors.withoutShared
    let isTied = distinct.count < tensors.count
    let own = Set(distinct.map { Spelling($0.name) })
    for tensor in tensors {
      let isShared = isTied && !own.contains(Spelling(tensor.name))
      let name = Listing.group(of: tensor.name)
      let place = places[Spelling(name), default: groups.count]
      if place == groups.count {
        groups.append(Total(name))
        places[Spelling(name)] = place
      }
      groups[place].add(tensor.source, isShared: isShared)
      all.add(tensor.source, isShared: isShared)
    }
    return groups.count > 1 && groups.count < tensors.count ? groups + [all] : [all]
  }

  /// The part of a name under which tensors are added up: to its first number, else its first word.
  private static func group(of name: String) -> String {
    var end = name.startIndex
    var first: String.Index?
    while end < name.endIndex {
      let next = name[end...].firstIndex { "./-[".contains($0) } ?? name.endIndex
      if first == nil { first = next }
      if name[end..<next].contains(where: \.isNumber) { return String(name[..<next]) }
      end = next == name.endIndex || name[next] == "[" ? name.endIndex : name.index(after: next)
    }
    return String(name[..<(first ?? name.endIndex)])
  }
}
