import SentenceVectors

/// A way to make vectors, right or mistaken, with a name by which people know it.
struct VectorAlternative {
  /// What it is, as a phrase behind "the recorded vectors are those".
  let name: String
  private let settings: VectorSettings
  private let tokens: Tokens
  private let order: Order

  /// Which tokens are pooled, and of which layer.
  enum Tokens {
    case asSaid
    /// The embedding in the place of the first block.
    case embedding
    /// Padding counted as tokens.
    case padding
    /// All but the first and the last token.
    case withoutSpecial
    /// The pooler with the other activation.
    case otherPooler
  }

  /// In which order the rest follows.
  enum Order {
    case asSaid
    /// The length divided out before the whitening, and not behind it.
    case normalizedFirst
    /// The whitening without subtracting the mean.
    case withoutMean
  }

  /// A way that settings say.
  init(_ settings: VectorSettings, _ name: String = "", tokens: Tokens = .asSaid, order: Order = .asSaid) {
    self.settings = settings
    self.name = name
    self.tokens = tokens
    self.order = order
  }

  /// Everything that differs from some settings in one thing, or in the pooling and the normalisation.
  static func all(to settings: VectorSettings) -> [VectorAlternative] {
    func changed(_ name: String, _ change: (inout VectorSettings) -> Void) -> VectorAlternative {
      var other = settings
      change(&other)
      return VectorAlternative(other, name)
    }
    let others = Pooling.allCases.filter { $0 != settings.pooling }
    let toggled = settings.normalizes ? "that are not divided by their length" : "divided by their length"
    var all = others.map { pooling in changed("of the pooling \(pooling.rawValue)") { $0.pooling = pooling } }
    all.append(changed(toggled) { $0.normalizes.toggle() })
    all += tokenMistakes(in: settings)
    all += rest(of: settings, changed)
    all += others.map { pooling in
      changed("of the pooling \(pooling.rawValue), and \(toggled)") {
        $0.pooling = pooling
        $0.normalizes.toggle()
      }
    }
    return all
  }

  private static func tokenMistakes(in settings: VectorSettings) -> [VectorAlternative] {
    func mistake(_ tokens: Tokens, _ name: String) -> VectorAlternative {
      VectorAlternative(settings, name, tokens: tokens)
    }
    switch settings.pooling {
    case .cls: return []
    case .pooler: return [mistake(.otherPooler, "of a pooler with another activation")]
    case .firstLastMean:
      return [
        mistake(.embedding, "with the embedding in the place of the first block"),
        mistake(.padding, "that count padding as tokens"),
        mistake(.withoutSpecial, "without the special tokens"),
      ]
    case .mean, .max:
      return [
        mistake(.padding, "that count padding as tokens"), mistake(.withoutSpecial, "without the special tokens"),
      ]
    }
  }

  private static func rest(
    of settings: VectorSettings, _ changed: (String, (inout VectorSettings) -> Void) -> VectorAlternative
  ) -> [VectorAlternative] {
    var all: [VectorAlternative] = []
    if settings.whitening != nil {
      all.append(changed("without the whitening") { $0.whitening = nil })
      all.append(VectorAlternative(settings, "whitened without subtracting the mean", order: .withoutMean))
      all.append(VectorAlternative(settings, "divided by their length before the whitening", order: .normalizedFirst))
    }
    if !settings.layers.isEmpty {
      all.append(changed("without the layers behind the pooling") { $0.layers = [] })
      for index in settings.layers.indices {
        let layer = settings.layers[index]
        let activation: VectorLayer.Activation = layer.activation == .tanh ? .linear : .tanh
        all.append(
          changed("of a layer \(index) with the activation \(activation.rawValue)") {
            $0.layers[index] = VectorLayer(weight: layer.weight, bias: layer.bias, activation: activation)
          })
      }
    }
    if settings.components != nil { all.append(changed("of all components") { $0.components = nil }) }
    return all
  }

  /// The vectors of a batch; nil where the model has nothing of which to make them.
  func vectors(of tokens: TokenVectors, storing store: ([Double]) -> [Double] = { $0 }) -> [[Double]]? {
    var vectors: [[Double]] = []
    for row in 0..<tokens.batch {
      guard let pooled = pooled(row, of: tokens), let vector = finished(pooled, store) else { return nil }
      vectors.append(vector)
    }
    return vectors
  }

  private func finished(_ pooled: [Double], _ store: ([Double]) -> [Double]) -> [Double]? {
    guard (try? settings.width(after: pooled.count, of: "")) != nil else { return nil }
    var settings = settings
    switch order {
    case .asSaid: break
    case .withoutMean:
      guard let whitening = settings.whitening else { return nil }
      settings.whitening = Whitening(
        mean: Array(repeating: 0, count: whitening.inputWidth), matrix: whitening.matrix)
    case .normalizedFirst:
      guard let whitening = settings.whitening else { return nil }
      var before = settings
      (before.whitening, before.components, before.normalizes) = (nil, nil, true)
      var after = VectorSettings(pooling: settings.pooling, whitening: whitening)
      after.components = settings.components
      return after.vector(ofPooled: before.vector(ofPooled: pooled, storing: store), storing: store)
    }
    return settings.vector(ofPooled: pooled, storing: store)
  }

  private func pooled(_ row: Int, of tokens: TokenVectors) -> [Double]? {
    let width = tokens.width
    if settings.pooling == .pooler {
      let pooler = self.tokens == .otherPooler ? tokens.otherPooler : tokens.pooler
      return pooler.map { Array($0[row * width..<(row + 1) * width]) }
    }
    let first = self.tokens == .embedding ? tokens.embedding : tokens.first
    guard let last = tokens.last, let first else { return nil }
    var chosen = (0..<tokens.length).filter { self.tokens == .padding || tokens.counts($0, ofRow: row) }
    if self.tokens == .withoutSpecial { chosen = Array(chosen.dropFirst().dropLast()) }
    guard !chosen.isEmpty else { return nil }
    func part(_ values: [Double]) -> [Double] {
      chosen.flatMap { token in
        let start = (row * tokens.length + token) * width
        return values[start..<start + width]
      }
    }
    return part(last).withUnsafeBufferPointer { last in
      part(first).withUnsafeBufferPointer { settings.pooling.pooledExactly(last, first: $0, width: width) }
    }
  }
}
