import Bytes

/// The weights among the things that a file holds, and what lies beside them.
///
/// A file is a dictionary of tensors, or a dictionary that holds one beside the progress of a training: `{"state_dict": …,
/// "optimizer": …, "epoch": 3}`.
struct StateDictionary {
  /// The weights under their names, in the order of the file.
  private(set) var weights: [(name: String, path: String, view: StorageView)] = []
  /// Numbers and texts beside the weights.
  private(set) var facts: [(name: String, value: String)] = []
  /// What else is there, as sentences for people.
  private(set) var remarks: [String] = []
  private let heap: PickleHeap
  private let file: String

  private typealias Item = (key: PickleValue, value: PickleValue)

  /// The names under which training programs keep the weights.
  private static let usualKeys = ["state_dict", "model_state_dict", "model"]

  /// Finds the weights in what a pickle left.
  ///
  /// - Throws: `Problem` of kind *mismatched* when there is no tensor at all, *damaged* for a name that occurs twice, *refused*
  ///   beyond the limits.
  init(of root: PickleValue, in heap: PickleHeap, file: String) throws {
    self.heap = heap
    self.file = file
    if case .dictionary(let place) = root {
      try take(from: heap.dictionaries[place])
    } else {
      try takeEverything(root, below: "")
    }
    guard !weights.isEmpty else {
      throw Problem(
        .mismatched, file: file, found: "\(root.kind) without a tensor in it", expected: "a dictionary of tensors",
        advice: "Name the file that holds the weights")
    }
    try checkNames()
    dropCommonBeginnings()
    remarkOnSharing()
  }

  private mutating func take(from items: [Item]) throws {
    let groups = items.filter { holdsTensors($0.value) }
    let usual = groups.filter { item in Self.usualKeys.contains { Spelling($0) == Spelling(item.key.text ?? "") } }
    let direct = items.contains { if case .tensor = $0.value { true } else { false } }
    let chosen = usual.count == 1 ? usual : direct ? [] : groups
    if chosen.count == 1, case .dictionary(let place) = chosen[0].value, let key = chosen[0].key.name {
      for item in heap.dictionaries[place] { try takeTensor(item, below: "\(key)/") }
      remarks.append("The weights are those under \(key).")
      remark(on: heap.dictionaries[place].filter { !isTensor($0.value) }, below: "\(key).")
      remark(on: items.filter { $0.key.name.map(Spelling.init) != Spelling(key) }, below: "")
    } else if direct {
      for item in items { try takeTensor(item, below: "") }
      remark(on: items.filter { !isTensor($0.value) }, below: "")
    } else if groups.isEmpty {
      for item in items where item.key.name != nil { try takeEverything(item.value, below: item.key.name!) }
    } else {
      for item in groups where item.key.name != nil { try takeEverything(item.value, below: item.key.name!) }
      remark(on: items.filter { !holdsTensors($0.value) }, below: "")
    }
  }

  private mutating func takeTensor(_ item: Item, below path: String) throws {
    guard case .tensor(let place) = item.value else { return }
    guard let name = item.key.name else {
      throw Problem(
        .unsupported, file: file, byte: heap.tensors[place].position, found: "a tensor under \(item.key.kind)",
        expected: "a name")
    }
    weights.append((name, path + name, heap.tensors[place]))
  }

  /// Takes each tensor at any depth under the way to it, each container once.
  private mutating func takeEverything(_ value: PickleValue, below path: String) throws {
    for found in try tensors(in: value, at: path) { weights.append(found) }
  }

  private func isTensor(_ value: PickleValue) -> Bool {
    if case .tensor = value { true } else { false }
  }

  /// Whether a value is a dictionary with a tensor directly in it.
  private func holdsTensors(_ value: PickleValue) -> Bool {
    guard case .dictionary(let place) = value else { return false }
    return heap.dictionaries[place].contains { isTensor($0.value) }
  }
}

// MARK: Walking

