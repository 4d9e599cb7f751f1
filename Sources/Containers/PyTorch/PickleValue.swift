/// What a pickle builds: plain data that nothing can run.
///
/// Containers are numbers of places in a ``PickleHeap``, since a pickle can put one inside many others, and inside itself.
enum PickleValue {
  case none
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  case tuple(Int)
  case list(Int)
  case dictionary(Int)
  case global(Global)
  case storage(StorageReference)
  case tensor(Int)
  /// Something that stands beside weights and is of no use here: a device, an integer of more than 64 bits, a text in bytes.
  case inert(String)
}

extension PickleValue {
  /// What the value is, as a noun phrase.
  var kind: String {
    switch self {
    case .none: "None"
    case .bool: "a truth value"
    case .integer: "an integer"
    case .number: "a number"
    case .text: "a text"
    case .tuple: "a tuple"
    case .list: "a list"
    case .dictionary: "a dictionary"
    case .global: "the name of a function or a class"
    case .storage: "a storage"
    case .tensor: "a tensor"
    case .inert(let what): what
    }
  }

  /// The integer, when it is one.
  var integer: Int? {
    if case .integer(let value) = self { value } else { nil }
  }

  /// The text, when it is one.
  var text: String? {
    if case .text(let value) = self { value } else { nil }
  }
}

/// The containers and the tensors that a pickle has built.
struct PickleHeap {
  /// The elements of each tuple.
  var tuples: [[PickleValue]] = []
  /// The elements of each list.
  var lists: [[PickleValue]] = []
  /// The items of each dictionary, in order; a key can occur twice.
  var dictionaries: [[(key: PickleValue, value: PickleValue)]] = []
  /// The tensors.
  var tensors: [StorageView] = []

  /// How many values lie in all containers.
  var valueCount: Int {
    (tuples.map(\.count) + lists.map(\.count) + dictionaries.map(\.count)).reduce(0, +)
  }

  /// The elements of a tuple or a list; nil for anything else.
  func elements(_ value: PickleValue) -> [PickleValue]? {
    switch value {
    case .tuple(let place): tuples[place]
    case .list(let place): lists[place]
    default: nil
    }
  }
}

/// A storage as a pickle names it; its bytes lie elsewhere in the file.
struct StorageReference: Equatable {
  /// What its elements are.
  let type: StorageType
  /// Its name in the file.
  let key: String
  /// How many elements it has; of an untyped one, how many bytes.
  let count: Int
}

/// A tensor as a pickle describes it, some elements of a storage; nothing of it has been compared with the storage's bytes.
struct StorageView {
  let storage: StorageReference
  /// The place of the first element, in elements.
  let offset: Int
  /// The extents.
  let extents: [Int]
  /// How far apart neighbours lie along each axis, in elements.
  let strides: [Int]
  /// The type of the elements where it is not the storage's.
  let type: TorchType?
  /// Where the description stands, in bytes from the start of the file.
  let position: Int
}
