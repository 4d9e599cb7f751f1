import Architectures
import Bytes
import Heads
import JSON

/// What stands on top of a model, each setting with its origin; nothing of it is guessed without being said.
public struct HeadPlan: Sendable {
  /// What the user decides; everything else is found.
  public struct Options: Equatable, Sendable {
    /// The head; nil for the one that files tell.
    public var description: HeadDescription?
    /// The names of the labels, in the order of the scores.
    public var labels: [String]?

    /// Gathers options; by default everything is found.
    public init(description: HeadDescription? = nil, labels: [String]? = nil) {
      (self.description, self.labels) = (description, labels)
    }
  }

  /// The settings.
  public internal(set) var settings: HeadSettings
  /// The same in words.
  public internal(set) var entries: [VectorPlan.Entry] = []

  /// Says where a setting comes from.
  mutating func add(_ name: String, _ value: String, _ origin: String, assumption: String? = nil) {
    entries.append(VectorPlan.Entry(name: name, value: value, origin: origin, assumption: assumption))
  }

  /// How many labels the scores are of.
  ///
  /// - Parameter extras: The shapes of the tensors, by their names in the model file.
  func labelCount(_ extras: [String: [Int]]) -> Int {
    func outputs(_ layer: HeadSettings.Layer) -> Int {
      let shape = extras[layer.weight.tensor] ?? []
      return shape.count == 2 ? shape[layer.weight.isTransposed ? 1 : 0] : 0
    }
    let last = settings.layers.last.map(outputs) ?? 0
    switch settings.kind {
    case .choice, .span: return 0
    case .globalPointer: return last / 2 / (settings.pointer?.size ?? 1)
    case .efficientGlobalPointer: return last / 2
    default: return last
    }
  }
}

extension HeadPlan {
  /// Decides what the head's labels are called, and how labels of tokens group.
  ///
  /// - Parameters:
  ///   - configuration: The configuration that counts, which may name them.
  ///   - given: What the user says.
  ///   - count: How many there are; 0 for heads without labels.
  /// - Throws: `Problem` of kind *mismatched* for names that are not as many as the scores, or of which two are the same.
  mutating func name(
    labels count: Int, from configuration: Configuration?, given: [String]?, naming: String, of file: String
  ) throws {
    guard count > 0 else { return }
    if let given {
      guard given.count == count, Set(given).count == count else {
        throw Problem(
          .mismatched, file: "--labels", found: "\(Set(given).count) different names",
          expected: "\(count), as many as \(file) has scores")
      }
      settings.labels = given
      add("labels", given.joined(separator: ", "), "given")
    } else if let names = configuration?.labels, names.count == count, Set(names).count == count {
      settings.labels = names
      add("labels", names.joined(separator: ", "), "configuration: id2label")
    } else {
      add("labels", "\(count), numbered", "no file names them: --labels FILE")
    }
    guard [.token, .crf, .memm].contains(settings.kind) else { return }
    guard let labels = settings.labels else {
      settings.grouping = .tokens
      return
    }
    let grouping = HeadSettings.Grouping(of: labels, isBERT4Keras: naming.hasPrefix("bert4keras"))
    settings.grouping = grouping
    add("spans", grouping.rawValue, "the names of the labels")
  }
}

extension Configuration {
  /// The names of labels in their order; nil where there are none, or they are not numbered from 0 on.
  var labels: [String]? {
    guard let members = json["id2label"]?.members, !members.isEmpty else { return nil }
    let names = Dictionary(members.map { ($0.name, $0.value.string) }) { first, _ in first }
    let ordered = members.indices.compactMap { names["\($0)"] ?? nil }
    return ordered.count == members.count ? ordered : nil
  }
}

/// The tensors beyond an architecture, by the layers that they belong to.
struct ExtraLayers {
  private let extras: [String: Plan.Extra]

  init(of plan: Plan) {
    extras = Dictionary(plan.extras.map { (Architecture.ownName(of: $0.source), $0) }) { first, _ in first }
  }

  /// The tensors of a layer in their order, and whether its matrices lie [in, out]; none where there is no such layer.
  func tensors(of layer: String) -> (tensors: [Plan.Extra], isTransposed: Bool) {
    var own: [Plan.Extra] = []
    while let next = extras["\(layer)[\(own.count)]"] { own.append(next) }
    if !own.isEmpty { return (own, true) }
    for (weight, bias, isTransposed) in [("/kernel", "/bias", true), (".weight", ".bias", false)] {
      if let matrix = extras[layer + weight] {
        return ([matrix] + [extras[layer + bias]].compactMap(\.self), isTransposed)
      }
    }
    return ([extras[layer]].compactMap(\.self), false)
  }

  /// A dense layer of two tensors from one place on.
  func dense(
    _ name: String, from first: Int = 0, activation: HeadSettings.Activation = .linear
  ) -> HeadSettings.Layer? {
    let (tensors, isTransposed) = tensors(of: name)
    guard tensors.indices.contains(first), tensors[first].shape.rank == 2 else { return nil }
    let bias = tensors.indices.contains(first + 1) && tensors[first + 1].shape.rank == 1 ? tensors[first + 1] : nil
    return HeadSettings.Layer(
      HeadSettings.Matrix(tensors[first].tensor, isTransposed: isTransposed), bias: bias?.tensor, activation: activation
    )
  }

  /// The names of the layers of Keras, each once.
  var names: [String] {
    var seen: Set<String> = []
    return extras.keys.sorted().compactMap { name in
      name.lastIndex(of: "[").map { String(name[..<$0]) }
    }.filter { seen.insert($0).inserted }
  }
}
