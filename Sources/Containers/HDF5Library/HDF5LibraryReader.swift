import Bytes
import CHDF5
import Tensors

/// An HDF5 file read through libhdf5: the second reader, for tests and for the separate process `ingot-hdf5`.
///
/// libhdf5 is not safe on hostile files (its SECURITY.md says so): it may crash the process that it runs in. Plugins
/// are never loaded; soft and external links, external storage and virtual datasets are refused before they are
/// followed, so that a file reaches no other file.
public final class HDF5LibraryReader: Sendable {
  /// The version of libhdf5 that this process runs with, as in `1.10.8`.
  public static var libraryVersion: String { Library.version }

  /// The file's path as it was given.
  public let path: String
  let file: OpenFile

  /// Opens a file for reading.
  ///
  /// - Throws: `Problem` of kind *unavailable* when it is no readable regular file, *damaged* when libhdf5 cannot open it.
  public init(opening path: String) throws {
    _ = try ByteView(mapping: path)
    self.path = path
    file = try Library.locked {
      let access = try Handle(H5Pcreate(CHDF5_H5P_FILE_ACCESS()), closedBy: H5Pclose, orThrow: Self.failure(path))
      // Closing the file closes what is open in it. No lock is taken on a file that is only read: it fails on some NFS.
      H5Pset_fclose_degree(access.id, H5F_CLOSE_STRONG)
      H5Pset_file_locking(access.id, false, true)
      let id = H5Fopen(path, CHDF5_H5F_ACC_RDONLY(), access.id)
      guard id >= 0 else { throw Self.failure(path, expected: "an HDF5 file") }
      return OpenFile(id: id)
    }
  }

  /// Opens one dataset, without reading its elements.
  ///
  /// - Parameter object: The dataset's path inside the file, with or without a leading slash.
  /// - Throws: `Problem` of kind *unsupported* when its type is no ``Tensors/ElementType`` or a filter is missing here,
  ///   *refused* when it or its path leaves the file or its shape is out of all proportion to what is stored,
  ///   *mismatched* when there is no such object, *damaged* when libhdf5 cannot open it.
  public func dataset(_ object: String) throws -> HDF5LibraryDataset {
    let opened = try Library.locked {
      try checkLinks(to: object)
      let access = try Handle(H5Pcreate(CHDF5_H5P_DATASET_ACCESS()), closedBy: H5Pclose, orThrow: failure(object))
      // Room for a band of chunks, so that reading row by row decodes each chunk once; read chunks leave first.
      H5Pset_chunk_cache(access.id, 12_421, 64 << 20, 1)
      let dataset = try Handle(
        H5Dopen2(file.id, object, access.id), closedBy: H5Dclose, orThrow: failure(object, expected: "a dataset"))
      let description = try describe(dataset: dataset.id, object)
      try checkFilters(of: dataset.id, object)
      guard let elementType = description.elementType, let shape = description.shape else {
        throw Problem(
          .unsupported, file: path, object: object, found: "a dataset that is no array of numbers",
          expected: "integers, floats, h5py's booleans or complex numbers, or opaque elements of two bytes")
      }
      try checkProportion(of: dataset.id, elementType, shape, object)
      H5Iinc_ref(dataset.id)
      return (id: dataset.id, elementType: elementType, shape: shape)
    }
    return HDF5LibraryDataset(
      elementType: opened.elementType, shape: opened.shape, object: object, reader: self, id: opened.id)
  }

  /// Builds a problem of this file with the library's own words.
  func failure(_ object: String, expected: String? = nil) -> Problem {
    Self.failure(path, object: object, expected: expected)
  }

  private static func failure(_ path: String, object: String? = nil, expected: String? = nil) -> Problem {
    Problem(.damaged, file: path, object: object, found: Library.failure(), expected: expected)
  }
}

extension HDF5LibraryReader {
  /// Refuses a path of which any part is not a hard link.
  private func checkLinks(to object: String) throws(Problem) {
    var prefix = ""
    for component in object.split(separator: "/") {
      prefix += "/" + component
      guard H5Lexists(file.id, prefix, defaultID) != 0 else {
        throw Problem(
          .mismatched, file: path, object: prefix, found: "nothing of this name", expected: "a group or a dataset")
      }
      let type = CHDF5_link_type(file.id, prefix)
      guard type >= 0 else {
        throw Problem(
          .damaged, file: path, object: prefix, found: Library.failure(), expected: "a group or a dataset")
      }
      if let problem = problem(withLinkOf: type, at: prefix) { throw problem }
    }
  }

