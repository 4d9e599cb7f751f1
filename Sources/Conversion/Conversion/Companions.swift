import Bytes

/// What lies in a model's folder for the sake of other programs: some of it travels with the model, none of it is computed.
struct Companions: Sendable {
  /// One file that travels, by the name under which a model file holds it.
  struct File: Sendable {
    let name: String
    let path: String
    /// The path in the folder, as people know it: `1_Pooling/config.json`.
    let place: String
  }

  /// The small files that travel.
  let files: [File]
  /// What else belongs to the model and stays behind, by its names in the folder.
  let left: [String]

  /// The files of sentence-transformers 2 and 3 (`SentenceTransformer.save`, `Transformer.save`, `Pooling.save`), from text to vector.
  private static let ofSentenceTransformers: Set = [
    "modules.json", "sentence_bert_config.json", "config_sentence_transformers.json",
  ]
  /// What transformers knows of writing texts.
  private static let ofGeneration = "generation_config.json"
  /// The configuration of the pooling that sentence-transformers keeps in a folder of its own.
  private static let pooling = "1_Pooling/config.json"
  private static let poolingName = "1_Pooling.config.json"

  /// Whether a file of this name is a companion, whatever is in it.
  static func isNamed(_ name: String) -> Bool {
    ofSentenceTransformers.contains(name) || name == ofGeneration || name == poolingName
  }

  /// The path in a folder of sentence-transformers that a companion comes from, by its name in a model file.
  static func place(of name: String) -> String { name == poolingName ? pooling : name }

  /// The name of a file in a model file, by its path in a folder of sentence-transformers; nil for one that does not travel.
  static func name(of place: String) -> String? {
    place == pooling ? poolingName : place.contains("/") ? nil : place
  }

  /// Whether a file of this name says how sentence-transformers makes a vector.
  static func isOfSentenceTransformers(_ name: String) -> Bool {
    ofSentenceTransformers.contains(name) || name == poolingName
  }

  /// Looks into a folder.
  ///
  /// - Parameters:
  ///   - taken: The names of the files that are read.
  ///   - isChosen: Whether the user named the folder, whose other files then belong to the model.
  init(in folder: Path, beside taken: Set<String>, isChosen: Bool) throws {
    let names = try folder.names()
    var files = names.filter(Companions.isNamed).map {
      File(name: $0, path: folder.appending($0).text, place: $0)
    }
    let modules = try Companions.modules(in: folder)
    if modules.contains("1_Pooling"), try folder.appending("1_Pooling").names().contains("config.json") {
      let path = folder.appending("1_Pooling").appending("config.json").text
      files.append(File(name: Companions.poolingName, path: path, place: Companions.pooling))
    }
    self.files = files
    let isSentenceTransformer = names.contains("modules.json")
    left = names.filter { name in
      if modules.contains(name) { return isSentenceTransformer && name != "1_Pooling" }
      return isChosen && !taken.contains(name) && !Companions.isNamed(name) && Companions.belongs(name)
    }.map { modules.contains($0) ? "\($0)/" : $0 }
  }

  /// The folders in which sentence-transformers keeps the modules behind the first one.
  static func modules(in folder: Path) throws -> [String] {
    try folder.names().filter { name in
      try name.first?.isNumber == true && name.contains("_") && folder.appending(name).isFolder
    }
  }

  /// Whether a file of this name says something of the model: not the weights, nor a page for people, nor what training keeps for itself.
  private static func belongs(_ name: String) -> Bool {
    let strangers = [
      "trainer_state.json", "train_results.json", "eval_results.json", "all_results.json", "requirements.txt",
    ]
    let pages = ["readme", "license", "notice", "changelog", "."]
    let endings = [".json", ".txt", ".py", ".pkl", ".pickle", ".yaml", ".yml", ".model", ".vocab"]
    let lowered = name.lowercased()
    return endings.contains(where: lowered.hasSuffix) && !strangers.contains(lowered)
      && !pages.contains(where: lowered.hasPrefix) && !lowered.hasSuffix(".index.json")
      && !lowered.hasSuffix(".weights.json")
  }

  /// What the user should know of them, as sentences.
  ///
  /// - Parameter plan: How vectors are made, for which some of them are read.
  func remarks(on plan: VectorPlan?) -> [String] {
    var remarks = plan?.remarks ?? []
    let vectors = files.filter { Companions.isOfSentenceTransformers($0.name) }.map(\.place)
    let isRead = plan != nil
    if !vectors.isEmpty, !isRead {
      remarks.append(
        "\(vectors.joined(separator: ", ")) \(vectors.count == 1 ? "travels" : "travel") with the model and "
          + "\(vectors.count == 1 ? "is" : "are") not used: its file will say nothing of vectors.")
    }
    if files.contains(where: { $0.name == Companions.ofGeneration }) {
      remarks.append("\(Companions.ofGeneration) travels with the model and is not used: Ingot writes no texts by it.")
    }
    let modules = left.filter { $0.hasSuffix("/") }
    if !modules.isEmpty, !isRead {
      remarks.append(
        "\(modules.joined(separator: ", ")) \(modules.count == 1 ? "does" : "do") not travel: sentence-transformers computes "
          + "its vectors with what lies there.")
    }
    let others = left.filter { !$0.hasSuffix("/") }
    if !others.isEmpty {
      let shown = others.prefix(5).joined(separator: ", ") + (others.count > 5 ? " and \(others.count - 5) more" : "")
      remarks.append(
        "\(shown) \(others.count == 1 ? "lies" : "lie") beside the weights and \(others.count == 1 ? "does" : "do") not travel."
      )
    }
    return remarks
  }
}
