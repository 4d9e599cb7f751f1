// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "ingot",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2")
  ],
  targets: [
    .target(name: "Bytes"),
    .target(name: "JSON", dependencies: ["Bytes"]),
    .target(name: "Tensors", dependencies: ["Bytes"]),

    .target(name: "TestSupport", dependencies: ["Bytes"], path: "Tests/TestSupport"),

    .testTarget(name: "BytesTests", dependencies: ["Bytes"]),
    .testTarget(name: "JSONTests", dependencies: ["Bytes", "JSON"]),
    .testTarget(
      name: "TestSupportTests",
      dependencies: ["Bytes", "TestSupport", .product(name: "Crypto", package: "swift-crypto")]),
  ]
)