  /// The reason to refuse a link; nil for a hard link.
  func problem(withLinkOf type: Int32, at object: String) -> Problem? {
    let found: String
    switch type {
    case H5L_TYPE_HARD.rawValue: return nil
    case H5L_TYPE_SOFT.rawValue: found = "a soft link"
    case H5L_TYPE_EXTERNAL.rawValue: found = "a link to another file"
    default: found = "a user-defined link"
    }
    return Problem(
      .refused, file: path, object: object, found: found, expected: "an object of this file",
      advice: "Copy what it points to into the file, with h5py's Group.copy and expand_soft or expand_external")
  }

  /// What an open dataset says of itself: nil for a type that is no ``Tensors/ElementType`` or a shape that is none.
  ///
  /// - Throws: `Problem` of kind *refused* when its data lie in other files, before anything of these is touched.
  func describe(
    dataset: hid_t, _ object: String
  ) throws(Problem) -> (elementType: ElementType?, shape: Shape?) {
    let creation = try Handle(H5Dget_create_plist(dataset), closedBy: H5Pclose, orThrow: failure(object))
    let layout = H5Pget_layout(creation.id)
    let elsewhere: String? =
      if layout == H5D_VIRTUAL {
        "a virtual dataset, made of parts of other files"
      } else if layout != H5D_CHUNKED && H5Pget_external_count(creation.id) != 0 {
        "a dataset stored in other files"
      } else {
        nil
      }
    if let elsewhere {
      throw Problem(
        .refused, file: path, object: object, found: elsewhere, expected: "data inside this file",
        advice: "Copy the dataset into one file with h5py")
    }
    let type = try Handle(H5Dget_type(dataset), closedBy: H5Tclose, orThrow: failure(object))
    let space = try Handle(H5Dget_space(dataset), closedBy: H5Sclose, orThrow: failure(object))
    return (ElementType(datatype: type.id), try shape(of: space.id, object))
  }

  /// The extents of a dataspace; nil for a null dataspace.
  func shape(of space: hid_t, _ object: String) throws(Problem) -> Shape? {
    switch H5Sget_simple_extent_type(space) {
    case H5S_SCALAR: return []
    case H5S_SIMPLE: break
    default: return nil
    }
    let rank = H5Sget_simple_extent_ndims(space)
    guard rank >= 0 else { throw failure(object, expected: "a shape") }
    var extents = [hsize_t](repeating: 0, count: Int(rank))
    H5Sget_simple_extent_dims(space, &extents, nil)
    let dimensions = extents.compactMap { Int(exactly: $0) }
    guard dimensions.count == extents.count, let shape = Shape(dimensions) else {
      throw Problem(.damaged, file: path, object: object, found: "a shape whose number of elements overflows")
    }
    return shape
  }

  /// Names the first filter of a dataset that this libhdf5 cannot undo.
  private func checkFilters(of dataset: hid_t, _ object: String) throws(Problem) {
    let creation = try Handle(H5Dget_create_plist(dataset), closedBy: H5Pclose, orThrow: failure(object))
    guard H5Pget_layout(creation.id) == H5D_CHUNKED else { return }
    for index in 0..<max(0, H5Pget_nfilters(creation.id)) {
      var flags: UInt32 = 0
      var valueCount = 0
      var configuration: UInt32 = 0
      var name = [CChar](repeating: 0, count: 64)
      let filter = H5Pget_filter2(
        creation.id, UInt32(index), &flags, &valueCount, nil, name.count - 1, &name, &configuration)
      guard filter >= 0 else { throw failure(object, expected: "a filter") }
      guard H5Zfilter_avail(filter) <= 0 else { continue }
      let words = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      throw Problem(
        .unsupported, file: path, object: object,
        found: "the filter \(words.isEmpty ? "" : words + " ")(number \(filter))",
        expected: "a filter that libhdf5 \(Library.version) has here",
        advice: "Write the dataset again without compression, with h5py where the filter is installed")
    }
  }

  /// Refuses a shape bomb: more than 4 GiB that are more than a thousand times what is stored (CVE-2026-0897).
  private func checkProportion(
    of dataset: hid_t, _ elementType: ElementType, _ shape: Shape, _ object: String
  ) throws(Problem) {
    guard let byteCount = shape.byteCount(of: elementType) else {
      throw Problem(.damaged, file: path, object: object, found: "a shape whose size in bytes overflows")
    }
    let stored = H5Dget_storage_size(dataset)
    guard byteCount > 4 << 30, UInt64(byteCount) / 1000 > stored else { return }
    throw Problem(
      .refused, file: path, object: object, found: "\(byteCount) bytes made of \(stored) stored ones",
      expected: "at most a thousand times what is stored")
  }
}
