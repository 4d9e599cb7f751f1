extension Blueprint {
  /// NEZHA (Wei and others 2019): a BERT with relative positions in keys and values (bert4keras 0.11.5,
  /// `models.py:949-1110`).
  static let nezha = Blueprint(name: "nezha", positions: Assembly.relativePositions)
}
