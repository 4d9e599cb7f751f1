import Bytes
import Tensors

/// What the index says of one tensor or of one slice of a tensor.
///
/// `BundleEntryProto` of `tensorflow/core/protobuf/tensor_bundle.proto`.
struct BundleEntry {
  private(set) var dataType = DataType(rawValue: 0)
  private(set) var shape: Shape = []
  private(set) var shard = 0
  private(set) var offset = 0
  private(set) var byteCount = 0
  private(set) var checksum: UInt32 = 0
  /// The slices that hold the tensor, when none holds it whole.
  private(set) var slices: [SliceExtents] = []
  /// Where the entry stands, for problems.
  let place: Cursor

  /// Reads an entry and checks what can be checked without another one.
  init(_ entry: SortedTable.Entry, in header: BundleHeader) throws {
    place = Cursor(entry.value)
    var message = Message(entry.value)
    var extents: [Int] = []
    while let field = try message.next() {
      switch field.number {
      case 1: dataType = DataType(rawValue: try field.integer("the type"))
      case 2: try Self.read(field.message("the shape"), into: &extents)
      case 3: shard = try field.integer("the number of the shard")
      case 4: offset = try field.size("the offset")
      case 5: byteCount = try field.size("the size")
      case 6: checksum = try field.fixed32("the checksum")
      case 7: slices.append(try SliceExtents(field.message("a slice")))
      default: break
      }
    }
    guard (0..<header.shardCount).contains(shard) else {
      throw place.damaged(found: "the shard \(shard)", expected: "one of the \(header.shardCount), counted from 0")
    }
    guard offset <= Int.max - byteCount else {
      throw place.damaged(found: "\(byteCount) bytes at byte \(offset)", expected: "a range inside a file")
    }
    guard let shape = Shape(extents) else {
      throw place.damaged(found: "the shape \(extents), whose size overflows", expected: "less than 2^63 elements")
    }
    self.shape = shape
    guard let elementType = dataType.elementType else { return }
    guard let demanded = shape.byteCount(of: elementType) else {
      throw place.damaged(found: "the shape \(extents), whose size overflows", expected: "less than 2^63 bytes")
    }
    guard slices.isEmpty else { return }
    guard demanded == byteCount else {
      throw place.damaged(found: "\(byteCount) bytes", expected: "\(demanded) for \(elementType) \(shape)")
    }
  }

  /// The bytes of the shard that the entry takes.
  var range: Range<Int> { offset..<(offset + byteCount) }

  /// `TensorShapeProto` of `tensorflow/core/framework/tensor_shape.proto`.
  private static func read(_ shape: Message, into extents: inout [Int]) throws {
    var shape = shape
    while let field = try shape.next() {
      switch field.number {
      case 2:
        var dimension = try field.message("an extent")
        var extent = 0
        while let part = try dimension.next() {
          if part.number == 1 { extent = try part.integer("an extent") }
        }
        guard extent >= 0 else { throw field.damaged(found: "the extent \(extent)", expected: "a number from 0") }
        guard extents.count < Limits.rank else {
          throw field.damaged(found: "more than \(Limits.rank) extents", expected: "at most that many")
        }
        extents.append(extent)
      case 3:
        guard try field.integer("whether the rank is unknown") == 0 else {
          throw field.damaged(found: "a tensor of unknown rank", expected: "one whose shape is known")
        }
      default: break
      }
    }
  }
}
