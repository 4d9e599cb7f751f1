import Architectures
import Bytes
import Foundation
import TestSupport

/// One reader of Ingot, as something that takes any bytes.
public enum Subject: String, CaseIterable, Sendable {
  /// Every object, attribute and dataset of an HDF5 file.
  case hdf5
  /// A checkpoint of any container, with what Keras's conventions make of it, its settings and its plan.
  case checkpoint
  /// What survives of a checkpoint that is cut short.
  case salvage
  /// A NumPy array.
  case npy
  /// The arrays of a NumPy archive.
  case npz
  /// The members of a ZIP archive.
  case zip
  /// The tensors of a safetensors file.
  case safetensors
  /// A file of PyTorch in either form.
  case pytorch
  /// A model file: header, ledger, attachments, probes, digests.
  case model
  /// The index of a TensorFlow checkpoint, its own bytes standing for every data file.
  case tensorflow
  /// A reference.
  case reference
  /// A name table, and a plan by it.
  case names
  /// JSON.
  case json
  /// A configuration beside a checkpoint, and the settings that it gives.
  case configuration
  /// A vocabulary, with which a text is tokenized.
  case vocabulary
  /// A `tokenizer.json`, by which a text is split and joined again.
  case tokenizerJSON
  /// A `vocab.json`, with the merges of GPT-2's fixture.
  case bytePairVocabulary
  /// A `merges.txt`, with the vocabulary of GPT-2's fixture.
  case merges
  /// A `tokenizer_config.json` beside the pieces of each kind, and the settings that it gives.
  case tokenizerConfiguration
  /// A text; or, when it holds a NUL, a vocabulary before that and a text behind it.
  case text
  /// A SentencePiece model, with which texts are split.
  case sentencepiece
  /// A dictionary of jieba, with which texts are cut into words.
  case dictionary
}

extension Subject {
  /// Reads bytes to the end, in pieces of bounded size, and judges the answer.
  ///
  /// - Returns: Whether they could be read.
  /// - Throws: ``Finding`` when the answer is no `Problem`, or one whose line could drive a terminal.
  public func isReadable(_ bytes: [UInt8]) throws -> Bool {
    try succeeds { try read(.memory(bytes)) }
  }

  /// Reads a file as ``isReadable(_:)`` reads bytes.
  public func isReadable(at path: String) throws -> Bool {
    try succeeds { try read(.file(path)) }
  }

  private func read(_ contents: Contents) throws {
    switch self {
    case .hdf5: try readHDF5(contents.view())
    case .checkpoint: try contents.withFile(readCheckpoint)
    case .salvage: try contents.withFile(readSalvage)
    case .npy: try readArray(contents.view())
    case .npz: try readArchive(contents.view())
    case .zip: try readMembers(contents.view())
    case .safetensors: try readSafeTensors(contents.view())
    case .pytorch: try readPyTorch(contents.view())
    case .model: try readModel(contents.bytes())
    case .tensorflow: try readTensorFlow(contents.view(named: "a.index"))
    case .reference: try contents.withFile(readReference)
    case .names: try readNames(contents.bytes())
    case .json: try readJSON(contents.view())
    case .configuration: try readConfiguration(contents.view())
    case .vocabulary: try readVocabulary(contents.view())
    case .tokenizerJSON: try readTokenizerJSON(contents.view())
    case .bytePairVocabulary: try readBytePairs(vocabulary: contents.view(), merges: fixture("merges.txt"))
    case .merges: try readBytePairs(vocabulary: fixture("vocab.json"), merges: contents.view())
    case .tokenizerConfiguration: try readTokenizerConfiguration(contents.view(named: "tokenizer_config.json"))
    case .text: try readText(contents.bytes())
    case .sentencepiece: try readSentencePiece(contents.view())
    case .dictionary: try readDictionary(contents.view())
    }
  }

  /// The sound and the spoiled files in the repository that this reader is tried with, sorted by path.
  public func fixtures() throws -> [URL] {
    let folder = self == .names ? Fixtures.repository.appending(path: "Formats/Architectures") : Fixtures.root
    return try Fixtures.files(in: folder, atLeast: 1).filter(takes)
  }

  private func takes(_ file: URL) -> Bool {
    let name = file.lastPathComponent
    return switch self {
    case .hdf5: file.pathExtension == "h5"
    case .checkpoint: ["h5", "keras", "npz", "npy", "safetensors", "ingot", "pt"].contains(file.pathExtension)
    case .salvage:
      ["h5", "npz", "safetensors", "keras", "pt", "bin"].contains(file.pathExtension) && !name.hasPrefix("reference")
    case .npy: file.pathExtension == "npy"
    case .npz: file.pathExtension == "npz" && !name.hasPrefix("reference")
    case .zip: file.pathExtension == "zip"
    case .safetensors: ["safetensors", "ingot"].contains(file.pathExtension)
    case .pytorch: ["pt", "bin"].contains(file.pathExtension)
    case .model: file.pathExtension == "ingot"
    case .tensorflow: file.pathExtension == "index"
    case .reference: name.hasPrefix("reference") && file.pathExtension == "npz"
    case .names: file.pathExtension == "names"
    case .json: file.pathExtension == "json"
    case .configuration: name == "bert_config.json"
    case .tokenizerJSON: name == "tokenizer.json" || file.path.contains("/TokenizerJSON/") && name != "cases.json"
    case .bytePairVocabulary: name == "vocab.json"
    case .merges: name == "merges.txt"
    case .tokenizerConfiguration: name == "tokenizer_config.json"
    case .vocabulary, .text: file.pathExtension == "txt"
    case .sentencepiece: file.pathExtension == "model"
    case .dictionary: file.pathExtension == "txt" && file.path.contains("/Jieba/")
    }
  }
}

/// Something that no bytes should bring about.
public struct Finding: Error, CustomStringConvertible {
  /// What came about.
  public let description: String

  init(_ description: String) {
    self.description = description
  }
}

/// Throws a finding unless the condition holds.
func demand(_ condition: Bool, _ finding: @autoclosure () -> String) throws {
  if !condition { throw Finding(finding()) }
}

/// Does something that may be answered by a problem, and says whether it was not.
@discardableResult
func succeeds(_ body: () throws -> Void) throws -> Bool {
  do {
    try body()
    return true
  } catch let problem as Problem {
    try judge([problem])
  } catch let problems as Problems {
    try judge(problems.all)
  } catch let finding as Finding {
    throw finding
  } catch {
    throw Finding("an error that is no Problem: \(error)")
  }
  return false
}

private func judge(_ problems: [Problem]) throws {
  for problem in problems {
    let line = problem.description
    try demand(printable(line) == line, "a problem that is not printable: \(line.debugDescription)")
  }
}
