import Architectures
import Bytes
import Checkpoints
import JSON
import Tensors

/// The plan as carried out, kept inside the model file: where every tensor came from and what became of every source.
///
/// With the source at hand it is enough to derive every tensor again, bit for bit.
public struct Ledger: Equatable, Sendable {
  /// The name of the checkpoint's file, without its folder.
  public var file: String
  /// The checkpoint's kind.
  public var container: String
  /// What the checkpoint said of its origin: name and value.
  public var facts: [Fact]
  /// The naming under which the tensors were found.
  public var naming: String
  /// One row per tensor of the model, in the order of the plan.
  public var rows: [Row]
  /// The source tensors that were left out, each with the reason.
  public var dropped: [Dropped]
  /// The rows of the table of tokens that the model keeps, in its order; none where it keeps all.
  public var keptTokens: [Int] = []

  /// One thing that the checkpoint says of itself.
  public struct Fact: Equatable, Sendable {
    /// What the fact is about.
    public var name: String
    /// What the checkpoint says.
    public var value: String
  }

  /// How one tensor of the model file came to be.
  public struct Row: Equatable, Sendable {
    /// The tensor's name in the model file.
    public var tensor: String
    /// The tensor's name in the checkpoint.
    public var source: String
    /// The element type it had there.
    public var elementType: ElementType
    /// What was done to it, first to last; a change of the element type comes after them.
    public var transforms: [Transform]
    /// Whether only the rows of ``Ledger/keptTokens`` were taken, behind the transforms.
    public var keepsRows = false
  }

  /// A source tensor that the model file does not hold.
  public struct Dropped: Equatable, Sendable {
    /// The tensor's name in the checkpoint.
    public var source: String
    /// Why it was left out.
    public var reason: String
  }
}

extension Ledger {
  /// Writes down a plan for a checkpoint.
  ///
  /// - Parameter keptTokens: The rows of the table of tokens that are kept, where the plan was cut to them.
  public init(of plan: Plan, for checkpoint: Checkpoint, keeping keptTokens: [Int] = []) {
    self.keptTokens = keptTokens
    file = checkpoint.file.split(separator: "/").last.map(String.init) ?? checkpoint.file
    container = checkpoint.container.rawValue
    facts = checkpoint.facts.map { Fact(name: $0.name, value: $0.value) }
    naming = plan.naming
    rows =
      plan.steps.map {
        Row(
          tensor: $0.tensor, source: $0.source, elementType: $0.elementType, transforms: $0.transforms,
          keepsRows: $0.keepsRows)
      }
      + plan.extras.map {
        Row(tensor: $0.tensor, source: $0.source, elementType: $0.elementType, transforms: $0.transforms)
      }
    dropped = plan.dropped.map { Dropped(source: $0.source, reason: $0.reason) }
  }

  /// The naming that the model's files had before they were exported and came back; nil where they were not.
  ///
  /// Its configuration and what it has beyond the architecture are spelled so, as they were.
  var namingBeforeExport: String? {
    get { facts.first { $0.name == Self.exported }?.value }
    set {
      facts.removeAll { $0.name == Self.exported }
      if let newValue { facts.append(Fact(name: Self.exported, value: newValue)) }
    }
  }

  private static let exported = "naming before the export"

  /// What stands before all names of the model's own tensors, the shortest first: `model.` and `model.bert.`.
  var beginnings: [String] {
    let names = rows.filter { !$0.tensor.hasPrefix("extra.") }.map { Array($0.source.utf8) }
    guard var common = names.first else { return [] }
    for name in names { common = Array(zip(common, name).prefix { $0 == $1 }.map(\.0)) }
    let ends = common.indices.filter { common[$0] == UInt8(ascii: ".") || common[$0] == UInt8(ascii: "/") }
    return ends.map { String(decoding: common[...$0], as: UTF8.self) }
  }

  /// The ledger as JSON; the same ledger always gives the same text.
  public var json: JSON {
    let whole: JSON = [
      "source": [
        "file": .string(file), "container": .string(container),
        "facts": .array(facts.map { ["name": .string($0.name), "value": .string($0.value)] }),
      ],
      "naming": .string(naming),
      "tensors": .array(
        rows.map { row in
          .object(
            [
              JSON.Member("tensor", .string(row.tensor)), JSON.Member("source", .string(row.source)),
              JSON.Member("type", .string(row.elementType.rawValue)),
              JSON.Member("transforms", .array(row.transforms.map(\.json))),
            ] + (row.keepsRows ? [JSON.Member("rows", "kept")] : []))
        }),
      "dropped": .array(dropped.map { ["source": .string($0.source), "reason": .string($0.reason)] }),
    ]
    let kept = keptTokens.isEmpty ? [] : [JSON.Member("kept_tokens", .array(keptTokens.map(JSON.integer)))]
    return .object((whole.members ?? []) + kept)
  }

  /// Reads a ledger that ``json`` wrote.
  ///
  /// - Throws: `Problem` of kind *damaged* when a member is missing, or says what no ledger can say.
  public init(_ json: JSON, file modelFile: String) throws {
    func damaged(_ what: String) -> Problem {
      Problem(.damaged, file: modelFile, object: "ingot.ledger", found: "no \(what)", expected: "a whole ledger")
    }
    func text(_ json: JSON?, _ name: String) throws -> String {
      guard let text = json?[name]?.string else { throw damaged(name) }
      return text
    }
    func list(_ json: JSON?, _ name: String) throws -> [JSON] {
      guard let list = json?[name]?.elements else { throw damaged(name) }
      return list
    }
    let source = json["source"]
    file = try text(source, "file")
    container = try text(source, "container")
    facts = try list(source, "facts").map { Fact(name: try text($0, "name"), value: try text($0, "value")) }
    naming = try text(json, "naming")
    rows = try list(json, "tensors").map { row in
      guard let type = ElementType(rawValue: try text(row, "type")) else { throw damaged("element type") }
      guard [nil, "kept"].contains(row["rows"]) else { throw damaged("rows") }
      return Row(
        tensor: try text(row, "tensor"), source: try text(row, "source"), elementType: type,
        transforms: try list(row, "transforms").map { transform in
          guard let known = Transform(transform) else { throw damaged("transform") }
          return known
        }, keepsRows: row["rows"] != nil)
    }
    keptTokens = try (json["kept_tokens"] == nil ? [] : list(json, "kept_tokens")).map { id in
      guard let id = id.integer, id >= 0 else { throw damaged("kept token") }
      return id
    }
    dropped = try list(json, "dropped").map {
      Dropped(source: try text($0, "source"), reason: try text($0, "reason"))
    }
  }
}

extension Transform {
  /// `"transpose"`, or `{"reshape":{"from":[1,768],"to":[768]}}`.
  var json: JSON {
    switch self {
    case .transpose: "transpose"
    case .reshape(let source, let result): ["reshape": ["from": source.json, "to": result.json]]
    }
  }

  init?(_ json: JSON) {
    if json == "transpose" {
      self = .transpose
    } else if let reshape = json["reshape"], let source = Shape(reshape["from"]), let result = Shape(reshape["to"]) {
      self = .reshape(from: source, to: result)
    } else {
      return nil
    }
  }
}

extension Shape {
  var json: JSON { .array(dimensions.map(JSON.integer)) }

  init?(_ json: JSON?) {
    guard let extents = json?.elements?.map(\.integer), extents.allSatisfy({ $0 != nil }) else { return nil }
    self.init(extents.compactMap(\.self))
  }
}
