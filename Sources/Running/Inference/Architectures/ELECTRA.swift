extension Blueprint {
  /// ELECTRA (Clark and others 2020): a BERT that tells which tokens have been replaced (bert4keras 0.11.5,
  /// `models.py:1427-1494`).
  static let electra = Blueprint(name: "electra", heads: [.discriminator], mask: AttentionMask.none)
}
