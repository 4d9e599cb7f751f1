import Architectures
import Bytes
import JSON
import ModelFiles
import Tensors

/// Heads of fine-tuned models, which every family of files spells in its own way.
extension Export {
  /// The head of a model, and its tensors as the destination calls them.
  struct ExportedHead {
    /// The head; nil where none is known.
    var head: Plan.Head?
    /// Its tensors under the names of the destination; none where the destination has none for it.
    var tensors: [TranslatedTensor] = []
    /// The kinds of head that the extras may be, where nobody says which.
    var possible: [String] = []

    /// Whether the head reads the pooler's vector.
    func isOnPooler(in architecture: Architecture) -> Bool {
      architecture.heads.first { $0.kind == head?.kind }?.input == .pooler
    }

    /// The extras of a planned export that no part of the head is.
    func others(of plan: Plan) -> [Plan.Extra] {
      plan.extras.filter { extra in !tensors.contains { $0.name == extra.source } }
    }
  }

  /// The head that is exported under names of its own; nil where there is none.
  public var keptHead: Plan.Head? {
    plan.extras.contains { extra in head.tensors.contains { $0.name == extra.source } } ? head.head : nil
  }

  /// Finds out what head a model has, by the names that its source gave it, its configuration, and the user's word.
  ///
  /// - Parameters:
  ///   - contents: What the model file holds.
  ///   - source: The naming of the source.
  ///   - beginnings: What may have stood before the names that the naming gives.
  /// - Throws: `Problem` of kind *mismatched* for a head that the user names and that is not there.
  static func head(
    in contents: Plan, from source: String?, behind beginnings: [String], to naming: Architecture.Naming,
    of architecture: Architecture,
    model: ModelFile, given: HeadChoice?
  ) throws -> ExportedHead {
    let extras = contents.extras.map { extra in
      SourceTensor(
        name: Architecture.ownName(of: extra.source), elementType: extra.elementType, shape: extra.shape)
    }
    func possible(_ layer: String?, in naming: String) -> [String] {
      ([""] + beginnings).lazy.map { beginning in
        architecture.possibleHeads(
          among: extras, in: naming, sizes: contents.sizes, groups: contents.groups, layer: layer, behind: beginning
        ).map(\.kind)
      }.first { !$0.isEmpty } ?? []
    }
    // What has been exported and come back has the names that it had before.
    let spelled = [source].compactMap(\.self) + architecture.headNames.map(\.naming)
    let source = spelled.first { !possible(given?.layer, in: $0).isEmpty } ?? source
    let head = architecture.head(
      among: extras, in: source ?? "", sizes: contents.sizes, groups: contents.groups,
      className: model.configuration?["architectures"]?.elements?.first?.string, given: given, behind: beginnings)
    func isWithoutPooler(_ kind: String) -> Bool {
      !contents.groups.contains("pooler") && architecture.heads.first { $0.kind == kind }?.input == .pooler
    }
    guard let head else {
      let found = possible(given?.layer, in: source ?? "")
      guard given == nil else {
        throw Problem(
          .mismatched, file: model.path, object: "--head",
          found: found.isEmpty
            ? "no tensors beyond the architecture that have the names and shapes of a head"
            : "tensors of a head for \(found.joined(separator: " or "))",
          expected: "those of \(given!.kind)\(given!.layer.map { " in the layer \($0)" } ?? "")",
          advice: isWithoutPooler(given!.kind)
            ? "Such a head reads the pooler's vector, and this model has no pooler"
            : "\(architecture.name) may have heads for \(architecture.heads.map(\.kind).joined(separator: ", "))")
      }
      return ExportedHead(possible: found)
    }
    return ExportedHead(head: head, tensors: architecture.translated(head, from: source, to: naming.name))
  }

  /// What the user should know of extras that nobody loads, or not as they are.
  ///
  /// - Parameter chosen: The class that loads the files; nil where no library chooses one.
  static func remarks(
    on head: ExportedHead, chosen: Architecture.ChosenClass?, keepsClass: String?, in plan: Plan, saying: HeadRemarks
  ) -> [String] {
    var remarks: [String] = []
    if let chosen {
      for group in chosen.ignored { remarks.append("\(chosen.row.name) has no \(group), and passes over it.") }
    }
    let isLoaded = chosen.map { $0.row.head != nil && $0.row.head == head.head?.kind } ?? true
    let others = isLoaded ? head.others(of: plan) : plan.extras
    guard !others.isEmpty else { return remarks }
    let names = others.map(\.source).joined(separator: ", ")
    if let keepsClass {
      remarks.append(
        "\(names): written under their own names; \(keepsClass), which the source's configuration names, may load them."
      )
    } else if let chosen {
      remarks.append("\(names): written under their own names; \(chosen.row.name) does not load them.")
    } else if saying.isLoadedByName {
      remarks.append("\(names): written beside the model, which the lines below load without them.")
    }
    if !head.possible.isEmpty {
      remarks.append(
        "By names and shapes they are a head for \(head.possible.joined(separator: " or ")): say which with "
          + head.possible.map { "--head \($0)" }.joined(separator: " or ") + ".")
    } else if head.head == nil, saying.hasLayers {
      remarks.append(
        "What a layer reads stands in no file of weights: if one of them is a head, say so with --head KIND=LAYER "
          + "(\(saying.kinds.joined(separator: ", "))).")
    }
    return remarks
  }

