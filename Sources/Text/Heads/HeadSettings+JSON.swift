import Bytes
import JSON
import ModelFiles

extension HeadSettings {
  /// The settings as a model file keeps them (`Formats/ModelFile.md`, *Head*).
  public var json: JSON {
    var members = [JSON.Member("kind", .string(kind.rawValue)), JSON.Member("input", .string(input.rawValue))]
    members.append(JSON.Member("layers", .array(layers.map(\.json))))
    if let transitions {
      members.append(
        JSON.Member(
          "transitions",
          .object([
            JSON.Member("tensors", .array(transitions.tensors.map(JSON.string))),
            JSON.Member("multiplier", .double(transitions.multiplier)),
            JSON.Member("starts", .array(transitions.starts.map(JSON.integer))),
            JSON.Member("ends", .array(transitions.ends.map(JSON.integer))),
          ])))
    }
    if let pointer {
      members.append(
        JSON.Member(
          "pointer",
          .object([
            JSON.Member("size", .integer(pointer.size)), JSON.Member("turns", .bool(pointer.turns)),
            JSON.Member("triangular", .bool(pointer.isTriangular)),
          ])))
    }
    if let grouping { members.append(JSON.Member("grouping", .string(grouping.rawValue))) }
    if let labels { members.append(JSON.Member("labels", .array(labels.map(JSON.string)))) }
    return .object(members)
  }

  /// Reads what a model file says of its head; nil where it says nothing.
  ///
  /// - Throws: `Problem` of kind *unsupported* for a kind, a word or a member of unknown meaning; *damaged* when a value cannot be.
  public init?(of file: ModelFile) throws {
    guard let json = file.head else { return nil }
    try self.init(json, of: file.path)
  }

  /// Reads settings.
  ///
  /// - Throws: `Problem` as ``init(of:)`` does.
  public init(_ json: JSON, of file: String) throws {
    let reader = HeadReader(file: file, json: json, object: "ingot.head")
    try reader.checkNames(["kind", "input", "layers", "transitions", "pointer", "grouping", "labels"])
    kind = try reader.word("kind")
    input = try reader.word("input")
    layers = try reader.objects("layers").map { layer in
      try layer.checkNames(["weight", "transposed", "bias", "activation"])
      return Layer(
        Matrix(try layer.text("weight"), isTransposed: try layer.truth("transposed")),
        bias: layer.json["bias"] == nil ? nil : try layer.text("bias"), activation: try layer.word("activation"))
    }
    transitions = try reader.object("transitions").map { part in
      try part.checkNames(["tensors", "multiplier", "starts", "ends"])
      guard let multiplier = part.json["multiplier"]?.double, multiplier.isFinite else {
        throw part.damaged("multiplier", "a number")
      }
      return Transitions(
        try part.texts("tensors"), multiplier: multiplier, starts: try part.numbers("starts"),
        ends: try part.numbers("ends"))
    }
    pointer = try reader.object("pointer").map { part in
      try part.checkNames(["size", "turns", "triangular"])
      guard let size = part.json["size"]?.integer, size > 0 else { throw part.damaged("size", "a positive number") }
      return Pointer(size: size, turns: try part.truth("turns"), isTriangular: try part.truth("triangular"))
    }
    grouping = reader.json["grouping"] == nil ? nil : try reader.word("grouping")
    labels = reader.json["labels"] == nil ? nil : try reader.texts("labels")
    try check(reader)
  }

  /// Checks that the parts belong to the kind.
  private func check(_ reader: HeadReader) throws {
    let isPath = kind == .crf || kind == .memm
    let isPointer = kind == .globalPointer || kind == .efficientGlobalPointer
    guard (transitions != nil) == isPath else {
      throw reader.damaged("transitions", "those of a path, and of no other")
    }
    guard (pointer != nil) == isPointer else { throw reader.damaged("pointer", "that of a pointer, and of no other") }
    if let transitions, !(1...(kind == .memm ? 2 : 1)).contains(transitions.tensors.count) {
      throw reader.damaged("transitions", "one matrix\(kind == .memm ? ", or two factors" : "")")
    }
    guard isOfTokens == (input == .tokens) else {
      throw reader.damaged("input", isOfTokens ? "tokens" : "something of the whole text")
    }
    let counts = kind == .globalPointer ? 1...1 : kind == .efficientGlobalPointer ? 2...2 : 1...8
    guard counts.contains(layers.count) else {
      throw reader.damaged("layers", "\(counts.lowerBound) to \(counts.upperBound)")
    }
    if layers.dropLast().contains(where: { $0.activation == .softmax }) {
      throw reader.damaged("layers", "a softmax in the last alone")
    }
  }
}

extension HeadSettings.Layer {
  fileprivate var json: JSON {
    var members = [
      JSON.Member("weight", .string(weight.tensor)), JSON.Member("transposed", .bool(weight.isTransposed)),
    ]
    if let bias { members.append(JSON.Member("bias", .string(bias))) }
    members.append(JSON.Member("activation", .string(activation.rawValue)))
    return .object(members)
  }
}

/// The members of an object in a model file that speaks of a head, each checked before it is believed.
private struct HeadReader {
  let file: String
  let json: JSON
  let object: String

  func damaged(_ name: String, _ expected: String) -> Problem {
    Problem(
      .damaged, file: file, object: "\(object), \(name)", found: json[name]?.compact ?? "nothing", expected: expected)
  }

  func checkNames(_ known: [String]) throws {
    guard let stranger = json.members?.first(where: { !known.contains($0.name) }) else { return }
    throw Problem(
      .unsupported, file: file, object: "\(object), \(stranger.name)", found: "a member of unknown meaning",
      expected: "one of \(known.joined(separator: ", "))")
  }

  func word<Word: RawRepresentable & CaseIterable>(_ name: String) throws -> Word where Word.RawValue == String {
    let text = try text(name)
    guard let word = Word(rawValue: text) else {
      throw Problem(
        .unsupported, file: file, object: "\(object), \(name)", found: "\"\(text)\"",
        expected: "one of \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return word
  }

  func text(_ name: String) throws -> String {
    guard let text = json[name]?.string else { throw damaged(name, "a word") }
    return text
  }

  func truth(_ name: String) throws -> Bool {
    guard let value = json[name]?.bool else { throw damaged(name, "true or false") }
    return value
  }

  func texts(_ name: String) throws -> [String] {
    let texts = (json[name]?.elements ?? []).compactMap(\.string)
    guard !texts.isEmpty, texts.count == json[name]?.elements?.count else { throw damaged(name, "a list of texts") }
    return texts
  }

  func numbers(_ name: String) throws -> [Int] {
    let numbers = (json[name]?.elements ?? []).compactMap(\.integer)
    guard !numbers.isEmpty, numbers.count == json[name]?.elements?.count, numbers.allSatisfy({ $0 >= 0 }) else {
      throw damaged(name, "a list of numbers of labels")
    }
    return numbers
  }

  func object(_ name: String) throws -> HeadReader? {
    guard let part = json[name] else { return nil }
    guard part.members != nil else { throw damaged(name, "an object") }
    return HeadReader(file: file, json: part, object: "\(object), \(name)")
  }

  func objects(_ name: String) throws -> [HeadReader] {
    let elements = json[name]?.elements ?? []
    guard !elements.isEmpty, elements.allSatisfy({ $0.members != nil }) else {
      throw damaged(name, "a list of objects")
    }
    return elements.enumerated().map { HeadReader(file: file, json: $1, object: "\(object), \(name) \($0)") }
  }
}
