import Bytes
import SentenceVectors
import Tasks

extension Evaluation {
  /// What is tried, and how texts are read.
  public struct Request: Sendable {
    /// The settings of each pooling; their whitening is the file's, and what they say of length and truncation counts.
    public var settings: [VectorSettings]
    /// The whitenings that are tried with each.
    public var whitenings: [WhiteningChoice]
    /// Whether texts that are too long are cut; otherwise they are refused.
    public var truncates: Bool
    /// The threshold at which labels of 0 and 1 are judged; nil for the best of each file.
    public var threshold: Double?

    /// Gathers a request.
    public init(
      settings: [VectorSettings], whitenings: [WhiteningChoice] = [.file], truncates: Bool = false,
      threshold: Double? = nil
    ) {
      self.settings = settings
      self.whitenings = whitenings
      self.truncates = truncates
      self.threshold = threshold
    }
  }

  /// Evaluates a model on tasks.
  ///
  /// Every distinct text passes through the model once, for all poolings. A whitening is computed from both texts of all pairs of the
  /// task's files, as bojone/BERT-whitening does (`chn/eval.py`).
  ///
  /// - Parameter progress: Takes the number of texts after each batch.
  /// - Throws: `Problem` as ``Session/embed(_:as:truncating:calling:)``, ``WhiteningFit`` and ``Correlation`` do.
  public init(
    of session: Session, on tasks: [SimilarityTask], _ request: Request, progress: (Int) -> Void = { _ in }
  ) throws {
    for task in tasks {
      let (texts, pairs) = task.distinctTexts()
      let vectors = try embed(texts, by: session, request, progress: progress)
      for (settings, vectors) in zip(request.settings, vectors) {
        for choice in request.whitenings {
          let way = Way(pooling: settings.pooling, whitening: choice)
          let whitening = try whitening(choice, of: settings, for: task, vectors, pairs, way)
          var final = settings
          final.whitening = whitening
          let similarities = SimilarityMeasure(of: vectors, settings: final)
          for (file, pairs) in zip(task.files, pairs) {
            let found = similarities.cosines(of: pairs)
            let scores = file.pairs.map(\.score)
            rows.append(
              Row(
                task: task.name, path: file.path, pairs: pairs.count, way: way, components: similarities.width,
                correlation: try Correlation(of: found, with: scores, file: file.path),
                accuracy: Accuracy(of: found, with: scores, threshold: request.threshold)))
          }
        }
      }
    }
  }

  /// The vectors of distinct texts, for each of the settings, before any whitening.
  private mutating func embed(
    _ texts: [(text: String, name: String)], by session: Session, _ request: Request, progress: (Int) -> Void
  ) throws -> [Vectors] {
    let settings = request.settings.map { settings in
      var settings = settings
      (settings.whitening, settings.components, settings.normalizes) = (nil, nil, false)
      return settings
    }
    let encoded = try texts.map { text in
      try session.encode(text.text, for: settings[0], truncating: request.truncates, calling: text.name)
    }
    var parts = settings.map { _ in [Float]() }
    var widths = settings.map { _ in 0 }
    // Texts of like length side by side, so that every part has long batches; their places are kept.
    let order = encoded.indices.sorted { (encoded[$0].ids.count, $0) < (encoded[$1].ids.count, $1) }
    for start in stride(from: 0, to: order.count, by: 1_024) {
      let part = order[start..<min(start + 1_024, order.count)].map { encoded[$0] }
      for (way, vectors) in try session.embed(part, asEachOf: settings).enumerated() {
        parts[way] += vectors.values
        widths[way] = vectors.width
      }
      progress(part.count)
    }
    return zip(parts, widths).map { part, width in
      var values = [Float](repeating: 0, count: part.count)
      for (place, index) in order.enumerated() {
        values.replaceSubrange(index * width..<(index + 1) * width, with: part[place * width..<(place + 1) * width])
      }
      return Vectors(count: order.count, width: width, values: values)
    }
  }

  /// The whitening of a choice, computed where it is to be.
  private mutating func whitening(
    _ choice: WhiteningChoice, of settings: VectorSettings, for task: SimilarityTask, _ vectors: Vectors,
    _ pairs: [[(Int, Int)]], _ way: Way
  ) throws -> Whitening? {
    let components: Int?
    switch choice {
    case .file: return settings.whitening
    case .none: return nil
    case .full: components = nil
    case .components(let count): components = count
    }
    var covariance = Covariance(width: vectors.width)
    for pairs in pairs {
      for (first, second) in pairs {
        for index in [first, second] { vectors[index].withUnsafeBufferPointer { covariance.add($0) } }
      }
    }
    let file = task.files.count == 1 ? task.files[0].path : task.name
    let fit = try WhiteningFit(of: covariance, components: components, file: file)
    whitenings.append(Computed(task: task.name, way: way, fit: fit))
    return fit.whitening
  }
}
