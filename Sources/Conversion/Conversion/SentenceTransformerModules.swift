import Bytes
import JSON
import ModelFiles
import SafeTensors
import SentenceVectors
import Tensors

/// The modules by which sentence-transformers makes the vectors of a model file.
///
/// A pooler becomes a layer behind the first token's vector, a whitening a layer without activation, and the first components are the first
/// rows of the last layer. Source: sentence-transformers 2.7.0, `models/{Transformer,Pooling,Dense,Normalize}.py`; later versions read the
/// same files.
struct SentenceTransformerModules {
  /// How the vectors are made, a pooler as a layer.
  private(set) var settings: VectorSettings
  /// What the user should know, as sentences.
  private(set) var remarks: [String] = []

  /// Reads how the model file makes vectors.
  ///
  /// - Throws: `Problem` of kind *mismatched* when the file does not say how, *unsupported* for a pooling that the library does not have.
  init(of model: ModelFile) throws {
    guard let found = try VectorSettings(of: model) else {
      throw Problem(
        .mismatched, file: model.path, found: "nothing that says how the vector of a text is made",
        expected: "a pooling", advice: "Convert again with --pooling")
    }
    guard found.pooling != .firstLastMean else {
      throw Problem(
        .unsupported, file: model.path, object: "pooling", found: found.pooling.rawValue,
        expected: "cls, pooler, mean or max, which sentence-transformers has")
    }
    settings = found
    if found.pooling == .pooler { try takePooler(of: model) }
    if !settings.layers.isEmpty || settings.whitening != nil || settings.components != nil {
      remarks.append("2_Dense is read by sentence-transformers 3.1 and later.")
    }
  }

  private mutating func takePooler(of model: ModelFile) throws {
    guard let weight = model.tensor("pooler.weight"), let bias = model.tensor("pooler.bias") else {
      throw Problem(.mismatched, file: model.path, found: "no pooler", expected: "the tensors pooler.*")
    }
    let isLinear = model.settings["pooler.activation"] == "linear"
    let pooler = VectorLayer(
      weight: try Tensor(reading: weight, file: model.path).floats(),
      bias: try Tensor(reading: bias, file: model.path).floats(), activation: isLinear ? .linear : .tanh)
    settings.pooling = .cls
    settings.layers.insert(pooler, at: 0)
    remarks.append("pooler is the layer 2_Dense, too, behind the first token's vector.")
  }

  /// Whether what the configuration cannot say of a setting changes no vector of a text: the mask of UniLM hides nothing of one that stands
  /// alone in segment 0, and the network's own pooler is not asked.
  func canDo(without setting: String, _ value: String?) -> Bool {
    setting == "pooler.activation" || setting == "mask" && value == "unilm"
  }

  /// One module: its folder, and what is in it.
  private struct Module {
    let kind: String
    let folder: String
    var configuration: JSON?
    var layer: VectorLayer?
  }

  /// The modules behind the network.
  ///
  /// - Parameter width: How wide the tokens' vectors are.
  private func modules(behind width: Int) -> [Module] {
    var modules = [Module(kind: "Pooling", folder: "1_Pooling", configuration: pooling(width))]
    for layer in layers(behind: width) {
      modules.append(
        Module(
          kind: "Dense", folder: "\(modules.count + 1)_Dense", configuration: configuration(of: layer), layer: layer))
    }
    if settings.normalizes { modules.append(Module(kind: "Normalize", folder: "\(modules.count + 1)_Normalize")) }
    return modules
  }

