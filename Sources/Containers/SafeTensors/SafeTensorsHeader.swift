import Bytes
import JSON
import Tensors

/// The header of a safetensors file that is about to be written.
public struct SafeTensorsHeader: Sendable {
  /// The texts that go under `__metadata__`, which is left out when there are none.
  public var metadata: [(name: String, value: String)]
  /// The tensors in the order of their data.
  public var tensors: [Declaration]

  /// What is known of a tensor before it is written.
  public struct Declaration: Hashable, Sendable {
    /// The name.
    public let name: String
    /// The type of the elements.
    public let dataType: DataType
    /// The extents.
    public let shape: Shape
    /// The size of the contents.
    public let byteCount: Int

    /// Describes a tensor; nil when its size overflows.
    public init?(_ name: String, _ dataType: DataType, _ shape: Shape) {
      let (byteCount, overflow) = shape.elementCount.multipliedReportingOverflow(by: dataType.byteCount)
      guard !overflow else { return nil }
      self.name = name
      self.dataType = dataType
      self.shape = shape
      self.byteCount = byteCount
    }
  }

  /// Gathers what a header says.
  public init(metadata: [(name: String, value: String)], tensors: [Declaration]) {
    self.metadata = metadata
    self.tensors = tensors
  }

  /// The bytes before the data: the length, compact JSON, and spaces up to a multiple of `alignment`.
  ///
  /// The sizes of all tensors together must not overflow; anything else is a programmer's error.
  public func serialized(alignment: Int = 8) -> [UInt8] {
    var members: [JSON.Member] = []
    if !metadata.isEmpty {
      members.append(JSON.Member("__metadata__", .object(metadata.map { JSON.Member($0.name, .string($0.value)) })))
    }
    var offset = 0
    for tensor in tensors {
      let end = offset + tensor.byteCount
      members.append(
        JSON.Member(
          tensor.name,
          [
            "dtype": .string(tensor.dataType.rawValue),
            "shape": .array(tensor.shape.dimensions.map(JSON.integer)),
            "data_offsets": [.integer(offset), .integer(end)],
          ]))
      offset = end
    }
    var text = Array(JSON.object(members).compact.utf8)
    let unpadded = 8 + text.count
    text += Array(repeating: 0x20, count: (alignment - unpadded % alignment) % alignment)
    return withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) } + text
  }
}
