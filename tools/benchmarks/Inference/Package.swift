// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "inference-benchmark",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "ingot", path: "../../..")],
  targets: [
    .executableTarget(
      name: "InferenceBenchmark",
      dependencies: [
        .product(name: "Bytes", package: "ingot"), .product(name: "Inference", package: "ingot"),
        .product(name: "JSON", package: "ingot"), .product(name: "Tensors", package: "ingot"),
      ])
  ]
)
