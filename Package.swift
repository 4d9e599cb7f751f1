// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "ingot",
  platforms: [.macOS(.v15)],
  targets: [
    .target(name: "Bytes"),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "HDF5", dependencies: ["Bytes", "CZlib", "Tensors"]),
    .target(name: "JSON", dependencies: ["Bytes"]),
    .target(name: "Tensors", dependencies: ["Bytes"]),

    .testTarget(name: "BytesTests", dependencies: ["Bytes"]),
    .testTarget(name: "HDF5Tests", dependencies: ["Bytes", "HDF5", "Tensors"]),
    .testTarget(name: "JSONTests", dependencies: ["Bytes", "JSON"]),
  ]
)
