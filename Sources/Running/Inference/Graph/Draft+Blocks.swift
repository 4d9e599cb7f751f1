// The pieces of a block.

/// Where a part of a block normalises.
enum NormPlacement {
  /// After the residual: x = norm(x + f(x)), as the first transformers do (Vaswani and others 2017).
  case post
  /// Before: x = x + f(norm(x)), as GPT-2 and T5 do (Xiong and others 2020).
  case pre
  /// Not here.
  case none
}

extension Draft {
  /// A part of a block: what a function makes of x, added to x and normalised after or before it.
  mutating func sublayer(
    _ part: Part, _ x: Value, _ placement: NormPlacement, _ function: (inout Draft, Value) throws -> Value
  ) throws -> Value {
    let (norm, point) = (part.weights + ".norm", Point(part.point + ".norm"))
    let epsilon = try blockEpsilon()
    let input = placement == .pre ? try normalized(norm, x, epsilon: epsilon, point: point) : x
    let y = try function(&self, input)
    guard placement != .post else { return try normalized(norm, x, adding: y, epsilon: epsilon, point: point) }
    return append(.add(Add()), x, y, point: Point(part.point + ".sum"))
  }

  /// The layers that treat every token alone: W₂ f(W₁ x + b₁) + b₂, or with a gate W₂ (f(G x) ⊙ (W₁ x)) (Shazeer 2020; bert4keras
  /// 0.11.5, `layers.py:1025-1090`).
  mutating func feedForward(_ part: Part, _ x: Value, hasGate: Bool = false) throws -> Value {
    let activation = try value(of: .activation)
    var h = linear(
      part.weights + ".intermediate", x, to: .size(.feedForward), activation: hasGate ? .linear : activation)
    if hasGate {
      let gate = linear(part.weights + ".gate", x, to: .size(.feedForward), activation: activation)
      h = append(.multiply(Multiply()), h, gate)
    }
    return linear(part.weights + ".output", h, to: x.features, point: Point(part.point + ".output"))
  }
}
