extension Blueprint {
  /// ALBERT (Lan and others 2020): a BERT whose blocks are one block, run several times, after a narrow embedding
  /// (bert4keras 0.11.5, `models.py:791-906`).
  static let albert = Blueprint(name: "albert", sharesBlock: true)
}
