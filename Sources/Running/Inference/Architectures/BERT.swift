extension Blueprint {
  /// BERT (Devlin and others 2018): learned positions, post-norm blocks, a pooler, and a masked language model.
  ///
  /// RoBERTa, WoBERT, SimBERT and LaBSE are weights of the same computation (bert4keras 0.11.5, `models.py:408-788`).
  static let bert = Blueprint(name: "bert")
}
