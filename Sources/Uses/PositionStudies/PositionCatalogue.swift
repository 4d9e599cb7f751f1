import Inference
import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A position scheme as the survey lists it: what it is called, who described it and where it acts.
public struct PositionEncoding: Sendable {
  /// What `ingot positions` calls it.
  public let name: String
  /// Who described it.
  public let paper: String
  /// Where in a model it acts.
  public let place: String
  /// What it has beside the sizes of the model; empty when it has nothing.
  public let parameters: String
  /// What it computes, in one line.
  public let formula: String
  /// Makes one to look at.
  let example: @Sendable (Sizes) -> any PositionScheme
  /// How the weights of the example came about; empty when it has none.
  let exampleWeights: String
  /// The type that computes it.
  let type: any PositionScheme.Type

  /// The sizes of an example.
  public struct Sizes: Sendable {
    /// The number of positions that are looked at.
    public var length: Int
    /// The number of features of an embedding, and of a head.
    public var width: Int
    /// The number of heads.
    public var heads: Int
    /// The base of waves and angles.
    public var base: Double

    /// Takes sizes; those that are not given are small ones.
    public init(length: Int = 64, width: Int = 64, heads: Int = 8, base: Double = 10_000) {
      self.length = length
      self.width = width
      self.heads = heads
      self.base = base
    }
  }

  /// Looks at an example: one of these sizes, with weights that are the same every time.
  public func figure(_ sizes: Sizes) -> PositionFigure {
    let study = PositionStudy(length: sizes.length, width: sizes.width, heads: sizes.heads, headWidth: sizes.width)
    return study.figure(
      of: example(sizes), title: name, weights: exampleWeights.isEmpty ? "" : ", " + exampleWeights)!
  }

  /// The scheme of a name; nil when there is none.
  public init?(named name: String) {
    guard let found = PositionEncoding.all.first(where: { $0.name == name }) else { return nil }
    self = found
  }

  /// What a scheme is called.
  static func name(of scheme: any PositionScheme) -> String {
    PositionEncoding.all.first { $0.type == Swift.type(of: scheme) }?.name ?? "none"
  }

  init(
    _ name: String, _ type: any PositionScheme.Type, paper: String, place: String, parameters: String, formula: String,
    exampleWeights: String = "", example: @escaping @Sendable (Sizes) -> any PositionScheme
  ) {
    self.name = name
    self.type = type
    self.paper = paper
    self.place = place
    self.parameters = parameters
    self.formula = formula
    self.exampleWeights = exampleWeights
    self.example = example
  }
}

