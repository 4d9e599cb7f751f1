import Bytes
import Inference
import SentenceVectors
import Tasks
import Tensors
import Tokenization

/// The vectors of a reference's batch held against those that a model file makes.
struct VectorComparison {
  let model: Model
  let procedure: VectorProcedure?
  let batch: Reference.Batch
  let number: Int
  let file: String
  let threads: Int?

  /// Compares the vectors at a point; where they differ, says of which other procedure the recorded ones are.
  ///
  /// Pooled vectors are made of the recorded token ids; the whole vector of the texts, where there are texts.
  ///
  /// - Throws: `Problem` of kind *mismatched* when the model file does not say how vectors are made, or they have another width.
  func compare(_ point: VectorPoint, recorded: Tensor) throws -> PointComparison {
    let settings = try self.settings(for: point, recorded)
    let texts = try point == .whole ? self.texts(for: settings) : rows
    guard recorded.shape == [texts.count, try settings.width(after: model.sizes.width, of: file)] else {
      throw otherShape(point, recorded, settings)
    }
    var comparison = try PointComparison(
      batch: number, point: point.name, recorded: recorded, computed: computed(settings, of: texts))
    if !comparison.agrees, comparison.withoutNumbers.isEmpty {
      comparison.explanation =
        try (point == .whole ? textDiagnosis(texts, settings) : nil)
        ?? diagnosis().explanation(of: recorded, by: settings)
    }
    return comparison
  }

  /// The recorded rows of tokens, without padding.
  var rows: [EncodedText] {
    get throws {
      let input = try Input(batch)
      let length = batch.tokenIDs.shape.dimensions[1]
      let isPadding = model.isPadding(in: input)
      return (0..<input.batch).map { row in
        let range = row * length..<(row + 1) * length
        let ids = input.tokenIDs[range]
        let count = max(1, isPadding[range].reversed().drop { $0 }.count)
        return EncodedText(
          ids: Array(ids.prefix(count)), segments: Array(input.segmentIDs[range].prefix(count)), name: "row \(row)")
      }
    }
  }

  /// The settings by which the vectors at a point are made.
  private func settings(for point: VectorPoint, _ recorded: Tensor) throws -> VectorSettings {
    switch point {
    case .pooled(let pooling): return VectorSettings(pooling: pooling)
    case .whole:
      if let settings = procedure?.settings { return settings }
      let found = try diagnosis().plainSettings(of: recorded)
      throw Problem(
        .mismatched, file: file, object: "\(number)/point/\(point.name)", found: "vectors of texts",
        expected: "a model file that says how they are made",
        advice: "Convert the model with --pooling"
          + (found.map {
            ": the recorded vectors are those of --pooling \($0.pooling.rawValue)\($0.normalizes ? " --normalize" : "")"
          } ?? ""))
    }
  }

  /// The recorded texts; nil where there are none, or pairs among them.
  private var originals: [String]? {
    get throws {
      guard let texts = try batch.texts(number: number, of: file), texts.allSatisfy({ $0.second == nil }) else {
        return nil
      }
      return texts.map(\.first)
    }
  }

  private func diagnosis() throws -> VectorDiagnosis {
    try VectorDiagnosis(of: model, batch, procedure?.otherPooler, threads: threads)
  }

  private var tokenizer: Tokenizer { get throws { try procedure!.tokenizer } }

  /// The texts as the model file reads them, cut where they are too long; the recorded rows where there are none.
  private func texts(for settings: VectorSettings) throws -> [EncodedText] {
    guard let texts = try originals else { return try rows }
    return try encode(texts, by: tokenizer, for: settings)
  }

  private func encode(
    _ texts: [String], by tokenizer: Tokenizer, for settings: VectorSettings
  ) throws -> [EncodedText] {
    try texts.enumerated().map { index, text in
      try EncodedText(
        text, by: tokenizer, for: settings, positions: model.sizes.positions, truncating: true,
        name: "\(file), text \(index) of batch \(number)")
    }
  }

