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
  /// For each dictionary, whether a tensor lies directly in it.
  private let holdsTensor: [Bool]
  /// How many values may still be looked at.
  private var visitsLeft: Int
  /// How many bytes the names that are still to come may have.
  private var nameBytesLeft = Limits.allNameBytes

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
    holdsTensor = heap.dictionaries.map { $0.contains { $0.value.isTensor } }
    visitsLeft = Limits.visits * heap.valueCount
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
    let direct = items.contains { $0.value.isTensor }
    let chosen = usual.count == 1 ? usual : direct ? [] : groups
    if chosen.count == 1, case .dictionary(let place) = chosen[0].value, let key = chosen[0].key.name {
      for item in heap.dictionaries[place] { try takeTensor(item, below: "\(key)/") }
      remarks.append("The weights are those under \(key).")
      try remark(on: heap.dictionaries[place].filter { !$0.value.isTensor }, below: "\(key).")
      try remark(on: items.filter { $0.key.name.map(Spelling.init) != Spelling(key) }, below: "")
    } else if direct {
      for item in items { try takeTensor(item, below: "") }
      try remark(on: items.filter { !$0.value.isTensor }, below: "")
    } else if groups.isEmpty {
      for item in items where item.key.name != nil { try takeEverything(item.value, below: item.key.name!) }
    } else {
      for item in groups where item.key.name != nil { try takeEverything(item.value, below: item.key.name!) }
      try remark(on: items.filter { !holdsTensors($0.value) }, below: "")
    }
  }

  private mutating func takeTensor(_ item: Item, below path: String) throws {
    guard case .tensor(let place) = item.value else { return }
    guard let name = item.key.name else {
      throw Problem(
        .unsupported, file: file, byte: heap.tensors[place].position, found: "a tensor under \(item.key.kind)",
        expected: "a name")
    }
    try checkLength(of: name, byte: heap.tensors[place].position)
    try spend(nameBytes: path.utf8.count + name.utf8.count)
    weights.append((name, path + name, heap.tensors[place]))
  }

  /// Takes each tensor at any depth under the way to it, each container once.
  private mutating func takeEverything(_ value: PickleValue, below path: String) throws {
    guard value.isTensor || Container(value) != nil else { return }
    try checkLength(of: path)
    weights += try tensors(in: value, at: path)
  }

  /// Whether a value is a dictionary with a tensor directly in it.
  private func holdsTensors(_ value: PickleValue) -> Bool {
    if case .dictionary(let place) = value { holdsTensor[place] } else { false }
  }
}

// MARK: Walking

