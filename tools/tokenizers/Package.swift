// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "tokenization",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "ingot", path: "../..")],
  targets: [
    .executableTarget(
      name: "ingot-split",
      dependencies: [
        .product(name: "Bytes", package: "ingot"), .product(name: "SentencePiece", package: "ingot"),
        .product(name: "Tokenization", package: "ingot"),
      ],
      path: "Sources/Split")
  ]
)