  private func computed(_ settings: VectorSettings, of texts: [EncodedText]) throws -> ComputedPoint {
    let points = try PoolingPoints(settings.pooling, of: model, file: file)
    let width = try settings.width(after: model.sizes.width, of: file)
    func vectors(_ precision: Precision, storing store: ([Double]) -> [Double] = { $0 }) throws -> [Double] {
      var values = [Double](repeating: 0, count: texts.count * width)
      try points.pool(texts, by: model, precision: precision, threads: threads) { index, pooled in
        values.replaceSubrange(
          index * width..<(index + 1) * width, with: settings.vector(ofPooled: pooled, storing: store))
      }
      return values
    }
    let shape: Shape = [texts.count, width]
    return ComputedPoint(
      fast: Tensor(try vectors(.float32).map { Float($0) }, shape: shape)!,
      exact: Tensor(try vectors(.float64), shape: shape)!,
      rounded: Tensor(try vectors(.roundedFloat64, storing: rounded), shape: shape)!)
  }

  private func otherShape(_ point: VectorPoint, _ recorded: Tensor, _ settings: VectorSettings) -> Problem {
    let diagnosis = try? diagnosis().explanation(of: recorded, by: settings)
    return Problem(
      .mismatched, file: file, object: "\(number)/point/\(point.name)", found: "the shape \(recorded.shape)",
      expected:
        "[\(batch.tokenIDs.shape.dimensions[0]), \((try? settings.width(after: model.sizes.width, of: file)) ?? 0)]",
      advice: diagnosis.flatMap { $0 }.map { "The recorded vectors are \($0)" })
  }
}

/// Every component rounded to float32.
func rounded(_ vector: [Double]) -> [Double] { vector.map { Double(Float($0)) } }

extension VectorComparison {
  /// Why the texts become other tokens than the recorded ones; nil when they become these.
  private func textDiagnosis(_ texts: [EncodedText], _ settings: VectorSettings) throws -> String? {
    guard let originals = try originals else { return nil }
    let recorded = try rows
    func agree(_ texts: [EncodedText]?) -> Bool { texts?.map(\.ids) == recorded.map(\.ids) }
    guard !agree(texts) else { return nil }
    let tokenizer = try self.tokenizer
    let longest = recorded.map(\.ids.count).max() ?? 0
    var cut = settings
    cut.maximumLength = longest
    let cutting = "of texts cut to \(longest) tokens, where this file takes up to \(texts.map(\.ids.count).max() ?? 0)"
    if agree(try? encode(originals, by: tokenizer, for: cut)) { return cutting }
    if let other = tokenizer.withOtherCase {
      let casing = other.lowercases ? "of texts that are lowered" : "of texts that keep their case"
      if agree(try? encode(originals, by: other.tokenizer, for: settings)) { return casing }
      if agree(try? encode(originals, by: other.tokenizer, for: cut)) { return "\(casing), and \(cutting)" }
    }
    let index = zip(texts, recorded).enumerated().first { $1.0.ids != $1.1.ids }?.offset ?? 0
    let place = zip(texts[index].ids, recorded[index].ids).enumerated().first { $1.0 != $1.1 }?.offset
    return "of other tokens, first in text \(index)"
      + (place.map { " at token \($0)" } ?? ", which is longer or shorter")
  }
}

extension Tokenizer {
  /// The same tokenizer with the other case; nil when it has no case to choose.
  fileprivate var withOtherCase: (tokenizer: Tokenizer, lowercases: Bool)? {
    guard let splitter = splitter as? WordPieceTokenizer else { return nil }
    let other = WordPieceTokenizer(
      vocabulary: splitter.vocabulary, dialect: splitter.dialect, lowercases: !splitter.lowercases,
      separatesIdeographs: splitter.separatesIdeographs, splitsWords: splitter.splitsWords, cutter: splitter.cutter,
      maximumWordLength: splitter.maximumWordLength, unknown: splitter.unknown, special: splitter.special)
    return (
      Tokenizer(other, special: special, template: template, maximumLength: maximumLength), !splitter.lowercases
    )
  }
}
