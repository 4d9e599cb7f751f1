import Bytes

extension Checkpoint {
  /// Takes the tensors that an index names out of its shards, each from the one where it must be.
  ///
  /// - Parameter isCutShort: Whether a shard may be missing or damaged: then what it held is among the ``unread``.
  /// - Throws: `Problem` as `ShardIndex` and the readers of the shards do; *damaged* when a tensor is not in its shard, or is in
  ///   two.
  init(sharded index: ShardIndex, isCutShort: Bool = false) throws {
    var shards: [(name: String, checkpoint: Checkpoint)] = []
    var lost: [Spelling: Problem] = [:]
    for name in index.shards {
      do {
        shards.append((name, try Checkpoint(reading: index.open(name))))
      } catch let problem as Problem where isCutShort && [.damaged, .unavailable].contains(problem.kind) {
        lost[Spelling(name)] = problem
        if let part = try? Checkpoint(beginningOf: index.open(name)) { shards.append((name, part)) }
      }
    }
    let container = try Checkpoint.container(of: shards.map(\.checkpoint), index: index)
    var found: [Spelling: (shard: String, tensor: Result<CheckpointTensor, Problem>)] = [:]
    for (name, shard) in shards {
      let all =
        shard.tensors.map { (name: $0.name, result: Result<_, Problem>.success($0)) }
        + shard.unread.map { ($0.name, .failure($0.problem)) }
      for tensor in all {
        if let other = found.updateValue((name, tensor.result), forKey: Spelling(tensor.name)) {
          throw Problem(
            .damaged, file: index.file, object: "tensor \"\(tensor.name)\"",
            found: "it in two shards, \(other.shard) and \(name)", expected: "it in one",
            advice: "Get the files again from where they came")
        }
      }
    }
    var tensors: [CheckpointTensor] = []
    var unread: [UnreadTensor] = []
    for entry in index.entries {
      if let problem = lost[Spelling(entry.shard)], found[Spelling(entry.tensor)] == nil {
        unread.append(UnreadTensor(name: entry.tensor, problem: problem))
        continue
      }
      guard let (shard, tensor) = found.removeValue(forKey: Spelling(entry.tensor)),
        Spelling(shard) == Spelling(entry.shard)
      else {
        throw Problem(
          .damaged, file: index.file, object: "tensor \"\(entry.tensor)\"", found: "no such tensor in \(entry.shard)",
          expected: "it there, as the index says", advice: "Get the files again from where they came")
      }
      switch tensor {
      case .success(let tensor):
        tensors.append(CheckpointTensor(name: tensor.name, path: tensor.path, storage: shard, source: tensor.source))
      case .failure(let problem): unread.append(UnreadTensor(name: entry.tensor, problem: problem))
      }
    }
    // What the index does not know is not part of the checkpoint, and yet nobody should miss it.
    for (name, stray) in found.sorted(by: { $0.key < $1.key }) {
      let problem = Problem(
        .mismatched, file: index.file, object: "tensor \"\(name.text)\"",
        found: "a tensor of \(stray.shard) that the index does not list", expected: "one that it lists")
      unread.append(UnreadTensor(name: name.text, problem: problem))
    }
    var facts = index.metadata
    var known = Set(facts)
    for fact in shards.flatMap(\.checkpoint.facts) where known.insert(fact).inserted { facts.append(fact) }
    self.init(
      file: index.file, container: container, tensors: tensors, unread: unread, facts: facts,
      remarks: shards.flatMap { shard in shard.checkpoint.ownRemarks.map { "\(shard.name): \($0)" } },
      members: shards.flatMap(\.checkpoint.members), reserved: shards.flatMap(\.checkpoint.reserved))
  }

  /// The kind of the whole: all shards are of the one kind that the index's name says.
  private static func container(of shards: [Checkpoint], index: ShardIndex) throws -> Container {
    let isPyTorch = index.file.hasSuffix(".bin.index.json")
    let kinds: [Container] = isPyTorch ? [.pytorch, .pytorchStream] : [.safetensors]
    for shard in shards where !kinds.contains(shard.container) {
      throw Problem(
        .mismatched, file: shard.file, found: "a shard that is a \(shard.container.rawValue)",
        expected: "a \(kinds[0].rawValue)")
    }
    return isPyTorch ? .shardedPyTorch : .shardedSafetensors
  }
}
