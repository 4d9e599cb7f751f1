// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that Ingot's carries none of the flags that a fuzzer needs: tools/fuzz/run sets them.
let ingot = Target.Dependency.product(name: "Readers", package: "ingot")

let package = Package(
  name: "fuzz",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "ingot", path: "../..")],
  targets: [
    .target(name: "Subjects", dependencies: [ingot]),
    .executableTarget(name: "ingot-fuzz", dependencies: ["Subjects", ingot], path: "Sources/Fuzz"),
    .executableTarget(name: "ingot-mutate", dependencies: ["Subjects", ingot], path: "Sources/Mutate"),
  ]
)

for target in package.targets {
  target.swiftSettings = [.treatAllWarnings(as: .error)]
}
