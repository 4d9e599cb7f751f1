import ArgumentParser
import Bytes
import Checkpoints
import Conversion
import Inference
import ModelFiles
import Tensors
import Verification

/// `ingot convert`: a checkpoint becomes a model file.
struct ConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Converts a checkpoint into a model file.",
    discussion: """
      The model file holds everything: weights, settings, the tokenizer's files, and a ledger of where each tensor \
      came from. It appears under its name only when it is whole.

        ingot convert chinese_L-12_H-768_A-12/ -o bert.ingot
        ingot convert simbert/ -o simbert.ingot --reference reference.npz
        ingot convert tagger.weights --extra keep --set heads=12 -o tagger.ingot
        ingot convert simbert/ -o small.ingot --dtype float16
      """)

  @OptionGroup var source: SourceOptions

  @Option(name: .shortAndLong, help: ArgumentHelp("The model file to write.", valueName: "file"))
  var output: String

  @Flag(help: "Replace a file that has this name.")
  var force = false

  @Option(help: .dtype)
  var dtype: StoredType?

  @Option(
    help: ArgumentHelp(
      "Verify against what the original framework recorded, and seal a part of it as a probe.",
      valueName: "file.npz"))
  var reference: String?

  @Flag(help: "Take a file that is cut short, if all of the architecture's tensors survive whole.")
  var salvage = false

  @Flag(help: "With --salvage: write what survives as a plain safetensors file, marked as incomplete.")
  var allowMissing = false

  func validate() throws {
    if allowMissing, !salvage || reference != nil || dtype != nil {
      throw ValidationError("--allow-missing goes with --salvage, and without --reference and --dtype.")
    }
    if let dtype, dtype != .float32, reference != nil {
      throw ValidationError(
        "A reference judges weights as they were trained, not after rounding to \(dtype.rawValue): "
          + "convert with --reference first, then again with --dtype.")
    }
  }

  func run() throws {
    try reporting {
      let architectures = try source.tables.architectures()
      var options = try source.options()
      options.elementType = dtype?.elementType
      let salvaged = try salvage ? Salvage(of: source.source) : nil
      if allowMissing, let salvaged { return try write(salvaged) }
      let release = try salvaged.map { try source.release(salvaged: $0) } ?? source.release()
      let conversion = try planning {
        try Conversion(planning: release, options: options.adding($0), among: architectures)
      }
      try salvaged?.check(conversion)
      if let salvaged { show(salvaged.lines + [""]) }
      let reference = try self.reference.map { try Reference(opening: $0) }
      show(PlanReport.summary(conversion) + [""])

      let start = ContinuousClock.now
      let progress = ProgressLine("Converting", total: conversion.byteCount)
      defer { progress.finish() }
      let outcome = try conversion.write(
        to: output, replacing: force, probes: reference.map { [$0.probe()] } ?? [],
        progress: { progress.advance(by: $0) },
        verifying: { file in
          progress.finish()
          if file.head != nil { _ = try Model(file) }
          if let reference { try verify(file, against: reference) }
        })
      show(OutcomeReport.lines(outcome, elementType: options.elementType))
      let elapsed = start.elapsed
      let size = try ByteView(mapping: output).count
      show("Wrote \(output): \(Wording.size(size)) in \(Wording.duration(elapsed)).")
    }
  }

  /// Writes what survives, which is no model.
  private func write(_ salvage: Salvage) throws {
    try salvage.write(to: output, replacing: force)
    show(salvage.lines + ["Wrote \(output): no model file, but safetensors marked as incomplete."])
  }

  /// Compares a model file with the reference before it has its name.
  private func verify(_ file: ModelFile, against reference: Reference) throws {
    if let texts = try TextFinding(of: file, with: reference) {
      try conclude("texts", TextFindingReport(texts).lines, agrees: texts.agrees)
    }
    let comparison = try ReferenceComparison.showingProgress(of: file, with: reference)
    let verdict = ComparisonReport.verdict(comparison)
    guard comparison.agrees else {
      show(ComparisonReport.lines(comparison, with: reference) + [""])
      return try conclude("reference", [verdict], agrees: false)
    }
    if let answers = try AnswerComparison(of: file, with: reference) {
      try conclude("answers", AnswerReport(answers).lines, agrees: answers.agrees)
    }
    let proven = try ProvenSettings(of: file, by: reference, comparison).names
    let proof = AssumptionReport.proof(proven, of: file).map { [$0] } ?? []
    try conclude("reference", ["\(verdict); sealed as a probe"] + proof, agrees: true)
  }

  /// Shows what came of a check, and ends the conversion where something differs.
  private func conclude(_ check: String, _ lines: [String], agrees: Bool) throws {
    for (number, line) in lines.enumerated() {
      let name = number == 0 ? check : ""
      show(name + String(repeating: " ", count: 15 - name.count) + line)
    }
    guard agrees else {
      show("Nothing was written to \(output).")
      throw ExitCode(1)
    }
  }
}

/// The element types that weights are stored in.
enum StoredType: String, ExpressibleByArgument, CaseIterable {
  case float16
  case bfloat16
  case float32

  var elementType: ElementType {
    switch self {
    case .float16: .float16
    case .bfloat16: .bfloat16
    case .float32: .float32
    }
  }
}
