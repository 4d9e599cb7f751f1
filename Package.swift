// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "ingot",
  platforms: [.macOS(.v15)],
  targets: [
    .target(name: "Bytes"),
    .target(name: "JSON", dependencies: ["Bytes"]),
    .target(name: "Tensors", dependencies: ["Bytes"]),
    .target(name: "Tokenization", dependencies: ["Bytes"]),

    .testTarget(name: "BytesTests", dependencies: ["Bytes"]),
    .testTarget(name: "JSONTests", dependencies: ["Bytes", "JSON"]),
    .testTarget(name: "TokenizationTests", dependencies: ["Bytes", "JSON", "Tokenization"]),
  ]
)
