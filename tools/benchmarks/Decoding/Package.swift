// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "decoding-benchmark",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "ingot", path: "../../..")],
  targets: [
    .executableTarget(
      name: "DecodingBenchmark",
      dependencies: [
        .product(name: "Inference", package: "ingot"), .product(name: "ModelFiles", package: "ingot"),
        .product(name: "Tensors", package: "ingot"),
      ])
  ]
)
