/// What a position scheme does, as numbers that can be drawn.
public struct PositionFigure: Equatable, Sendable {
  /// The numbers, and how they are laid out.
  public enum Content: Equatable, Sendable {
    /// How alike any two positions are, [T, T].
    case similarity([[Double]])
    /// Values against a distance or a position, which begins at `first`.
    case curves([Curve], first: Int)
  }

  /// The values of one head, or of one depth.
  public struct Curve: Equatable, Sendable {
    /// What is drawn beside the curve.
    public var name: String
    /// The values, one place after the other.
    public var values: [Double]
  }

  /// What is shown: `sinusoidal: similarity of positions`.
  public var title: String
  /// Of which sizes and weights.
  public var subtitle: String
  /// What stands along the horizontal axis.
  public var horizontal: String
  /// What the numbers are.
  public var quantity: String
  /// The numbers.
  public var content: Content

  /// Whether all of them are finite.
  var isFinite: Bool {
    switch content {
    case .similarity(let rows): rows.joined().allSatisfy(\.isFinite)
    case .curves(let curves, _): curves.allSatisfy { $0.values.allSatisfy(\.isFinite) }
    }
  }
}