  /// The files of the modules but for weights, by their paths in the folder.
  ///
  /// - Parameters:
  ///   - width: How wide the tokens' vectors are.
  ///   - positions: The number of the model's positions; nil where there is no end of them.
  func files(behind width: Int, positions: Int?) -> [(name: String, json: JSON)] {
    let modules = modules(behind: width)
    let list = [Module(kind: "Transformer", folder: "")] + modules
    let listed = list.enumerated().map { number, module -> JSON in
      [
        "idx": .integer(number), "name": .string("\(number)"), "path": .string(module.folder),
        "type": .string("sentence_transformers.models.\(module.kind)"),
      ]
    }
    let length = [settings.maximumLength, positions].compactMap(\.self).min()
    let transformer: JSON = [
      "max_seq_length": length.map(JSON.integer) ?? .null, "do_lower_case": .bool(settings.lowersTexts),
    ]
    return [("modules.json", .array(listed)), ("sentence_bert_config.json", transformer)]
      + modules.compactMap { module in module.configuration.map { ("\(module.folder)/config.json", $0) } }
  }

  /// Makes the modules' folders in one that is being written, and writes the weights of layers.
  ///
  /// - Throws: What writing throws.
  func writeLayers(to draft: FolderDraft, behind width: Int) throws {
    for module in modules(behind: width) {
      try draft.makeFolder(module.folder)
      guard let layer = module.layer else { continue }
      try draft.write { path in
        try SafeTensorsWriter.write(tensors(of: layer), metadata: [], to: "\(path)/\(module.folder)/model.safetensors")
      }
    }
  }

  /// The layers behind the pooling: the file's own, the whitening, and what keeps the first components.
  private func layers(behind width: Int) -> [VectorLayer] {
    var layers = settings.layers
    if let whitening = settings.whitening { layers.append(VectorLayer(whitening)) }
    guard let count = settings.components else { return layers }
    let last = layers.popLast() ?? VectorLayer(unit: width)
    return layers + [last.keeping(min(count, last.width))]
  }

  private func pooling(_ width: Int) -> JSON {
    [
      "word_embedding_dimension": .integer(width), "pooling_mode_cls_token": .bool(settings.pooling == .cls),
      "pooling_mode_mean_tokens": .bool(settings.pooling == .mean),
      "pooling_mode_max_tokens": .bool(settings.pooling == .max), "pooling_mode_mean_sqrt_len_tokens": false,
      "pooling_mode_weightedmean_tokens": false, "pooling_mode_lasttoken": false, "include_prompt": true,
    ]
  }

  private func configuration(of layer: VectorLayer) -> JSON {
    let activation = layer.activation == .tanh ? "activation.Tanh" : "linear.Identity"
    return [
      "in_features": .integer(layer.inputWidth), "out_features": .integer(layer.width), "bias": true,
      "activation_function": .string("torch.nn.modules.\(activation)"),
    ]
  }

  private func tensors(of layer: VectorLayer) -> [(name: String, source: any TensorSource)] {
    [
      ("linear.weight", Tensor(layer.weight, shape: [layer.width, layer.inputWidth])!),
      ("linear.bias", Tensor(layer.bias, shape: [layer.width])!),
    ]
  }
}

extension VectorLayer {
  /// A whitening as a layer: (x − m) A = Aᵀ x − m A.
  fileprivate init(_ whitening: Whitening) {
    let (rows, columns) = (whitening.inputWidth, whitening.width)
    var bias = [Double](repeating: 0, count: columns)
    var weight = [Float](repeating: 0, count: rows * columns)
    for row in 0..<rows {
      for column in 0..<columns {
        let value = whitening.matrix[row * columns + column]
        weight[column * rows + row] = Float(value)
        bias[column] -= whitening.mean[row] * value
      }
    }
    self.init(weight: weight, bias: bias.map { Float($0) }, activation: .linear)
  }

  /// A layer that changes nothing.
  fileprivate init(unit width: Int) {
    let weight = (0..<width * width).map { $0 % (width + 1) == 0 ? Float(1) : 0 }
    self.init(weight: weight, bias: Array(repeating: 0, count: width), activation: .linear)
  }

  /// The layer with its first components alone.
  fileprivate func keeping(_ count: Int) -> VectorLayer {
    VectorLayer(
      weight: Array(weight.prefix(count * inputWidth)), bias: Array(bias.prefix(count)), activation: activation)
  }
}
