// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "ingot",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(url: "https://github.com/apple/swift-crypto.git", exact: "4.5.2")
  ],
  targets: [
    .target(
      name: "Architectures",
      dependencies: ["Bytes", "JSON", "Tensors", .product(name: "Crypto", package: "swift-crypto")],
      plugins: ["EmbedFormats"]),
    .target(name: "Bytes"),
    .target(name: "JSON", dependencies: ["Bytes"]),
    .target(name: "Tensors", dependencies: ["Bytes"]),

    .plugin(
      name: "EmbedFormats", capability: .buildTool(), dependencies: ["embed-formats"], path: "tools/EmbedFormats/Plugin"),
    .executableTarget(name: "embed-formats", path: "tools/EmbedFormats/Generator"),

    .testTarget(name: "ArchitecturesTests", dependencies: ["Architectures", "Bytes", "JSON", "Tensors"]),
    .testTarget(name: "BytesTests", dependencies: ["Bytes"]),
    .testTarget(name: "JSONTests", dependencies: ["Bytes", "JSON"]),
  ]
)