extension PositionEncoding {
  /// Every scheme, absolute ones first (in the order of the survey, Su 2021).
  public static let all = [
    PositionEncoding(
      "learned", LearnedPositions.self, paper: "Gehring et al. 2017; Devlin et al. 2018", place: "embeddings",
      parameters: "table [P, E]", formula: "x_p + E_p", exampleWeights: "normal weights"
    ) { LearnedPositions(table: normal($0.length, $0.width)) },
    PositionEncoding(
      "hierarchical", HierarchicalPositions.self, paper: "Su 2020", place: "embeddings",
      parameters: "table [P, E], alpha", formula: "x_(iP+j) + alpha u_i + (1 - alpha) u_j",
      exampleWeights: "normal weights, alpha 0.4"
    ) { HierarchicalPositions(table: normal(Int(Double($0.length).squareRoot().rounded(.up)), $0.width)) },
    PositionEncoding(
      "sinusoidal", SinusoidalPositions.self, paper: "Vaswani et al. 2017", place: "embeddings", parameters: "base",
      formula: "x_p[2i] + sin(p base^(-2i/E)), x_p[2i+1] + cos(p base^(-2i/E))"
    ) { SinusoidalPositions(base: $0.base) },
    PositionEncoding(
      "recursive", RecursivePositions.self, paper: "Liu et al. 2020 (FLOATER)", place: "embeddings",
      parameters: "p_0 [E], W_1 [F, E+1], b_1 [F], W_2 [E, F+1], b_2 [E]",
      formula: "x_k + p(k dt), dp/dt = W_2 [relu(W_1 [p; t] + b_1); t] + b_2",
      exampleWeights: "normal weights, dt 0.1, 5 steps"
    ) { sizes in
      let width = sizes.width
      return RecursivePositions(
        start: Tensor(.float32, Shape([width])!, bytes: normal(1, width).bytes)!,
        intermediate: layer(normal(width, width + 1, deviation: 1 / Double(width).squareRoot()), zeros(width)),
        output: layer(normal(width, width + 1, deviation: 1 / Double(width).squareRoot()), zeros(width)),
        interval: 0.1)
    },
    PositionEncoding(
      "multiplicative", MultiplicativePositions.self, paper: "bert4keras; Su 2021", place: "embeddings",
      parameters: "table [P, E]", formula: "x_p * (1 + E_p)", exampleWeights: "normal weights of deviation 0.5"
    ) { MultiplicativePositions(table: normal($0.length, $0.width, deviation: 0.5)) },
    PositionEncoding(
      "convolutional", ConvolutionalPositions.self, paper: "Islam et al. 2020; Chu et al. 2021", place: "embeddings",
      parameters: "filters [K, E], bias [E]", formula: "x_p + b + sum_j w_j * x_(p+j-n), zero outside",
      exampleWeights: "normal weights"
    ) { ConvolutionalPositions(weight: normal(5, $0.width, deviation: 0.2), bias: nil) },
    PositionEncoding(
      "complex", ComplexPositions.self, paper: "Wang et al. 2020", place: "embeddings",
      parameters: "frequencies [V, E/2] or [1, E/2]", formula: "z_w e^(i omega_w p), z = r e^(i theta)",
      exampleWeights: "shared frequencies base^(-2i/E)"
    ) { sizes in
      let values = (0..<sizes.width / 2).map { Float(pow(sizes.base, -2 * Double($0) / Double(sizes.width))) }
      return ComplexPositions(frequencies: Tensor(values, shape: Shape([1, values.count])!)!)
    },
    PositionEncoding(
      "relative", RelativePositions.self, paper: "Shaw et al. 2018; Wei et al. 2019 (NEZHA)",
      place: "scores and values",
      parameters: "table [2m+1, d]", formula: "q (k + R_c), sum a (v + R_c), c = clip(k - q, -m, m) + m",
      exampleWeights: "NEZHA's sinusoid, clipped at length / 2"
    ) { RelativePositions(sinusoidUpTo: $0.length / 2, width: $0.width) },
    PositionEncoding(
      "xlnet", XLNetPositions.self, paper: "Dai et al. 2019; Yang et al. 2019", place: "scores",
      parameters: "W [N d, H], u [N, d], v [N, d]", formula: "(q + u) k + (q + v) W s(q - k), s the sinusoid",
      exampleWeights: "normal weights"
    ) { sizes in
      XLNetPositions(
        projection: normal(sizes.heads * sizes.width, sizes.width, deviation: 1 / Double(sizes.width)),
        contentBias: normal(sizes.heads, sizes.width), positionBias: normal(sizes.heads, sizes.width))
    },
    PositionEncoding(
      "t5", BucketPositions.self, paper: "Raffel et al. 2020", place: "scores", parameters: "table [B, heads]",
      formula: "score + b[bucket(k - q), h]", exampleWeights: "normal weights, 32 buckets up to 128"
    ) {
      BucketPositions(table: normal(32, $0.heads), buckets: Buckets(count: 32, largestDistance: 128, bothWays: true))
    },
    PositionEncoding(
      "deberta", DisentangledPositions.self, paper: "He et al. 2021", place: "scores",
      parameters: "table [2S, H], keys [N d, H], queries [N d, H], buckets",
      formula: "q K_c + k Q_c, c = clip(bucket(q - k) + S, 0, 2S - 1)",
      exampleWeights: "normal weights, 16 buckets each way"
    ) { sizes in
      let weight = normal(sizes.heads * sizes.width, sizes.width, deviation: 1 / Double(sizes.width))
      return DisentangledPositions(
        table: normal(32, sizes.width), key: layer(weight), query: nil,
        buckets: LogarithmicBuckets(count: 16, largestDistance: max(32, sizes.length)))
    },
    PositionEncoding(
      "rotary", RotaryPositions.self, paper: "Su et al. 2021 (RoFormer)", place: "queries and keys", parameters: "base",
      formula: "q e^(i p f), k e^(i p f), f = base^(-2i/d)"
    ) { RotaryPositions(base: $0.base) },
    PositionEncoding(
      "alibi", LinearBiasPositions.self, paper: "Press et al. 2022", place: "scores", parameters: "",
      formula: "score - m_h |q - k|, m_h = 2^(-8h/n)"
    ) { _ in LinearBiasPositions() },
  ]

  /// A table of normally distributed numbers, the same every time: SplitMix64 by the method of Box and Muller.
  private static func normal(_ rows: Int, _ columns: Int, deviation: Double = 1) -> Tensor {
    var state: UInt64 = 2021
    func uniform() -> Double {
      state &+= 0x9e37_79b9_7f4a_7c15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
      return (Double((mixed ^ (mixed >> 31)) >> 11) + 0.5) * 0x1p-53
    }
    let values = (0..<rows * columns).map { _ in
      Float(deviation * (-2 * log(uniform())).squareRoot() * cos(2 * .pi * uniform()))
    }
    return Tensor(values, shape: Shape([rows, columns])!)!
  }

  private static func layer(_ weight: Tensor, _ bias: Tensor? = nil) -> Linear {
    Linear(weight: Weight("weight", weight), bias: bias.map { Weight("bias", $0) })
  }

  private static func zeros(_ count: Int) -> Tensor {
    Tensor(Array(repeating: Float(0), count: count), shape: Shape([count])!)!
  }
}
