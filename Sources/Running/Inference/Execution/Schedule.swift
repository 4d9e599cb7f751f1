/// What decides a schedule of one graph.
struct ScheduleKey: Hashable, Sendable {
  /// The points that are wanted.
  let points: Set<Point>
  /// Whether the heads treat all tokens.
  var choosesAll = true
  /// Whether a cache wants the keys and values of every attention of the main tokens.
  var isCaching = false
  /// The attentions to other tokens whose keys and values a cache has already.
  var cached: Set<Int> = []
}

/// What a pass over a graph runs, and where its values lie: both are read off the list of steps.
package struct Schedule: Sendable {
  /// The numbers of the nodes that run, in order; those that run as one piece of work stand together.
  package private(set) var steps: [[Int]] = []
  /// The slot of memory of each value, by its number; nil for one that nobody computes.
  package private(set) var slots: [Int?]
  /// How many slots there are.
  package private(set) var slotCount = 0

  /// Walks back from what is wanted, and then forward to give each value a place for as long as somebody reads it.
  init(for graph: Graph, _ key: ScheduleKey) {
    slots = Array(repeating: nil, count: graph.valueCount)
    let reads = Schedule.reads(of: graph, key)
    let order = graph.nodes.indices.filter { reads[$0] != nil }
    place(order, of: graph, reads: reads.map { $0 ?? [] }, choosesAll: key.choosesAll)
    steps = Schedule.joined(order, of: graph)
  }

  /// What each node reads, where it runs at all.
  private static func reads(of graph: Graph, _ key: ScheduleKey) -> [[Value]?] {
    var needed = Array(repeating: false, count: graph.valueCount)
    var reads: [[Value]?] = Array(repeating: nil, count: graph.nodes.count)
    for index in graph.nodes.indices.reversed() {
      let node = graph.nodes[index]
      var isKept = false
      var inputs = node.inputs
      if case .attend(let attend) = node.operation {
        let isOwn = inputs[0].axis == inputs[1].axis
        isKept = key.isCaching && inputs[0].axis == .tokens(graph.main.source)
        if !isOwn, key.cached.contains(attend.slot) { inputs.removeSubrange(1...2) }
      }
      guard isKept || node.outputs.contains(where: { needed[$0.number] }) || node.point.map(key.points.contains) == true
      else { continue }
      for value in inputs { needed[value.number] = true }
      reads[index] = inputs
    }
    return reads
  }

  /// Gives each value a slot that nobody reads any more; in the place of its first input where the operation works in place and that
  /// input has no other reader.
  private mutating func place(_ order: [Int], of graph: Graph, reads: [[Value]], choosesAll: Bool) {
    var lastReader: [Int: Int] = [:]
    for index in order { for value in reads[index] { lastReader[value.number] = index } }
    var free: [Kind: [Int]] = [:]
    for index in order {
      let node = graph.nodes[index]
      var taken: Value?
      if node.operation.worksInPlace(choosesAll: choosesAll), lastReader[node.inputs[0].number] == index,
        reads[index].count(where: { $0 == node.inputs[0] }) == 1
      {
        taken = node.inputs[0]
        slots[node.outputs[0].number] = slots[node.inputs[0].number]
      }
      for output in node.outputs where slots[output.number] == nil {
        slots[output.number] = free[Kind(output)]?.popLast() ?? newSlot()
      }
      let ended = Set(reads[index]).filter { lastReader[$0.number] == index && $0 != taken }
      for value in ended.sorted(by: { $0.number < $1.number }) + node.outputs.filter({ lastReader[$0.number] == nil }) {
        free[Kind(value), default: []].append(slots[value.number]!)
      }
    }
  }

  private mutating func newSlot() -> Int {
    defer { slotCount += 1 }
    return slotCount
  }

  /// Values of one kind have one size.
  private struct Kind: Hashable {
    let axis: Axis
    let features: Extent

    init(_ value: Value) { (axis, features) = (value.axis, value.features) }
  }

  /// Joins dense layers that read one value, such as those of queries, keys and values, for the threads to share at once.
  private static func joined(_ order: [Int], of graph: Graph) -> [[Int]] {
    var steps: [[Int]] = []
    for index in order {
      let node = graph.nodes[index]
      if case .linear = node.operation, let last = steps.last?.last, case .linear = graph.nodes[last].operation,
        graph.nodes[last].inputs == node.inputs
      {
        steps[steps.count - 1].append(index)
      } else {
        steps.append([index])
      }
    }
    return steps
  }
}

extension Operation {
  /// Whether the first output begins as the first input.
  func worksInPlace(choosesAll: Bool) -> Bool {
    if case .choose = self { choosesAll } else { body.worksInPlace }
  }
}
