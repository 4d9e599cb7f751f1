// swift-tools-version: 6.2
import PackageDescription

let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")

let package = Package(
  name: "ingot",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "ingot", targets: ["ingot"]),
    .executable(name: "ingot-hdf5", targets: ["ingot-hdf5"]),
    .library(name: "Bytes", targets: ["Bytes"]),
    .library(name: "Conversion", targets: ["Conversion"]),
    .library(name: "Inference", targets: ["Inference"]),
    .library(name: "JSON", targets: ["JSON"]),
    .library(name: "ModelFiles", targets: ["ModelFiles"]),
    .library(name: "SentenceVectors", targets: ["SentenceVectors"]),
    .library(name: "SentencePiece", targets: ["SentencePiece"]),
    .library(name: "Subjects", targets: ["Subjects", "TestSupport"]),  // for tools/fuzz and tools/mutate
    .library(name: "Tasks", targets: ["Tasks"]),
    .library(name: "Tensors", targets: ["Tensors"]),
    .library(name: "Tokenization", targets: ["Tokenization"]),
    .library(name: "Verification", targets: ["Verification"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    // Its default traits need the whole of Foundation.
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0", traits: []),
  ],
  targets: [
    // The ground.
    .target(name: "Bytes", dependencies: ["CKernels"]),
    .target(name: "CKernels"),
    .target(name: "JSON", dependencies: ["Bytes"]),
    .target(name: "Tensors", dependencies: ["Bytes", "CKernels"]),

    // Containers.
    .systemLibrary(name: "CHDF5", pkgConfig: "hdf5", providers: [.apt(["libhdf5-dev"]), .brew(["hdf5"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "HDF5", dependencies: ["Bytes", "CZlib", "Tensors"]),
    .target(name: "HDF5Isolation", dependencies: ["Bytes", "JSON", "Tensors"]),
    .target(name: "HDF5Library", dependencies: ["Bytes", "CHDF5", "Tensors"]),
    .target(name: "NumPy", dependencies: ["Bytes", "Tensors", "Zip"]),
    .target(name: "PyTorch", dependencies: ["Bytes", "Tensors", "Zip"]),
    .target(name: "SafeTensors", dependencies: ["Bytes", "JSON", "Tensors"]),
    .target(name: "SentencePiece", dependencies: ["Bytes"]),
    .target(
      name: "TensorFlow", dependencies: ["Bytes", "CKernels", "Tensors", protobuf],
      exclude: [
        "Messages/checkpoint_state.proto", "Messages/tensor_bundle.proto", "Messages/trackable_object_graph.proto",
      ]),
    .target(name: "Zip", dependencies: ["Bytes", "CZlib"]),

    // From a text to ids, and from its tokens' vectors to its own.
    .target(name: "Heads", dependencies: ["Bytes", "JSON", "ModelFiles"]),
    .target(name: "SentenceVectors", dependencies: ["Bytes", "JSON", "ModelFiles", "Tensors"]),

    // From a checkpoint to a model file.
    .target(
      name: "Architectures", dependencies: ["Bytes", "JSON", "Tensors"], plugins: ["EmbedFormats"]),
    .target(
      name: "Checkpoints",
      dependencies: [
        "Bytes", "HDF5", "JSON", "NumPy", "PyTorch", "SafeTensors", "TensorFlow", "Tensors", "Zip",
      ]),
    .target(
      name: "Conversion",
      dependencies: [
        "Architectures", "Bytes", "Checkpoints", "HDF5", "Heads", "JSON", "ModelFiles", "NumPy", "SafeTensors",
        "SentenceVectors", "TensorFlow", "Tensors", "Tokenization",
      ]),
    .target(name: "ModelFiles", dependencies: ["Bytes", "CKernels", "JSON", "SafeTensors", "Tensors"]),

    // From a model file to an answer.
    .target(
      name: "Corpora",
      dependencies: ["Bytes", "JSON", "ModelFiles", "SafeTensors", "SentenceVectors", "Tasks", "Tensors"]),
    .target(name: "Inference", dependencies: ["Bytes", "CKernels", "Heads", "JSON", "ModelFiles", "Tensors"]),
    .target(name: "Generation", dependencies: ["Bytes"]),
    .target(name: "PositionStudies", dependencies: ["Bytes", "Inference", "Tensors"]),
    .target(
      name: "Tasks",
      dependencies: [
        "Bytes", "Generation", "Heads", "Inference", "ModelFiles", "SentenceVectors", "Tensors", "Tokenization",
      ]),
    .target(name: "Tokenization", dependencies: ["Bytes", "JSON", "ModelFiles", "SentencePiece"]),
    .target(
      name: "Similarity",
      dependencies: ["Bytes", "CKernels", "Corpora", "JSON", "ModelFiles", "SentenceVectors", "Tasks", "Tensors"]),
    .target(
      name: "Verification",
      dependencies: [
        "Architectures", "Bytes", "Checkpoints", "Conversion", "Heads", "Inference", "JSON", "ModelFiles", "NumPy",
        "SentencePiece", "SentenceVectors", "Tasks", "Tensors", "Tokenization",
      ]),

    // Programs.
    .target(name: "Drawing", dependencies: ["Bytes", "CZlib"]),
    .executableTarget(
      name: "ingot",
      dependencies: [
        "Architectures", "Bytes", "Checkpoints", "Conversion", "Corpora", "Drawing", "Generation", "Heads", "Inference",
        "JSON", "ModelFiles", "PositionStudies", "SentencePiece", "SentenceVectors", "Similarity", "Tasks", "Tensors",
        "Tokenization", "Verification", arguments,
      ]),
    .executableTarget(
      name: "ingot-hdf5", dependencies: ["Bytes", "HDF5Isolation", "HDF5Library", "JSON", "Tensors"]),

    // Every file of Formats/Architectures ends up inside the binary.
    .plugin(
      name: "EmbedFormats", capability: .buildTool(), dependencies: ["embed-formats"],
      path: "tools/EmbedFormats/Plugin"),
    .executableTarget(name: "embed-formats", path: "tools/EmbedFormats/Generator"),

    // Tests.
    .target(
      name: "Subjects",
      dependencies: [
        "Architectures", "Bytes", "Checkpoints", "HDF5", "JSON", "ModelFiles", "NumPy", "PyTorch", "SafeTensors",
        "SentencePiece", "TensorFlow", "Tensors", "TestSupport", "Tokenization", "Verification", "Zip",
      ], path: "Tests/Subjects"),
    .target(name: "TestSupport", dependencies: ["Bytes"], path: "Tests/TestSupport"),
    .testTarget(name: "ArchitecturesTests", dependencies: ["Architectures", "Bytes", "JSON", "Tensors"]),
    .testTarget(name: "BytesTests", dependencies: ["Bytes", "CKernels", "TestSupport"]),
    .testTarget(
      name: "CheckpointsTests",
      dependencies: ["Bytes", "Checkpoints", "HDF5", "JSON", "Tensors", "TestSupport", "Zip", "ingot-hdf5"]),
    .testTarget(
      name: "ConversionTests",
      dependencies: [
        "Architectures", "Bytes", "Checkpoints", "Conversion", "JSON", "ModelFiles", "Tensors", "TestSupport",
      ]),
    .testTarget(
      name: "DocumentationTests",
      dependencies: [
        "Bytes", "Conversion", "Inference", "ModelFiles", "Tasks", "Tensors", "TestSupport", "Tokenization",
        "Verification",
      ]),
    .testTarget(name: "DrawingTests", dependencies: ["Bytes", "CZlib", "Drawing"]),
    .testTarget(
      name: "EndToEndTests",
      dependencies: ["Checkpoints", "JSON", "ModelFiles", "TestSupport", "ingot", "ingot-hdf5"]),
    .testTarget(name: "GenerationTests", dependencies: ["Bytes", "Generation", "JSON", "TestSupport"]),
    .testTarget(
      name: "HDF5IsolationTests",
      dependencies: ["Bytes", "HDF5Isolation", "HDF5Library", "JSON", "Tensors", "ingot-hdf5"]),
    .testTarget(name: "HDF5LibraryTests", dependencies: ["Bytes", "CHDF5", "HDF5Library", "Tensors"]),
    .testTarget(name: "HDF5Tests", dependencies: ["Bytes", "HDF5", "JSON", "Tensors", "TestSupport"]),
    .testTarget(
      name: "InferenceTests",
      dependencies: ["Bytes", "CKernels", "Heads", "Inference", "JSON", "Tensors", "TestSupport"]),
    .testTarget(name: "JSONTests", dependencies: ["Bytes", "JSON"]),
    .testTarget(
      name: "ModelFilesTests",
      dependencies: ["Bytes", "JSON", "ModelFiles", "SafeTensors", "Tensors", "TestSupport"]),
    .testTarget(name: "MutationTests", dependencies: ["Bytes", "Subjects", "TestSupport"]),
    .testTarget(name: "NumPyTests", dependencies: ["Bytes", "JSON", "NumPy", "Tensors", "TestSupport"]),
    .testTarget(name: "OracleTests", dependencies: ["Bytes", "HDF5", "HDF5Library", "Tensors", "TestSupport"]),
    .testTarget(
      name: "PositionStudiesTests",
      dependencies: ["Bytes", "Inference", "JSON", "NumPy", "PositionStudies", "Tensors", "TestSupport"]),
    .testTarget(name: "PyTorchTests", dependencies: ["Bytes", "JSON", "PyTorch", "Tensors", "TestSupport"]),
    .testTarget(name: "SafeTensorsTests", dependencies: ["Bytes", "JSON", "SafeTensors", "Tensors", "TestSupport"]),
    .testTarget(
      name: "SentenceVectorsTests",
      dependencies: ["Bytes", "JSON", "ModelFiles", "SentenceVectors", "Tensors", "TestSupport"]),
    .testTarget(name: "SentencePieceTests", dependencies: ["Bytes", "JSON", "SentencePiece", "TestSupport"]),
    .testTarget(
      name: "SimilarityTests",
      dependencies: [
        "Bytes", "Conversion", "Corpora", "JSON", "ModelFiles", "SentenceVectors", "Similarity", "Tasks", "TestSupport",
      ]),
    .testTarget(
      name: "TasksTests",
      dependencies: [
        "Bytes", "Conversion", "Generation", "Heads", "Inference", "JSON", "ModelFiles", "SentenceVectors", "Tasks",
        "Tensors", "TestSupport", "Tokenization", "Verification",
      ]),
    .testTarget(
      name: "TensorFlowTests", dependencies: ["Bytes", "JSON", "TensorFlow", "Tensors", "TestSupport"]),
    .testTarget(name: "TensorsTests", dependencies: ["Bytes", "Tensors", "TestSupport"]),
    .testTarget(name: "TestSupportTests", dependencies: ["Bytes", "TestSupport"]),
    .testTarget(name: "TokenizationTests", dependencies: ["Bytes", "JSON", "Tokenization"]),
    .testTarget(
      name: "VerificationTests",
      dependencies: [
        "Architectures", "Bytes", "Checkpoints", "Conversion", "Heads", "Inference", "JSON", "ModelFiles",
        "PositionStudies",
        "SentencePiece", "SentenceVectors", "Tasks", "Tensors", "TestSupport", "Tokenization", "Verification",
      ]),
    .testTarget(name: "ZipTests", dependencies: ["Bytes", "JSON", "TestSupport", "Zip"]),
  ]
)

for target in package.targets where target.type != .system && target.type != .plugin {
  target.swiftSettings = (target.swiftSettings ?? []) + [.treatAllWarnings(as: .error)]
}

// The floors of the house, from the ground up: a room uses those of its own floor and of the floors below (Sources/README.md).
let floors: [(name: String, rooms: [String])] = [
  ("Ground", ["Bytes", "CKernels", "JSON", "Tensors"]),
  (
    "Containers",
    [
      "CHDF5", "CZlib", "HDF5", "HDF5Isolation", "HDF5Library", "ModelFiles", "NumPy", "PyTorch", "SafeTensors",
      "SentencePiece", "TensorFlow", "Zip",
    ]
  ),
  ("Text", ["Heads", "SentenceVectors", "Tokenization"]),
  ("Conversion", ["Architectures", "Checkpoints", "Conversion"]),
  ("Running", ["Inference"]),
  ("Uses", ["Corpora", "Generation", "PositionStudies", "Similarity", "Tasks"]),
  ("Proof", ["Verification"]),
  ("Faces", ["Drawing"]),
  ("Programs", ["ingot", "ingot-hdf5"]),
]

var roomsBelow: Set<String> = []
for floor in floors {
  roomsBelow.formUnion(floor.rooms)
  for room in package.targets where floor.rooms.contains(room.name) {
    room.path = "Sources/\(floor.name)/\(room.name)"
    for case .byNameItem(let used, _) in room.dependencies where !roomsBelow.contains(used) {
      fatalError("\(room.name) of the floor \(floor.name) uses \(used), which is no room of this floor or one below")
    }
  }
}