extension StateDictionary {
  /// The tensors in a value at any depth, in order, each container visited once: a pickle can put one into many others.
  ///
  /// The name of each is the way to it with dots, its path the same with slashes.
  private mutating func tensors(
    in root: PickleValue, at path: String
  ) throws -> [(name: String, path: String, view: StorageView)] {
    var found: [(name: String, path: String, view: StorageView)] = []
    var visited: Set<Container> = []
    var waiting: [(value: PickleValue, name: String, path: String, depth: Int)] = [(root, path, path, 0)]
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
      for child in try children(of: container).reversed() {
        let isTop = next.path.isEmpty
        try checkLength(of: child.key)
        try spend(nameBytes: next.path.utf8.count + 1 + child.key.utf8.count)
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

  /// What a container holds that is a tensor or could hold one, each under its key or number.
  private mutating func children(of container: Container) throws -> [(key: String, value: PickleValue)] {
    func waits(_ value: PickleValue) -> Bool { value.isTensor || Container(value) != nil }
    visitsLeft -= container.count(in: heap)
    guard visitsLeft >= 0 else {
      throw Problem(
        .refused, file: file, found: "containers that lie in many others",
        expected: "at most \(Limits.visits) looks at each value on the average")
    }
    switch container {
    case .dictionary(let place):
      return heap.dictionaries[place].filter { waits($0.value) }.map { ($0.key.name ?? "?", $0.value) }
    case .list(let place): return numbered(heap.lists[place])
    case .tuple(let place): return numbered(heap.tuples[place])
    }
    func numbered(_ elements: [PickleValue]) -> [(key: String, value: PickleValue)] {
      elements.enumerated().filter { waits($0.element) }.map { (String($0.offset), $0.element) }
    }
  }

  private mutating func spend(nameBytes count: Int) throws {
    nameBytesLeft -= count
    guard nameBytesLeft >= 0 else {
      throw Problem(
        .refused, file: file, found: "names of more than \(Limits.allNameBytes) bytes together",
        expected: "at most that many")
    }
  }

  private func checkLength(of name: String, byte: Int? = nil) throws {
    guard name.utf8.count <= Limits.nameBytes else {
      throw Problem(
        .refused, file: file, byte: byte, found: "a name of \(name.utf8.count) bytes",
        expected: "at most \(Limits.nameBytes) bytes")
    }
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

    func count(in heap: PickleHeap) -> Int {
      switch self {
      case .tuple(let place): heap.tuples[place].count
      case .list(let place): heap.lists[place].count
      case .dictionary(let place): heap.dictionaries[place].count
      }
    }
  }
}

// MARK: Names and remarks

extension StateDictionary {
  /// How many facts beside the weights are kept.
  private static let mostFacts = 100

  private func checkNames() throws {
    var seen: Set<Spelling> = []
    for weight in weights {
      try checkLength(of: weight.name, byte: weight.view.position)
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

  private mutating func remark(on others: [Item], below path: String) throws {
    var sentences = Sentences()
    for item in others {
      func name() -> String { path + String((item.key.name ?? item.key.kind).unicodeScalars.prefix(200)) }
      func note(_ value: String) { if facts.count < Self.mostFacts { facts.append((name(), value)) } }
      switch item.value {
      case .integer(let value): note("\(value)")
      case .number(let value): note("\(value)")
      case .bool(let value): note("\(value)")
      case .text(let value): note(String(value.unicodeScalars.prefix(200)))
      case .none: break
      default:
        try sentences.append {
          let count = item.value.isTensor ? 0 : try countTensors(in: item.value)
          let tensors = count == 0 ? "" : " with \(count) \(count == 1 ? "tensor" : "tensors") in it"
          return "\(name()) is passed over: \(item.value.kind)\(tensors) beside the weights."
        }
      }
    }
    remarks += sentences.shortened
  }

  /// How many tensors lie in a value at any depth, each container visited once.
  private mutating func countTensors(in root: PickleValue) throws -> Int {
    var count = 0
    var visited: Set<Container> = []
    var waiting = [root]
    while let next = waiting.popLast() {
      if next.isTensor { count += 1 }
      guard let container = Container(next), visited.insert(container).inserted else { continue }
      waiting += try children(of: container).map(\.value)
    }
    return count
  }

  /// Tied weights are one tensor under two names.
  private mutating func remarkOnSharing() {
    var first: [[Int]: String] = [:]
    var sentences = Sentences()
    for weight in weights {
      let view = weight.view
      let key = [Int(view.storage.key) ?? -1, view.offset] + view.extents + view.strides
      if let other = first[key] {
        sentences.append { "\(weight.name) is the same tensor as \(other)." }
      } else {
        first[key] = weight.name
      }
    }
    remarks += sentences.shortened
  }
}

/// Remarks of one kind, of which only the first are put into words.
private struct Sentences {
  /// How many things of one kind are named before the rest is only counted.
  private static let mostNamed = 20
  private var named: [String] = []
  private var count = 0

  mutating func append(_ sentence: () throws -> String) rethrows {
    if named.count < Self.mostNamed { named.append(try sentence()) }
    count += 1
  }

  var shortened: [String] {
    count > named.count ? named + ["There are \(count - named.count) more of this kind."] : named
  }
}

extension PickleValue {
  /// The key as a name: a text, or an integer in digits.
  fileprivate var name: String? { text ?? integer.map(String.init) }

  fileprivate var isTensor: Bool {
    if case .tensor = self { true } else { false }
  }
}
