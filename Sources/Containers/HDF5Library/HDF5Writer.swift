import Bytes
import CHDF5
import Tensors

/// Writes an HDF5 file as h5py does: contiguous datasets, row-major and little-endian, groups and attributes.
///
/// The file is written under a temporary name beside its destination and appears there, whole and synced, with
/// ``finish()``; a writer that is dropped before leaves nothing behind. The same calls give the same bytes: no
/// times are recorded.
public final class HDF5Writer {
  let path: String
  private var draft: FileDraft?
  private var id: hid_t?

  /// How many bytes of a tensor are in memory at a time.
  static let tile = 1 << 20

  /// Begins a file.
  ///
  /// - Throws: `Problem` of kind *refused* when the destination exists and is not to be replaced, *unavailable* when
  ///   its directory cannot be written.
  public init(creating path: String, replacing: Bool = false) throws {
    self.path = path
    let draft = try FileDraft(of: path, replacing: replacing)
    self.draft = draft
    id = try Library.locked { () throws(Problem) in
      let access = try Handle(
        H5Pcreate(CHDF5_H5P_FILE_ACCESS()), closedBy: H5Pclose, orThrow: Library.failure(writing: path))
      H5Pset_fclose_degree(access.id, H5F_CLOSE_STRONG)
      // The draft holds the file's lock already.
      H5Pset_file_locking(access.id, false, true)
      let id = H5Fcreate(draft.temporary, CHDF5_H5F_ACC_TRUNC(), defaultID, access.id)
      guard id >= 0 else { throw Library.failure(writing: path, expected: "a directory that can be written") }
      return id
    }
  }

  deinit { abandon() }

  /// Closes and removes the file, unless it is finished; nothing can be written to it any more.
  private func abandon() {
    guard let id else { return }
    self.id = nil
    Library.locked { _ = H5Fclose(id) }
    draft = nil
  }

  /// Makes an empty group, and the groups above it where they are missing.
  ///
  /// - Throws: `Problem` of kind *unavailable* when libhdf5 cannot, for one because the name is taken.
  public func createGroup(_ object: String) throws {
    try Library.locked { () throws(Problem) in
      let id = try opened()
      let link = try linkCreation(for: object)
      _ = try Handle(
        H5Gcreate2(id, object, link.id, defaultID, defaultID), closedBy: H5Gclose,
        orThrow: failure(object, expected: "a new group"))
    }
  }

  /// Writes a tensor as a contiguous dataset, in tiles of one mebibyte, and makes the groups above it where missing.
  ///
  /// A dataset that was begun and could not be ended spoils the file: it is removed, and ``finish()`` fails.
  ///
  /// - Throws: `Problem` of kind *unavailable* when libhdf5 cannot write; whatever the source throws.
  public func write(_ source: some TensorSource, to object: String) throws {
    let dataset = try create(object, source.elementType, source.shape)
    do {
      defer { Library.locked { _ = H5Dclose(dataset) } }
      try stream(source, to: dataset, object)
    } catch {
      abandon()
      throw error
    }
  }

  /// Closes and syncs the file and gives it its name.
  ///
  /// - Throws: `Problem` of kind *unavailable* when the bytes cannot be brought to the disk, *refused* when the
  ///   destination has come into being meanwhile and is not to be replaced. The temporary file is gone then.
  public func finish() throws {
    try Library.locked { () throws(Problem) in
      let id = try opened()
      self.id = nil
      // Closing alone does not tell in all cases that bytes could not be written.
      let flushed = H5Fflush(id, H5F_SCOPE_GLOBAL) >= 0
      let problem = flushed ? nil : failure(expected: "to write the rest of the file")
      guard H5Fclose(id) >= 0, flushed else {
        draft = nil
        throw problem ?? failure(expected: "to write the rest of the file")
      }
    }
    defer { draft = nil }
    try draft?.publish()
  }