extension StateDictionary {
  /// The tensors in a value at any depth, in order, each container visited once: a pickle can put one into many others.
  ///
  /// The name of each is the way to it with dots, its path the same with slashes.
  private func tensors(
    in root: PickleValue, at path: String
  ) throws -> [(name: String, path: String, view: StorageView)] {
    var found: [(name: String, path: String, view: StorageView)] = []
    var visited: Set<Container> = []
    var waiting: [(value: PickleValue, name: String, path: String, depth: Int)] = [(root, path, path, 0)]
    func waits(_ value: PickleValue) -> Bool { isTensor(value) || Container(value) != nil }
    while let next = waiting.popLast() {
      if case .tensor(let place) = next.value {
        found.append((next.path.isEmpty ? "tensor" : next.name, next.path, heap.tensors[place]))
        continue
      }
      guard let container = Container(next.value), visited.insert(container).inserted else { continue }
      guard next.depth < Limits.depth, next.path.utf8.count <= Limits.nameBytes else {
        throw Problem(
          .refused, file: file, found: "containers inside each other, more than \(Limits.depth) of them",
          expected: "at most that many")
      }
      var children: [(key: String, value: PickleValue)] = []
      if case .dictionary(let place) = next.value {
        children = heap.dictionaries[place].filter { waits($0.value) }.map { ($0.key.name ?? "?", $0.value) }
      } else {
        children = (heap.elements(next.value) ?? []).enumerated().filter { waits($0.element) }
          .map { (String($0.offset), $0.element) }
      }
      for child in children.reversed() {
        let isTop = next.path.isEmpty
        waiting.append(
          (
            child.value, isTop ? child.key : "\(next.name).\(child.key)",
            isTop ? child.key : "\(next.path)/\(child.key)",
            next.depth + 1
          ))
      }
    }
    return found
  }

  private enum Container: Hashable {
    case tuple(Int)
    case list(Int)
    case dictionary(Int)

    init?(_ value: PickleValue) {
      switch value {
      case .tuple(let place): self = .tuple(place)
      case .list(let place): self = .list(place)
      case .dictionary(let place): self = .dictionary(place)
      default: return nil
      }
    }
  }
}

// MARK: Names and remarks

extension StateDictionary {
  /// How many things of one kind are named before the rest is only counted.
  private static let mostNamed = 20

  private func checkNames() throws {
    var seen: Set<Spelling> = []
    for weight in weights {
      guard weight.name.utf8.count <= Limits.nameBytes else {
        throw Problem(
          .refused, file: file, byte: weight.view.position, found: "a name of \(weight.name.utf8.count) bytes",
          expected: "at most \(Limits.nameBytes) bytes")
      }
      guard seen.insert(Spelling(weight.name)).inserted else {
        throw Problem(
          .damaged, file: file, object: "tensor \"\(weight.name)\"", byte: weight.view.position,
          found: "a second tensor of this name", expected: "every name once")
      }
    }
  }

  /// What wraps a module for training puts a word before every name, which is no part of the model's own names.
  private mutating func dropCommonBeginnings() {
    for beginning in ["_orig_mod.", "module."] {
      guard weights.allSatisfy({ $0.name.utf8.starts(with: beginning.utf8) }) else { continue }
      for index in weights.indices { weights[index].name = String(weights[index].name.dropFirst(beginning.count)) }
      remarks.append("Every name begins with \(beginning), which is left away.")
    }
  }

  private mutating func remark(on others: [Item], below path: String) {
    var sentences: [String] = []
    for item in others {
      let name = path + (item.key.name ?? item.key.kind)
      switch item.value {
      case .integer(let value): facts.append((name, "\(value)"))
      case .number(let value): facts.append((name, "\(value)"))
      case .bool(let value): facts.append((name, "\(value)"))
      case .text(let value): facts.append((name, String(value.prefix(200))))
      case .none: break
      default:
        let count = (try? tensors(in: item.value, at: ""))?.count
        let tensors =
          switch count {
          case 0 where !isTensor(item.value): ""
          case 1 where isTensor(item.value): ""
          case let count?: " with \(count) \(count == 1 ? "tensor" : "tensors") in it"
          case nil: ", nested deeply"
          }
        sentences.append("\(name) is passed over: \(item.value.kind)\(tensors) beside the weights.")
      }
    }
    facts = Array(facts.prefix(100))
    remarks += shortened(sentences)
  }

  /// Tied weights are one tensor under two names.
  private mutating func remarkOnSharing() {
    var first: [[Int]: String] = [:]
    var sentences: [String] = []
    for weight in weights {
      let view = weight.view
      let key = [Int(view.storage.key) ?? -1, view.offset] + view.extents + view.strides
      if let other = first[key] {
        sentences.append("\(weight.name) is the same tensor as \(other).")
      } else {
        first[key] = weight.name
      }
    }
    remarks += shortened(sentences)
  }

  private func shortened(_ sentences: [String]) -> [String] {
    guard sentences.count > Self.mostNamed else { return sentences }
    return sentences.prefix(Self.mostNamed) + ["There are \(sentences.count - Self.mostNamed) more of this kind."]
  }
}

extension PickleValue {
  /// The key as a name: a text, or an integer in digits.
  fileprivate var name: String? { text ?? integer.map(String.init) }
}