  /// The lines that put the head on a model of bert4keras, under the names that the exported layers have.
  ///
  /// - Returns: Nothing where no head is exported, or the model ends in others, or reads what these lines have no words for.
  var headLines: [String] {
    guard let known = architecture.heads.first(where: { $0.kind == head.head?.kind }), !head.tensors.isEmpty,
      Set(plan.groups).isDisjoint(with: ["nsp", "mlm", "discriminator", "lm"]), known.input != .last
    else { return [] }
    var lines: [String] = []
    var input = "model.output"
    if known.input == .first {
      lines.append("first = keras.layers.Lambda(lambda x: x[:, 0], name=\"first\")(model.output)")
      input = "first"
    }
    let layers = headLayers
    for (number, layer) in layers.enumerated() {
      let isLast = number == layers.count - 1
      let activation = known.activation.map { settings[$0] ?? $0 }?.replacing("-", with: "_")
      let words = [
        "\(layer.width)", isLast ? nil : "activation=\"\(activation ?? "linear")\"",
        layer.hasBias ? nil : "use_bias=False",
        "name=\"\(layer.name)\"",
      ].compactMap(\.self)
      let name = isLast ? "logits" : "hidden"
      lines.append("\(name) = keras.layers.Dense(\(words.joined(separator: ", ")))(\(input))")
      input = name
    }
    return lines + ["model = keras.models.Model(model.inputs, logits)"]
  }

  /// The lines that give the layers of a head the weights of a checkpoint, which bert4keras passes over.
  ///
  /// - Parameter path: The checkpoint's path, in quotation marks.
  func headWeights(from path: String) -> [String] {
    guard !headLines.isEmpty else { return [] }
    return ["import tensorflow", "weights = tensorflow.train.load_checkpoint(\(path))"]
      + headLayers.map { layer in
        let values = layer.tensors.map { tensor in
          // A table has matrices [out, in], and Keras [in, out].
          let isStoredByTable = tensor.shape == tensor.part.shape && tensor.shape.rank == 2
          return "weights.get_tensor(\"\(tensor.name)\")\(isStoredByTable ? ".T" : "")"
        }
        return "model.get_layer(\"\(layer.name)\").set_weights([\(values.joined(separator: ", "))])"
      }
  }

  /// One layer of a head.
  private struct HeadLayer {
    let name: String
    let width: Int
    let tensors: [TranslatedTensor]
    var hasBias: Bool { tensors.count > 1 }
  }

  /// The layers of the head in the order in which they are applied, under their names in files of Keras.
  private var headLayers: [HeadLayer] {
    let translated = head.head.map { architecture.translated($0, from: nil, to: "bert4keras") } ?? []
    let names = destination == .keras ? head.tensors : translated
    var layers: [HeadLayer] = []
    for matrix in head.tensors where matrix.part.shape.rank == 2 {
      let stem = matrix.part.tensor.split(separator: ".").dropLast()
      let tensors = head.tensors.filter { $0.part.tensor.split(separator: ".").dropLast() == stem }
      guard let address = names.first(where: { $0.part.tensor == matrix.part.tensor })?.name,
        let bracket = address.lastIndex(of: "[")
      else { return [] }
      layers.append(
        HeadLayer(
          name: String(address[..<bracket]),
          width: matrix.part.shape.dimensions[0], tensors: tensors))
    }
    return layers
  }

  /// What ``remarks(on:chosen:keepsClass:in:saying:)`` has to know of source and destination.
  struct HeadRemarks {
    /// Whether the destination's lines load layers by their names.
    var isLoadedByName: Bool
    /// Whether the source's tensors are weights of layers of Keras, whose heads the user may name.
    var hasLayers: Bool
    /// The kinds of head that the architecture knows.
    var kinds: [String]
  }

  /// The members of a configuration that say how many labels there are, and their names; none for heads without labels, or where the
  /// configuration says them already.
  ///
  /// - Parameter called: Their names, where the model file says them.
  /// - Returns: The members, and what the user should know of them.
  static func labels(
    of head: Plan.Head?, called given: [String]?, beside original: JSON?
  ) -> (members: [(name: String, value: JSON)], remark: String?) {
    guard let count = head?.labels else { return ([], nil) }
    let said = original.flatMap { Configuration(file: "", json: $0).labels }
    if let given, given.count == count { return said == given ? ([], nil) : (members(given), nil) }
    let named = original?["id2label"]?.members?.count
    // transformers leaves out what is its default: two labels.
    if named == count || (named == nil && original?["model_type"] != nil && count == 2) { return ([], nil) }
    return (
      members((0..<count).map { "LABEL_\($0)" }),
      named.map { "The configuration names \($0) labels and the head has \(count): they are numbered." }
        ?? "No file names the \(count) labels: they are numbered."
    )
  }

  private static func members(_ names: [String]) -> [(name: String, value: JSON)] {
    [
      ("id2label", .object(names.enumerated().map { JSON.Member("\($0)", .string($1)) })),
      ("label2id", .object(names.enumerated().map { JSON.Member($1, .integer($0)) })),
    ]
  }
}
