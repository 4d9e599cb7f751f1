/// Where our reader and libhdf5 1.10.8 are meant to differ.
struct MeantDifference {
  /// The fixture, by its path below the folder of all fixtures.
  let file: String
  /// What is compared, what our reader says of it, and what libhdf5 says.
  let lines: [String]
  /// Why that is meant.
  let reason: String

  private init(_ file: String, _ lines: String..., because reason: String) {
    self.file = file
    self.lines = lines
    self.reason = reason
  }

  static let all = [
    MeantDifference(
      "HDF5/attributes.h5",
      #"/@space_padded: strings ["one", "two"], libhdf5: strings ["one     ", "two     "]"#,
      because: "padding is no part of a name, also when it consists of spaces"),
    MeantDifference(
      "HDF5/chunked_latest.h5", "the file: read, libhdf5: damaged",
      because: "HDF5 2.0 wrote the fifth version of the data layout, which libhdf5 1.10 does not know"),
    MeantDifference(
      "HDF5/tiny_latest.h5", "the file: read, libhdf5: damaged",
      because: "HDF5 2.0 wrote the fifth version of the data layout, which libhdf5 1.10 does not know"),
    MeantDifference(
      "HDF5/deep.h5", "the file: read, libhdf5: refused",
      because: "both stop at 32 levels, and only our reader lists what lies above"),
    MeantDifference(
      "HDF5/cycle.h5", "/a/b/a: refused, libhdf5: a group", "/a/b/root: refused, libhdf5: a group",
      because: "a group that contains itself cannot be followed; libhdf5 lists it and does not descend"),
    MeantDifference(
      "HDF5Library/elsewhere.h5", "/group/cycle: refused, libhdf5: a group",
      because: "a group that contains itself cannot be followed; libhdf5 lists it and does not descend"),
    MeantDifference(
      "HDF5/shapes.h5", "/null: float32 [0], libhdf5: unsupported",
      because: "a dataset without a shape is an empty tensor to us"),
    MeantDifference(
      "HDF5/never_written_userblock.h5", "/data: refused, libhdf5: float32 [5]",
      because: "libhdf5 gives zeros that nobody wrote"),
    MeantDifference(
      "Keras/odd/never-written.h5", "/b/b/kernel:0: refused, libhdf5: float32 [2, 2]",
      because: "libhdf5 gives zeros that nobody wrote"),
    MeantDifference(
      "HDF5/unreadable.h5", "/never_written: refused, libhdf5: float32 [5]",
      "/never_written_chunks: refused, libhdf5: float32 [5]",
      because: "libhdf5 gives zeros that nobody wrote"),
    MeantDifference(
      "HDF5/lzf.h5", "/mixed: uint8 [2048], libhdf5: unsupported", "/skipped: uint8 [4096], libhdf5: unsupported",
      "/smooth: int32 [2000], libhdf5: unsupported",
      because: "h5py brings the filter LZF, libhdf5 does not"),
    MeantDifference(
      "HDF5Library/filters.h5", "/lzf: float32 [32, 32], libhdf5: unsupported",
      because: "h5py brings the filter LZF, libhdf5 does not"),
    MeantDifference(
      "Keras/odd/filters.h5", "/b/lzf: int32 [8, 8], libhdf5: unsupported",
      because: "h5py brings the filter LZF, libhdf5 does not"),
  ]
}
