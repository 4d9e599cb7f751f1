// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "ingot",
  platforms: [.macOS(.v15)],
  targets: [
    .target(name: "Bytes"),
    .systemLibrary(name: "CHDF5", pkgConfig: "hdf5", providers: [.apt(["libhdf5-dev"]), .brew(["hdf5"])]),
    .target(name: "HDF5Isolation", dependencies: ["Bytes", "JSON", "Tensors"]),
    .target(name: "HDF5Library", dependencies: ["Bytes", "CHDF5", "Tensors"]),
    .target(name: "JSON", dependencies: ["Bytes"]),
    .target(name: "Tensors", dependencies: ["Bytes"]),
    .executableTarget(
      name: "ingot-hdf5", dependencies: ["Bytes", "HDF5Isolation", "HDF5Library", "JSON", "Tensors"]),

    .testTarget(name: "BytesTests", dependencies: ["Bytes"]),
    .testTarget(
      name: "HDF5IsolationTests",
      dependencies: ["Bytes", "HDF5Isolation", "HDF5Library", "JSON", "Tensors", "ingot-hdf5"]),
    .testTarget(name: "HDF5LibraryTests", dependencies: ["Bytes", "CHDF5", "HDF5Library", "Tensors"]),
    .testTarget(name: "JSONTests", dependencies: ["Bytes", "JSON"]),
  ]
)
