// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "tokenization-benchmark",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "ingot", path: "../../..")],
  targets: [
    .executableTarget(
      name: "TokenizationBenchmark",
      dependencies: [.product(name: "Bytes", package: "ingot"), .product(name: "Tokenization", package: "ingot")])
  ]
)
