/// How the tokens that only fill up a batch are told from others, and what they see; no other token sees them.
package struct Padding: Sendable {
  /// What a padding token sees.
  ///
  /// What is computed of it counts for nothing, but frameworks compute it, and references hold it.
  package enum Sight {
    /// What any token in its place sees (BERT).
    case others
    /// The same, and itself (XLNet; transformers 4.38.2, `modeling_xlnet.py:1145-1152`).
    case othersAndItself
    /// Nothing: nothing is mixed for it, and its embedding is zero (DeBERTa; `modeling_deberta.py`, `XSoftmax`).
    case nothing
  }

  /// The token that fills up.
  package var token: Int32 = 0
  /// The segment whose tokens are no tokens either, where segments are tokens (bert4keras 0.11.5, `models.py:490-500`).
  package var segment: Int32?
  /// Whether the first token of a row is never padding (bert4keras 0.11.5, `layers.py:162-172`).
  package var sparesFirst = true
  package var sight = Sight.others

  /// Whether a token only fills up, unless it is the first and spared.
  package func hides(token: Int32, segment: Int32) -> Bool {
    token == self.token || segment == self.segment
  }
}
