import ArgumentParser
import Bytes
import Conversion
import Foundation
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
      The model file holds everything: weights, settings, vocabulary, and a ledger of where each tensor came from. It appears
      under its name only when it is whole.

        ingot convert chinese_L-12_H-768_A-12/ -o bert.ingot
        ingot convert best_model.weights --config bert_config.json --extra keep -o tagger.ingot
        ingot convert simbert/ -o simbert.ingot --dtype float16 --reference reference.npz
      """)

  @OptionGroup var source: SourceOptions

  @Option(name: .shortAndLong, help: ArgumentHelp("The model file to write.", valueName: "file"))
  var output: String

  @Flag(help: "Replace a file that has this name.")
  var force = false

  @Option(help: ArgumentHelp("Store floating-point tensors as float16, bfloat16 or float32.", valueName: "type"))
  var dtype: StoredType?

  @Option(
    help: ArgumentHelp(
      "Verify against what the original framework recorded, and seal a part of it into the model file.",
      valueName: "file.npz"))
  var reference: String?

  func run() throws {
    try reporting {
      var options = source.options
      options.elementType = dtype?.elementType
      let conversion = try Conversion(planning: source.release(), options: options)
      let reference = try self.reference.map { try Reference(opening: $0) }
      for line in PlanReport.summary(conversion) { print(printable(line)) }

      let start = ProcessInfo.processInfo.systemUptime
      let progress = ProgressLine("Converting", total: conversion.byteCount)
      defer { progress.finish() }
      let outcome = try conversion.write(
        to: output, replacing: force, probes: reference.map { [$0.probe()] } ?? [],
        progress: { progress.advance(by: $0) },
        verifying: { file in
          progress.finish()
          guard let reference else { return }
          let comparison = try ReferenceComparison(of: Model(file), with: reference)
          print("")
          for line in ComparisonReport.lines(comparison) { print(printable(line)) }
          guard comparison.agrees else {
            print(printable("Nothing was written to \(output)."))
            throw ExitCode(1)
          }
        })
      let elapsed = ProcessInfo.processInfo.systemUptime - start
      print("")
      for line in OutcomeReport.lines(outcome, elementType: options.elementType) { print(printable(line)) }
      let size = try ByteView(mapping: output).count
      print(printable("Wrote \(output): \(Wording.size(size)) in \(Wording.duration(elapsed))."))
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

/// What a conversion brought to light, in words.
enum OutcomeReport {
  static func lines(_ outcome: Conversion.Outcome, elementType: ElementType?) -> [String] {
    var lines = outcome.peculiar.map {
      "Note: \($0.tensor) holds \($0.notANumber) NaN and \($0.infinite) infinite values, carried over as they are."
    }
    guard let elementType, let worst = outcome.narrowed.max(by: { $0.cost.maximumError < $1.cost.maximumError }) else {
      return lines
    }
    let vanished = outcome.narrowed.reduce(0) { $0 + $1.cost.underflowed }
    lines.append(
      "Storing \(elementType) rounded \(Wording.count(outcome.narrowed.count, "tensor")): maximum error "
        + "\(Wording.number(worst.cost.maximumError)) in \(worst.tensor), \(Wording.count(vanished, "value")) became zero, "
        + "none overflowed.")
    return lines
  }
}
