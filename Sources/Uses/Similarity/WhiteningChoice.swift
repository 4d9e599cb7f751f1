/// Which whitening an evaluation tries.
public enum WhiteningChoice: Hashable, Sendable, CustomStringConvertible {
  /// What the model file says: its own whitening, or none.
  case file
  /// None.
  case none
  /// One computed from the texts of the task, with all components that are more than rounding.
  case full
  /// The same with the first components.
  case components(Int)

  /// Understands `file`, `none`, `full` or a number from 1 on.
  public init?(_ text: String) {
    switch text {
    case "file": self = .file
    case "none": self = .none
    case "full": self = .full
    default:
      guard let count = Int(text), count > 0 else { return nil }
      self = .components(count)
    }
  }

  /// The word or the number.
  public var description: String {
    switch self {
    case .file: "file"
    case .none: "none"
    case .full: "full"
    case .components(let count): "\(count)"
    }
  }
}
