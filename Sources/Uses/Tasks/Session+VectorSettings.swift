import Bytes
import SentenceVectors

extension Session {
  /// The settings of the file, or those with another pooling.
  ///
  /// - Parameter pooling: The pooling; nil for the file's own.
  /// - Throws: `Problem` of kind *mismatched* when neither the file nor the caller names one; *refused* when the file has layers or a
  ///   whitening, which were made for another one.
  public func vectorSettings(pooling: Pooling?) throws -> VectorSettings {
    guard var settings = vectorSettings else {
      if let pooling { return VectorSettings(pooling: pooling) }
      throw Problem(
        .mismatched, file: file.path,
        found: "nothing that says how the vector of a text is made of those of its tokens",
        expected: "a pooling: \(Pooling.allCases.map(\.rawValue).joined(separator: ", "))",
        advice: "Choose one with --pooling, here or when the model is converted")
    }
    guard let pooling, pooling != settings.pooling else { return settings }
    guard settings.layers.isEmpty, settings.whitening == nil else {
      throw Problem(
        .refused, file: file.path,
        found: "a \(settings.whitening == nil ? "layer" : "whitening") for the pooling \(settings.pooling.rawValue)",
        expected: "the pooling \(pooling.rawValue)", advice: "Take a model file that has neither layers nor a whitening"
      )
    }
    settings.pooling = pooling
    return settings
  }
}
