// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "ingot",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(url: "https://github.com/apple/swift-crypto.git", exact: "4.5.2")
  ],
  targets: [
    .target(name: "Bytes"),
    .target(name: "JSON", dependencies: ["Bytes"]),
    .target(
      name: "ModelFiles",
      dependencies: ["Bytes", "JSON", "SafeTensors", "Tensors", .product(name: "Crypto", package: "swift-crypto")]),
    .target(name: "SafeTensors", dependencies: ["Bytes", "JSON", "Tensors"]),
    .target(name: "Tensors", dependencies: ["Bytes"]),

    .testTarget(name: "BytesTests", dependencies: ["Bytes"]),
    .testTarget(name: "JSONTests", dependencies: ["Bytes", "JSON"]),
    .testTarget(name: "ModelFilesTests", dependencies: ["Bytes", "JSON", "ModelFiles", "SafeTensors", "Tensors"]),
    .testTarget(name: "SafeTensorsTests", dependencies: ["Bytes", "JSON", "SafeTensors", "Tensors"]),
    .testTarget(name: "TensorsTests", dependencies: ["Bytes", "Tensors"]),
  ]
)