  /// Builds a problem of this file with libhdf5's own words.
  func failure(_ object: String? = nil, expected: String? = nil) -> Problem {
    Library.failure(writing: path, object, expected: expected)
  }

  /// The open file; one that is finished or given up is a problem.
  func opened() throws(Problem) -> hid_t {
    guard let id else {
      throw Problem(
        .unavailable, file: path, found: "a file that is finished or given up",
        expected: "a file being written")
    }
    return id
  }

  /// Makes the property list that h5py uses for links: groups above are made, non-ASCII names are marked as UTF-8.
  private func linkCreation(for object: String) throws(Problem) -> Handle {
    let link = try Handle(H5Pcreate(CHDF5_H5P_LINK_CREATE()), closedBy: H5Pclose, orThrow: failure(object))
    guard !object.utf8.contains(0) else {
      throw Problem(.unsupported, file: path, object: object, found: "a name with a NUL in it")
    }
    H5Pset_create_intermediate_group(link.id, 1)
    H5Pset_char_encoding(link.id, object.characterSet)
    return link
  }

  private func create(_ object: String, _ elementType: ElementType, _ shape: Shape) throws -> hid_t {
    try Library.locked { () throws(Problem) in
      let id = try opened()
      let link = try linkCreation(for: object)
      let creation = try Handle(
        H5Pcreate(CHDF5_H5P_DATASET_CREATE()), closedBy: H5Pclose, orThrow: failure(object))
      H5Pset_layout(creation.id, H5D_CONTIGUOUS)
      H5Pset_obj_track_times(creation.id, false)
      let type = try elementType.datatype()
      let extents = shape.dimensions.map(hsize_t.init)
      let space = try Handle(
        extents.isEmpty ? H5Screate(H5S_SCALAR) : H5Screate_simple(Int32(extents.count), extents, nil),
        closedBy: H5Sclose, orThrow: failure(object))
      let dataset = H5Dcreate2(id, object, type.id, space.id, link.id, creation.id, defaultID)
      guard dataset >= 0 else { throw failure(object, expected: "a new dataset") }
      return dataset
    }
  }

  private func stream(_ source: some TensorSource, to dataset: hid_t, _ object: String) throws {
    let (elementType, shape) = (source.elementType, source.shape)
    let size = elementType.byteCount
    let tile = max(1, min(Self.tile / size, shape.elementCount))
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: tile * size, alignment: 16)
    defer { buffer.deallocate() }
    for first in stride(from: 0, to: shape.elementCount, by: tile) {
      let elements = first..<min(first + tile, shape.elementCount)
      let bytes = UnsafeMutableRawBufferPointer(rebasing: buffer[..<(elements.count * size)])
      // Outside the lock: the source may itself be read through libhdf5.
      try source.read(at: first * size, into: bytes)
      try write(elements, UnsafeRawBufferPointer(bytes), to: dataset, object, elementType, shape)
    }
  }

  private func write(
    _ elements: Range<Int>, _ bytes: UnsafeRawBufferPointer, to dataset: hid_t, _ object: String,
    _ elementType: ElementType, _ shape: Shape
  ) throws {
    try Library.locked { () throws(Problem) in
      let memory = try elementType.datatype()
      let space = try Handle(H5Dget_space(dataset), closedBy: H5Sclose, orThrow: failure(object))
      var position = 0
      for box in shape.boxes(covering: elements) {
        let line = try box.line(orThrow: failure(object))
        guard box.select(in: space.id),
          H5Dwrite(dataset, memory.id, line.id, space.id, defaultID, bytes.baseAddress! + position) >= 0
        else { throw failure(object, expected: "to write \(bytes.count) bytes") }
        position += box.elementCount * elementType.byteCount
      }
    }
  }
}

extension String {
  /// The character set that h5py declares for a name or a string.
  var characterSet: H5T_cset_t {
    utf8.allSatisfy { $0 < 0x80 } ? H5T_CSET_ASCII : H5T_CSET_UTF8
  }
}
