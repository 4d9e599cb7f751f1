import ModelFiles
import SentenceVectors
import Tensors
import Tokenization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How a model file makes the vector of a text, against which a reference's vectors are held.
public struct VectorProcedure: Sendable {
  /// The settings of vectors; nil where the file says nothing.
  public let settings: VectorSettings?
  private let tokenizerResult: Result<Tokenizer, any Error>
  /// The file's pooler with the activation that it does not have; nil where it has no pooler.
  let otherPooler: OtherPooler?

  /// Takes what a model file says.
  ///
  /// - Throws: `Problem` as reading the settings does; a tokenizer that cannot be made is told when texts are to be read.
  public init(of file: ModelFile) throws {
    settings = try VectorSettings(of: file)
    tokenizerResult = Result { try Tokenizer(of: file) }
    otherPooler = OtherPooler(of: file)
  }

  /// How texts become tokens.
  ///
  /// Throws what making it threw.
  var tokenizer: Tokenizer { get throws { try tokenizerResult.get() } }
}

/// A pooler with the other activation: with the tangent where the model has none, without where it has.
struct OtherPooler {
  private let weight, bias: Tensor
  private let isTanh: Bool

  init?(of file: ModelFile) {
    guard let weight = file.tensor("pooler.weight"), let bias = file.tensor("pooler.bias") else { return nil }
    self.weight = weight
    self.bias = bias
    isTanh = file.settings["pooler.activation"] != "tanh"
  }

  /// Its image of the vectors of first tokens, one after the other.
  func apply(to vectors: [[Double]]) throws -> [Double] {
    let (weight, bias) = (try weight.doubles(), try bias.doubles())
    return vectors.flatMap { vector in
      bias.indices.map { row in
        var sum = bias[row]
        for (column, value) in vector.enumerated() { sum += weight[row * vector.count + column] * value }
        return isTanh ? tanh(sum) : sum
      }
    }
  }
}

/// A point behind the network: the vector of a text, whole or only pooled.
enum VectorPoint: Equatable {
  /// The vector as the model file makes it of a text.
  case whole
  /// The pooled vector, before everything else.
  case pooled(Pooling)

  /// Understands the name of a point; nil when it is none of these.
  init?(_ name: String) {
    if name == "vector" {
      self = .whole
    } else if name.hasPrefix("vector."), let pooling = Pooling(rawValue: String(name.dropFirst("vector.".count))) {
      self = .pooled(pooling)
    } else {
      return nil
    }
  }

  /// The spelling.
  var name: String {
    switch self {
    case .whole: "vector"
    case .pooled(let pooling): "vector.\(pooling.rawValue)"
    }
  }

  /// All of them, in the order in which they are compared.
  static let all = Pooling.allCases.map { VectorPoint.pooled($0) } + [.whole]
}
