// swift-tools-version: 6.1
import PackageDescription

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")

let package = Package(
  name: "ingot",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2")
  ],
  targets: [
    .target(name: "Bytes"),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "JSON", dependencies: ["Bytes"]),
    .target(name: "NumPy", dependencies: ["Bytes", "Tensors", "Zip"]),
    .target(name: "Tensors", dependencies: ["Bytes"]),
    .target(name: "Zip", dependencies: ["Bytes", "CZlib"]),

    .target(name: "TestSupport", dependencies: ["Bytes"], path: "Tests/TestSupport"),

    .testTarget(name: "BytesTests", dependencies: ["Bytes"]),
    .testTarget(name: "JSONTests", dependencies: ["Bytes", "JSON"]),
    .testTarget(name: "NumPyTests", dependencies: ["Bytes", "JSON", "NumPy", "Tensors", "TestSupport", crypto]),
    .testTarget(name: "TestSupportTests", dependencies: ["Bytes", "TestSupport", crypto]),
    .testTarget(name: "ZipTests", dependencies: ["Bytes", "JSON", "TestSupport", "Zip", crypto]),
  ]
)
