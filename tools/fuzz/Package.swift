// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that Ingot's carries none of the flags that a fuzzer needs: tools/fuzz/run sets them.
let subjects = Target.Dependency.product(name: "Subjects", package: "ingot")

let package = Package(
  name: "fuzz",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "ingot", path: "../..")],
  targets: [
    .executableTarget(name: "ingot-fuzz", dependencies: [subjects], path: "Sources/Fuzz"),
    .executableTarget(name: "ingot-mutate", dependencies: [subjects], path: "Sources/Mutate"),
    .executableTarget(name: "ingot-read", dependencies: [subjects], path: "Sources/Read"),
  ]
)

for target in package.targets {
  target.swiftSettings = [.treatAllWarnings(as: .error)]
}
