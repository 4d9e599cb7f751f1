import Bytes
import Tensors
import Zip

/// The array of a `.npy` file, versions 1.0 to 3.0 of the format, or of such a member of an archive.
///
/// Opening reads the header. The contents are read in pieces and come out row-major and little-endian, whatever the
/// file holds: big-endian elements are swapped and Fortran order is transposed on the way.
public struct NumPyArray: TensorSource {
  /// The type of the elements.
  public let elementType: ElementType
  /// The extents, as NumPy shows them.
  public let shape: Shape
  /// Whether the file holds the elements with the most significant byte first.
  public let isBigEndian: Bool
  /// Whether the file holds the elements in Fortran order: the first extent runs fastest.
  public let isColumnMajor: Bool
  /// What a user should know about how the file was read, in full sentences without the full stop.
  public let remarks: [String]
  let source: NumPySource
  let dataOffset: Int
  /// Only a deflated array in Fortran order has one.
  let stretch: GatheredStretch?

  /// Opens a `.npy` file.
  ///
  /// Bytes behind the data are ignored, as NumPy does, with a remark.
  ///
  /// - Throws: ``Problem`` of kind
  ///   *damaged* when this is no `.npy`, its header is malformed or its data are cut short;
  ///   *unsupported* for versions that do not exist yet and for elements that are no numbers (structured arrays, text,
  ///   dates, long doubles);
  ///   *refused* for object arrays and bare pickles, which can run any program, and for headers that NumPy refuses as well.
  public init(_ bytes: ByteView) throws {
    try self.init(.file(bytes))
  }

  /// Opens a member of an archive, whose data must end with it.
  ///
  /// - Throws: ``Problem`` as ``init(_:)`` does, and as `ZipMember.read(at:into:)` does.
  public init(_ member: ZipMember) throws {
    try self.init(.member(member))
  }

  private init(_ source: NumPySource) throws {
    let header = try NumPyHeader(of: source)
    elementType = header.descriptor.elementType
    shape = header.shape
    isBigEndian = header.descriptor.isBigEndian
    isColumnMajor = header.isColumnMajor
    dataOffset = header.dataOffset
    self.source = source
    stretch =
      header.isColumnMajor && header.shape.rank > 1 && source.contiguousBytes == nil ? GatheredStretch() : nil
    var remarks = [header.descriptor.remark].compactMap(\.self)

    let byteCount = header.shape.elementCount * header.descriptor.elementType.byteCount
    let available = source.count - header.dataOffset
    guard byteCount == available || (byteCount < available && !source.endsWithData) else {
      throw Problem(
        .damaged, file: source.file, byte: header.dataOffset, found: "\(available) bytes of data",
        expected: "\(byteCount) bytes for \(elementType) \(shape)",
        advice: byteCount > available ? "The file is cut short; get it again from where it came" : nil)
    }
    if byteCount < available {
      remarks.append("\(available - byteCount) bytes behind the data are ignored")
    }
    self.remarks = remarks
  }

  /// The data as they lie in the file, when they are row-major, little-endian and not compressed.
  public var contiguousBytes: ByteView? {
    guard isStoredRowMajor, !needsSwapping else { return nil }
    return try? source.contiguousBytes?.slice(at: dataOffset, count: byteCount, of: "the data")
  }

  /// Whether the elements lie in row-major order, which with at most one extent they always do.
  var isStoredRowMajor: Bool { !isColumnMajor || shape.rank <= 1 }

  /// Whether the bytes of the elements come in the wrong order.
  var needsSwapping: Bool { isBigEndian && elementType.swapUnit > 1 }
}
