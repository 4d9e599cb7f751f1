import Architectures
import Bytes
import Conversion
import Foundation
import JSON
import ModelFiles
import TestSupport
import Testing

/// Ledgers as JSON, whole and damaged.
@Suite struct LedgerTests {
  private func ledger(of name: String, extras: ExtraPolicy) throws -> Ledger {
    let release = try Release(at: Fixtures.folder(name).path)
    let conversion = try Conversion(planning: release, options: Conversion.Options(extras: extras))
    return Ledger(of: conversion.plan, for: release.checkpoint)
  }

  @Test(arguments: [
    ("Poems", ExtraPolicy.refuse), ("bert4keras/npz-google", .drop), ("bert4keras/tagger", .keep),
    ("bert4keras/tagger", .drop),
  ])
  func aLedgerReadsBackAsItWasWritten(_ name: String, _ extras: ExtraPolicy) throws {
    let ledger = try ledger(of: name, extras: extras)
    let text = ledger.json.compact
    let again = try Ledger(JSON(parsing: text), file: "a.ingot")
    #expect(again == ledger)
    #expect(again.json.compact == text)
  }

  @Test func aLedgerAccountsForEverySourceTensor() throws {
    let release = try Release(at: Fixtures.folder("bert4keras/tagger").path)
    for extras in [ExtraPolicy.keep, .drop] {
      let ledger = try ledger(of: "bert4keras/tagger", extras: extras)
      #expect(
        Set(ledger.rows.map(\.source) + ledger.dropped.map(\.source)) == Set(release.checkpoint.tensors.map(\.name)))
      #expect(ledger.rows.contains { $0.tensor == "extra.dense_1[0]" } == (extras == .keep))
      #expect(ledger.dropped.contains { $0.source == "dense_1[0]" } == (extras == .drop))
    }
  }

  @Test func aLedgerNamesFileAndTransforms() throws {
    let ledger = try ledger(of: "Poems", extras: .refuse)
    #expect(ledger.file == "poem_bert.h5")
    #expect(ledger.container == "Keras HDF5 weights")
    #expect(ledger.naming == "bert4keras")
    #expect(ledger.facts.map { "\($0.name) \($0.value)" } == ["keras_version 2.15.0", "backend tensorflow"])
    let row = try #require(ledger.rows.first { $0.tensor == "block.0.attention.query.weight" })
    #expect(row.source == "Transformer-0-MultiHeadSelfAttention[0]")
    #expect(row.transforms == [.transpose])
  }

  /// What is taken away or spoiled, and what is then said to be missing.
  static let damages: [(change: @Sendable (String) -> String, missing: String)] = [
    ({ $0.replacing(#""file":"#, with: #""life":"#) }, "file"),
    ({ $0.replacing(#""container":"#, with: #""retainer":"#) }, "container"),
    ({ $0.replacing(#""facts":"#, with: #""fats":"#) }, "facts"),
    ({ $0.replacing(#""value":"#, with: #""valve":"#) }, "value"),
    ({ $0.replacing(#""naming":"bert4keras""#, with: #""naming":4"#) }, "naming"),
    ({ $0.replacing(#""tensors":"#, with: #""sensors":"#) }, "tensors"),
    ({ $0.replacing(#""tensor":"#, with: #""sensor":"#) }, "tensor"),
    ({ $0.replacing(#""type":"float32""#, with: #""type":"float8""#) }, "element type"),
    ({ $0.replacing(#""transforms":["transpose"]"#, with: #""transforms":["rotate"]"#) }, "transform"),
    ({ $0.replacing(#""transforms":["transpose"]"#, with: #""transforms":[{"reshape":{"from":[1]}}]"#) }, "transform"),
    (
      { $0.replacing(#""transforms":["transpose"]"#, with: #""transforms":[{"reshape":{"from":[-1],"to":[1]}}]"#) },
      "transform"
    ),
    ({ $0.replacing(#""dropped":"#, with: #""cropped":"#) }, "dropped"),
  ]

  @Test(arguments: damages.indices) func aDamagedLedgerSaysWhatIsMissing(_ index: Int) throws {
    let (change, missing) = Self.damages[index]
    let text = try ledger(of: "Poems", extras: .refuse).json.compact
    let damaged = change(text)
    try #require(damaged != text)
    #expect(
      throws: Problem(
        .damaged, file: "a.ingot", object: "ingot.ledger", found: "no \(missing)", expected: "a whole ledger")
    ) { try Ledger(JSON(parsing: damaged), file: "a.ingot") }
  }
}
