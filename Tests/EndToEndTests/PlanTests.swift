import Foundation
import TestSupport
import Testing

/// `ingot plan` on real checkpoints.
@Suite struct PlanTests {
  @Test func aPlanShowsWhatWasFoundAndWhereEachTensorGoes() throws {
    let run = try Workplace(withModel: false).ingot("plan", "Poems")
    #expect(run.exitCode == 0)
    #expect(run.error.isEmpty)
    #expect(
      run.output.hasPrefix(
        """
        checkpoint     Poems/poem_bert.h5: Keras HDF5 weights, 42 tensors, 1.2 MB
                       keras_version 2.15.0
                       backend tensorflow
        configuration  Poems/bert_config.json
        vocabulary     Poems/vocab.txt
        architecture   bert: Post-norm encoder with learned positions (Devlin et al. 2018)
        naming         bert4keras
        sizes          vocabulary 1624, positions 40, segments 2, embedding 80,
                       width 80, feedforward 320, blocks 2
        settings       heads = 4 (configuration: num_attention_heads = 4)
                       epsilon = 1e-12 (default)
                       activation = gelu-erf (configuration: hidden_act = "gelu")
                       mask = none (checkpoint)
                       pooler.activation = tanh (default)
                       hierarchical = 0.0 (default)
                       segment.shared = false (checkpoint)
                       attention.residual = false (assumed)
                       condition.activation = linear (default)
        texts          kind = wordpiece (vocab.txt)
                       dialect = bert4keras (usual for bert4keras)
                       case = lower (assumed: vocab.txt has no letters)
                       special = pad [PAD], unk [UNK], cls [CLS], sep [SEP], mask [MASK] (usual for bert)
                       template = bert (usual for bert)
                       length = 40 (the model's positions)
        Warning: no file tells these settings, which are therefore assumed:
          activation = gelu-erf       by tanh after set_gelu("tanh"): --set activation=gelu-tanh
          attention.residual = false  true if told by residual_attention_scores: --set attention.residual=true

        embedding.token.weight                   [1624, 80]  Embedding-Token[0]
        embedding.position.weight                [40, 80]    Embedding-Position[0]
        """))
    #expect(
      run.lines.contains(
        "block.0.attention.query.weight           [80, 80]    Transformer-0-MultiHeadSelfAttention[0]       transpose"))
    #expect(run.output.hasSuffix("\n\nEvery tensor is accounted for: 42 tensors of the architecture.\n"))
  }

  @Test func whatWasNotedWhileOpeningStandsWithTheProblemsOfAPlan() throws {
    let workplace = try Workplace(withModel: false)
    for name in ["keras", "trained"] {
      let folder = Fixtures.folder("TensorFlow/\(name)").path
      let remarks = try workplace.ingot("inspect", folder, "--json").json()["remarks"]?.elements?.compactMap(\.string)
      let run = try workplace.ingot("plan", folder)
      #expect(run.exitCode == 2)
      #expect(remarks?.isEmpty == false)
      #expect(run.error.hasSuffix((remarks ?? []).map { "ingot: Note: \($0)\n" }.joined()))
    }
  }

  @Test func noLineOfAPlanIsWiderThanATerminal() throws {
    for folder in ["Poems", "bert4keras/encoder", "bert4keras/npz-google"] {
      let run = try Workplace(withModel: false).ingot("plan", folder, "--extra", "keep")
      #expect(run.exitCode == 0)
      // Counted without what is dropped, whose reasons are sentences.
      let widest = run.lines.filter { !$0.hasPrefix("-") }.map(\.count).max() ?? 0
      #expect(widest <= 120)
    }
  }

  @Test func aPlanAsJSONHoldsTheSame() throws {
    let plan = try Workplace(withModel: false).ingot("plan", "Poems", "--json", "--set", "activation=relu").json()
    #expect(plan["checkpoint"]?["container"] == "Keras HDF5 weights")
    #expect(plan["architecture"] == "bert")
    #expect(plan["naming"] == "bert4keras")
    #expect(plan["sizes"]?["vocabulary"] == 1624)
    #expect(plan["settings"]?["activation"] == ["value": "relu", "origin": "given"])
    #expect(
      plan["assumed"]
        == ["attention.residual": "true if told by residual_attention_scores: --set attention.residual=true"])
    #expect(plan["tensors"]?.elements?.count == 42)
    #expect(
      plan["tensors"]?.elements?.first
        == [
          "tensor": "embedding.token.weight", "source": "Embedding-Token[0]", "shape": [1624, 80], "type": "float32",
          "transforms": [],
        ])
    #expect(plan["extras"] == [])
    #expect(plan["remarks"] == [])
  }

  @Test("what training left is one line for each reason, in a plan and beside another file")
  func training() throws {
    let workplace = try Workplace(withModel: false)
    let run = try workplace.ingot("plan", "Trained/adam-roformer", "--architecture", "roformer")
    let adam = run.lines.filter { $0.hasPrefix("- ") && $0.contains("/Adam") }
    #expect(
      adam.count == 2 && adam[0].contains(" bert/embeddings/LayerNorm/beta/Adam and 46 others, which --json lists "))
    let json = try workplace.ingot("plan", "Trained/adam-roformer", "--architecture", "roformer", "--json").json()
    #expect(json["dropped"]?.elements?.count == 144)
    let compared = try workplace.ingot("compare", "Trained/adam-roformer", "HDF5/shapes.h5")
    let left = compared.lines.filter { $0.contains("Adam") }
    #expect(left.count == 1 && left[0].contains("/Adam and 143 others, which --json lists"))
    #expect(left[0].hasSuffix("only in Trained/adam-roformer/model.ckpt-1.index: what training left"))
  }

  @Test func aHeadIsKeptOrDroppedOnlyWhenTold() throws {
    let workplace = try Workplace(withModel: false)
    let refused = try workplace.ingot("plan", "bert4keras/tagger")
    #expect(refused.exitCode == 2)
    #expect(refused.output.isEmpty)
    #expect(
      refused.error.hasPrefix(
        """
        ingot: bert4keras/tagger/weights.h5: mismatched in dense_1[0]: found a tensor of shape [16, 7] that is no part \
        of bert, expected a name that bert4keras gives.

        """))
    // What helps against all of them is said once.
    let advice =
      " Say which head they are with --head, carry such tensors along with --extra keep, or leave them out with --extra drop."
    #expect(refused.error.components(separatedBy: advice).count == 2)
    let kept = try workplace.ingot("plan", "bert4keras/tagger", "--extra", "keep")
    #expect(kept.lines.contains { $0.hasPrefix("extra.dense_1[0] ") && $0.hasSuffix("  extra, kept as it is") })
    #expect(
      kept.output.hasSuffix(
        "Every tensor is accounted for: 37 tensors of the architecture, 3 extra tensors kept.\n"))
    let dropped = try workplace.ingot("plan", "bert4keras/tagger", "--extra", "drop")
    #expect(dropped.lines.contains { $0.hasPrefix("- ") && $0.contains("dense_1[0]") && $0.contains("  dropped: ") })
    #expect(
      dropped.output.hasSuffix("Every tensor is accounted for: 37 tensors of the architecture, 3 tensors dropped.\n"))
  }

  @Test func whatTheUserSaysOverrulesTheFilesAndIsShown() throws {
    let run = try Workplace(withModel: false).ingot("plan", "Poems", "--set", "activation=relu")
    #expect(
      run.lines.contains(
        "               activation = relu (given), overruling gelu-erf (configuration: hidden_act = \"gelu\")"))
  }

  @Test func filesElsewhereAreGivenByTheirOptions() throws {
    let workplace = try Workplace(withModel: false)
    _ = try workplace.directory.write(workplace.bytes("Poems/poem_bert.h5"), to: "lonely.h5")
    let bare = try workplace.ingot("plan", "lonely.h5")
    #expect(bare.exitCode == 2)
    #expect(
      bare.error == """
        ingot: lonely.h5: mismatched in heads: found no value, expected num_attention_heads in the configuration. Give \
        the configuration with --config, or the value with --set heads=….
        ingot: lonely.h5: mismatched in activation: found no value, expected hidden_act in the configuration. Give the \
        configuration with --config, or the value with --set activation=….
        This lifts all of it, with a value in the place of …:
            \(Workplace.programs.appending(path: "ingot").path) plan lonely.h5 --set heads=… --set activation=…

        """)
    let helped = try workplace.ingot(
      "plan", "lonely.h5", "--config", "Poems/bert_config.json", "--vocabulary", "Poems/vocab.txt", "--architecture",
      "bert", "--naming", "bert4keras")
    #expect(helped.exitCode == 0)
    #expect(helped.lines.contains("vocabulary     Poems/vocab.txt"))
    let set = try workplace.ingot("plan", "lonely.h5", "--set", "heads=4", "--set", "activation=gelu-erf")
    #expect(set.exitCode == 0)
    #expect(set.lines.contains("vocabulary     none found"))
  }
}
