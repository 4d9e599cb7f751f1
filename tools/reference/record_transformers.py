#!/usr/bin/env python3
"""Record what a model of transformers (PyTorch) computes, so that Ingot can prove that its own result is the same.

Copy this one file into the environment in which the model still runs (any transformers 4 or 5) and run it there:

    python record_transformers.py --model bert-base-chinese/ --texts texts.txt --output reference.float32.npz

It loads the folder with the class that its config.json names, runs a few small batches and writes one `.npz`: the inputs, and the
output of every part of the model (embedding, each attention, each feed-forward, pooler, heads). `--precision float64` computes the same
model, from the same weights, in double precision, also where the library's code names float32: with both files Ingot can say who
is nearer to the exact result. Use one process, and one output file, for each.

Kinds of model: albert, bert, camembert, deberta, deberta-v2, electra, gpt2, mt5, nezha, openai-gpt, roberta, roformer, t5, xlm-roberta,
xlnet. Of a fine-tuned model only what Ingot computes is recorded; its own head is left out.

Inputs are one of
  --texts FILE    one text a line, two texts separated by a tab; an empty line begins the next batch. The folder's own
                  tokenizer encodes them (--tokenizer FOLDER for another one); models without padding get each text alone. The
                  texts are recorded beside their ids.
  --inputs FILE   JSON: a list of batches, each {"token_ids": [[...], ...], "segment_ids": [[...], ...]}, of T5 also
                  "decoder_token_ids", as Formats/Reference.md of Ingot describes them; "only": [POINT, ...] records some points of
                  a batch and no others
  --random SEED   made-up token ids, with padding (the default, with seed 0)
"""

import argparse
import collections
import inspect
import json
import os
import platform
import re
import sys

os.environ.setdefault("PYTORCH_JIT", "0")  # compiled functions would keep what they name in float32
os.environ.setdefault("TRANSFORMERS_NO_ADVISORY_WARNINGS", "1")


class Refusal(Exception):
    """A reason, in words for the user, why nothing can be recorded."""


# Where points are: modules, as regular expressions, and what their outputs are called in a reference, or what they are given, `MODULE:input`.

BERT = {
    r"(?:\w+\.)?embeddings\.LayerNorm": "embedding.norm",
    r"(?:\w+\.)?embeddings_project": "embedding.projection",
    r"(?:\w+\.)?embeddings\.embed_proj": "embedding.projection",
    r"(?:\w+\.)?encoder\.embedding_hidden_mapping_in": "embedding.projection",
    r"(?:\w+\.)?encoder\.layer\.(\d+)\.attention\.output\.dense": "block.%s.attention.output",
    r"(?:\w+\.)?encoder\.layer\.(\d+)\.attention\.output\.LayerNorm": "block.%s.attention.norm",
    r"(?:\w+\.)?encoder\.layer\.(\d+)\.output\.dense": "block.%s.feedforward.output",
    r"(?:\w+\.)?encoder\.layer\.(\d+)\.output\.LayerNorm": "block.%s.feedforward.norm",
    r"(?:\w+\.)?encoder\.conv\.LayerNorm": "convolution.norm",
    r"(?:bert\.|nezha\.|roberta\.)?pooler": "pooler",
    r"cls\.predictions\.transform": "mlm.norm",
    r"cls\.predictions": "mlm.logits",
    r"lm_predictions\.lm_head\.LayerNorm": "mlm.norm",  # DeBERTa with the names of its authors, transformers 5
    r"lm_predictions\.lm_head": "mlm.logits",
    r"cls\.seq_relationship": "nsp.logits",
    r"lm_head\.layer_norm": "mlm.norm",
    r"lm_head": "mlm.logits",
    # ALBERT calls its one block once for each layer.
    r"(?:albert\.)?encoder\.albert_layer_groups\.0\.albert_layers\.0\.attention\.dense": "block.#.attention.output",
    r"(?:albert\.)?encoder\.albert_layer_groups\.0\.albert_layers\.0\.attention\.LayerNorm": "block.#.attention.norm",
    r"(?:albert\.)?encoder\.albert_layer_groups\.0\.albert_layers\.0\.ffn_output": "block.#.feedforward.output",
    r"(?:albert\.)?encoder\.albert_layer_groups\.0\.albert_layers\.0\.full_layer_layer_norm": "block.#.feedforward.norm",
    r"(?:albert\.)?pooler_activation": "pooler",
    r"predictions\.LayerNorm": "mlm.norm",
    r"predictions": "mlm.logits",
    r"sop_classifier\.classifier": "nsp.logits",
    r"discriminator_predictions\.dense_prediction:input": "discriminator.dense",
    r"discriminator_predictions\.dense_prediction": "discriminator.logits",
}
XLNET = {
    r"(?:transformer\.)?layer\.0:input": "embedding.token",
    r"(?:transformer\.)?layer\.(\d+)\.rel_attn\.dropout": "block.%s.attention.output",  # called for scores too, before
    r"(?:transformer\.)?layer\.(\d+)\.rel_attn\.layer_norm": "block.%s.attention.norm",
    r"(?:transformer\.)?layer\.(\d+)\.ff\.layer_2": "block.%s.feedforward.output",
    r"(?:transformer\.)?layer\.(\d+)\.ff\.layer_norm": "block.%s.feedforward.norm",
    r"lm_loss": "lm.logits",
}
T5 = {
    r"(encoder|decoder)\.block\.0:input": "%s.embedding.token",
    r"(encoder|decoder)\.block\.(\d+)\.layer\.0\.layer_norm": "%s.block.%s.attention.norm",
    r"(encoder|decoder)\.block\.(\d+)\.layer\.0\.SelfAttention\.o": "%s.block.%s.attention.output",
    r"(encoder|decoder)\.block\.(\d+)\.layer\.0": "%s.block.%s.attention.sum",
    r"(decoder)\.block\.(\d+)\.layer\.1\.layer_norm": "%s.block.%s.cross.norm",
    r"(decoder)\.block\.(\d+)\.layer\.1\.EncDecAttention\.o": "%s.block.%s.cross.output",
    r"(decoder)\.block\.(\d+)\.layer\.1": "%s.block.%s.cross.sum",
    r"(encoder)\.block\.(\d+)\.layer\.1\.layer_norm": "%s.block.%s.feedforward.norm",
    r"(encoder)\.block\.(\d+)\.layer\.1\.DenseReluDense": "%s.block.%s.feedforward.output",
    r"(encoder)\.block\.(\d+)\.layer\.1": "%s.block.%s.feedforward.sum",
    r"(decoder)\.block\.(\d+)\.layer\.2\.layer_norm": "%s.block.%s.feedforward.norm",
    r"(decoder)\.block\.(\d+)\.layer\.2\.DenseReluDense": "%s.block.%s.feedforward.output",
    r"(decoder)\.block\.(\d+)\.layer\.2": "%s.block.%s.feedforward.sum",
    r"(encoder|decoder)\.final_layer_norm": "%s.norm",
    r"lm_head": "lm.logits",
}
T5 = {r"(?:transformer\.)?" + pattern: point for pattern, point in T5.items()}
GPT2 = {
    r"(?:transformer\.)?drop": "embedding.sum",
    r"(?:transformer\.)?h\.(\d+)\.ln_1": "block.%s.attention.norm",
    r"(?:transformer\.)?h\.(\d+)\.attn\.c_proj": "block.%s.attention.output",
    r"(?:transformer\.)?h\.(\d+)\.ln_2:input": "block.%s.attention.sum",
    r"(?:transformer\.)?h\.(\d+)\.ln_2": "block.%s.feedforward.norm",
    r"(?:transformer\.)?h\.(\d+)\.mlp": "block.%s.feedforward.output",
    r"(?:transformer\.)?h\.(\d+)": "block.%s.feedforward.sum",
    r"(?:transformer\.)?ln_f": "norm",
    r"lm_head": "lm.logits",
}
# GPT normalises behind each sublayer, and its last sum is no module's output.
GPT = {pattern: point for pattern, point in GPT2.items() if not point.endswith(("feedforward.sum", "attention.sum"))}
del GPT[r"(?:transformer\.)?ln_f"]

KINDS = {
    "albert": BERT, "bert": BERT, "camembert": BERT, "deberta": BERT, "deberta-v2": BERT, "electra": BERT, "gpt2": GPT2, "mt5": T5,
    "nezha": BERT, "openai-gpt": GPT, "roberta": BERT, "roformer": BERT, "t5": T5, "xlm-roberta": BERT, "xlnet": XLNET,
}  # fmt: skip
# Positions begin behind the number of the padding token.
BEHIND_PADDING = ["camembert", "roberta", "xlm-roberta"]
WITHOUT_PADDING = ["gpt2", "openai-gpt"]


def takes_padding(config):
    """Whether rows of one batch may have several lengths; padding attends to everything in the DeBERTa of transformers 5, and not in Ingot."""
    import transformers

    attends = config.model_type.startswith("deberta") and int(transformers.__version__.split(".")[0]) > 4
    return config.model_type not in WITHOUT_PADDING and not attends


def points_of(config):
    """Modules and points for a kind of model."""
    if config.model_type not in KINDS:
        raise Refusal("Ingot computes no %s. It computes %s." % (config.model_type, ", ".join(sorted(KINDS))))
    points = dict(KINDS[config.model_type])
    # Before an output matrix that is the embedding, states are divided by a root.
    if KINDS[config.model_type] is T5 and config.tie_word_embeddings:
        points[r"(?:transformer\.)?lm_head:input"] = "decoder.scaled"
    return points


# The model


def load(folder, name, precision):
    """Load the model with a class, or the one that its configuration names; return it, in `precision`, ready to run."""
    import torch
    import transformers

    config = transformers.AutoConfig.from_pretrained(folder)
    names = [name] if name else config.architectures or ["AutoModel"]
    if not hasattr(transformers, names[0]):
        raise Refusal("transformers %s has no class %s; choose one with --class." % (transformers.__version__, names[0]))
    version = tuple(int(part) for part in transformers.__version__.split(".")[:2])
    options = {"attn_implementation": "eager"} if version >= (4, 36) else {}
    kind = getattr(transformers, names[0])
    model, said = kind.from_pretrained(folder, output_loading_info=True, **options)
    made_up = sorted(name for name in said["missing_keys"] if not name.endswith("position_ids"))
    if made_up:
        raise Refusal(
            "%s lacks %s of a %s, which would be made up at random. Choose another class with --class."
            % (folder, ", ".join(made_up[:3]) + (", …" if len(made_up) > 3 else ""), names[0])
        )
    model = model.to(torch.float32).eval()
    return doubled(model) if precision == "float64" else model


class Doubled:
    """The module `torch` in which float32 means float64, for code that names its element type."""

    def __init__(self, torch):
        self.torch = torch
        self.float = self.float32 = torch.float64
        self.FloatTensor = torch.DoubleTensor

    def __getattr__(self, name):
        return getattr(self.torch, name)


def doubled(model):
    """The same model in float64, built anew by code that reads float64 where it names float32; the process computes so from now on."""
    import torch

    for kind in type(model).__mro__:
        module = sys.modules[kind.__module__]
        if getattr(module, "torch", None) is torch and module.__name__.startswith("transformers.models."):
            module.torch = Doubled(torch)
    torch.Tensor.float = torch.Tensor.double
    torch.set_default_dtype(torch.float64)
    if hasattr(model.config, "torch_dtype"):
        model.config.torch_dtype = None
    twin = type(model)(model.config).to(torch.float64).eval()
    weights = dict(model.named_parameters())
    with torch.no_grad():
        for name, parameter in twin.named_parameters():
            # RoFormer's table of sines is no weight, though it is called one.
            if parameter.requires_grad:
                parameter.copy_(weights[name])
        for name, buffer in twin.named_buffers():
            # NEZHA's distances, of which files hold float32.
            if name.endswith("positions_encoding"):
                buffer.copy_(buffer.to(torch.float32))
    return twin


# The inputs


def read_texts(path, folder, config):
    """Batches of token ids from texts, by the tokenizer of transformers."""
    import transformers

    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    with open(path, encoding="utf-8") as file:
        groups = [group.split("\n") for group in re.split(r"\n\s*\n", file.read().strip("\n"))]
    if not takes_padding(config):
        groups = [[line] for group in groups for line in group]
    batches = []
    for group in groups:
        pairs = [line.split("\t", 1) for line in group]
        firsts, seconds = [pair[0] for pair in pairs], [pair[1] if len(pair) > 1 else None for pair in pairs]
        rows = [tokenizer(*[text for text in pair if text is not None]) for pair in zip(firsts, seconds)]
        length = max(len(row["input_ids"]) for row in rows)
        batch = {"token_ids": [pad(row["input_ids"], length, config) for row in rows]}
        if "token_type_ids" in rows[0]:
            fill = 3 if config.model_type == "xlnet" else 0
            batch["segment_ids"] = [pad(row["token_type_ids"], length, config, fill) for row in rows]
        # A special token in a text is no text to a tokenizer, but for the mask.
        special = set(tokenizer.all_special_tokens) - {tokenizer.mask_token}
        if not any(token in text for token in special for pair in pairs for text in pair):
            batch["text"] = [pair[0] if len(pair) == 1 else pair for pair in pairs]
        batches.append(batch)
    return batches


def pad(row, length, config, fill=None):
    """The row filled up to a length, on the side and with the token that Ingot takes for padding."""
    if config.model_type == "xlnet":
        return [padding(config) if fill is None else fill] * (length - len(row)) + row
    return row + [padding(config) if fill is None else fill] * (length - len(row))


def padding(config):
    """The token that Ingot takes for padding."""
    if config.model_type in BEHIND_PADDING:
        return config.pad_token_id
    return 5 if config.model_type == "xlnet" else 0


def random_inputs(seed, config):
    """Two batches of made-up token ids: a short one, and one of three lengths, with padding."""
    import numpy

    random = numpy.random.RandomState(seed)
    limits = [getattr(config, name, None) or 0 for name in ["max_position_embeddings", "n_positions"]]
    before = padding(config) + 1 if config.model_type in BEHIND_PADDING else 0
    longest = min([limit - before for limit in limits if limit > 0] + [32])
    groups = [[min(7, longest)], [longest, longest // 2 + 1, longest // 4 + 1]]
    if not takes_padding(config):
        groups = [[length] for group in groups for length in group]
    lowest = 6 if config.model_type == "xlnet" else max(before, 1)
    segments = max(getattr(config, "type_vocab_size", 2), 1)
    batches = []
    for lengths in groups:
        token_ids = [random.randint(lowest, config.vocab_size, n).tolist() for n in lengths]
        if KINDS[config.model_type] is T5:  # a text ends with </s>, and has no other
            token_ids = [[2 if token == 1 else token for token in row[:-1]] + [1] for row in token_ids]
        segment_ids = [sorted(random.randint(0, segments, n).tolist()) for n in lengths]
        batches.append(
            {
                "token_ids": [pad(row, max(lengths), config) for row in token_ids],
                "segment_ids": [pad(row, max(lengths), config, 3 if config.model_type == "xlnet" else 0) for row in segment_ids],
            }
        )
    return batches


def prepare(batches, model):
    """Give each batch what the model takes, and nothing else; refuse what would fail inside the library."""
    config = model.config
    has_decoder = "decoder_input_ids" in inspect.signature(model.forward).parameters
    takes_segments = KINDS[config.model_type] in (BERT, XLNET) and getattr(config, "type_vocab_size", 2)
    for number, batch in enumerate(batches):
        strays = set(batch) - {"token_ids", "segment_ids", "decoder_token_ids", "only", "text"}
        if strays or "token_ids" not in batch:
            raise Refusal("Batch %d has %s." % (number, ", ".join(sorted(strays)) if strays else "no token_ids"))
        if not takes_segments:
            batch.pop("segment_ids", None)
        if has_decoder:
            batch.setdefault("decoder_token_ids", [[0] + row[:-1] for row in batch["token_ids"]])
        else:
            batch.pop("decoder_token_ids", None)
        for name in ["token_ids", "segment_ids", "decoder_token_ids"]:
            rows = batch.get(name, [])
            if len({len(row) for row in rows}) > 1:
                raise Refusal("The rows of batch %d differ in length; pad them." % number)
            if config.model_type.startswith("deberta") and not takes_padding(config) and any(0 in row[1:] for row in rows):
                if name == "token_ids":
                    raise Refusal("Padding (0) attends to everything in this transformers; give rows without it.")
            if name != "segment_ids" and not all(0 <= token < config.vocab_size for row in rows for token in row):
                raise Refusal("Batch %d has token ids outside 0..<%d." % (number, config.vocab_size))
    return batches


def arguments_of(model, batch):
    """The inputs as transformers calls them, masked as Ingot does: 0 is padding, or RoBERTa's own, except in the first place; XLNet has a token."""
    import torch

    def mask(ids):
        if model.config.model_type == "xlnet":
            return (torch.tensor(ids) != 5).int()
        hidden = padding(model.config)
        return torch.tensor([[int(token != hidden or place == 0) for place, token in enumerate(row)] for row in ids])

    inputs = {"input_ids": torch.tensor(batch["token_ids"])}
    if model.config.model_type in WITHOUT_PADDING:
        return inputs
    inputs["attention_mask"] = mask(batch["token_ids"])
    if "segment_ids" in batch:
        inputs["token_type_ids"] = torch.tensor(batch["segment_ids"])
    if "decoder_token_ids" in batch:
        inputs["decoder_input_ids"] = torch.tensor(batch["decoder_token_ids"])
        inputs["decoder_attention_mask"] = mask(batch["decoder_token_ids"])
    return inputs


# The reference


class Observation:
    """Hooks in a model that keep what a reference records."""

    def __init__(self, model):
        self.found, self.runs = {}, collections.Counter()
        is_xlnet = model.config.model_type == "xlnet"
        for name, module in model.named_modules():
            for pattern, point in points_of(model.config).items():
                match = re.match(pattern.replace(":input", "") + "$", name)
                if match:
                    point = point % match.groups() if "%" in point else point
                    # XLNet has the positions first, except in its head.
                    self.hook(module, point, pattern.endswith(":input"), is_xlnet and name != "lm_loss")

    def hook(self, module, point, is_input, is_time_first):
        """Keep what a module gives, or what it is given."""

        def keep(value):
            named = point.replace("#", str(self.runs[point]))
            self.runs[point] += 1
            value = value[0] if isinstance(value, tuple) else value
            self.found[named] = (value.transpose(0, 1) if is_time_first else value).detach().clone()

        def before(_, given, options):
            keep(given[0] if given else options.get("hidden_states"))

        if is_input and module.__class__.__name__.endswith(("Block", "Layer")):
            module.register_forward_pre_hook(before, with_kwargs=True)
        elif is_input:
            module.register_forward_pre_hook(lambda _, given: keep(given))
        else:
            module.register_forward_hook(lambda _, __, output: keep(output))


def record(model, batches, precision, skipped=()):
    """Run the batches and return the arrays of the reference, by name."""
    import numpy
    import torch

    observation = Observation(model)
    arrays = {}
    for number, batch in enumerate(batches):
        observation.found.clear()
        observation.runs.clear()
        with torch.no_grad():
            model(**arguments_of(model, batch))
        found = dict(observation.found)
        for name in [name for name in found if name.endswith(".logits")]:
            values = found[name] if name.startswith(("mlm", "lm")) else found.pop(name)
            likely = torch.sigmoid(values) if name.startswith("discriminator") else values.softmax(-1)
            found[name.replace(".logits", ".probabilities")] = likely
        # The root before T5's output matrix, which transformers 5 leaves out in some.
        if "decoder.scaled" in found and torch.equal(found["decoder.scaled"], found["decoder.norm"]):
            del found["decoder.scaled"]
        if not found:
            raise Refusal("No module of %s is known to this script." % type(model).__name__)
        for name in ["token_ids", "segment_ids", "decoder_token_ids"]:
            if name in batch:
                arrays["%d/input/%s" % (number, name)] = numpy.array(batch[name], "int32")
        if "text" in batch:
            texts = json.dumps(batch["text"], ensure_ascii=False).encode("utf-8")
            arrays["%d/input/text" % number] = numpy.frombuffer(texts, "uint8")
        for point, values in found.items():
            if point in skipped or point not in batch.get("only", [point]):
                continue
            if str(values.dtype) != "torch." + precision:
                raise Refusal("%s is %s: this transformers does not compute it in %s." % (point, values.dtype, precision))
            if not bool(torch.isfinite(values).all()):
                raise Refusal("%s has values that are no numbers: the model gives no answer here either." % point)
            arrays["%d/point/%s" % (number, point)] = values.numpy()
    return arrays


def describe(precision, folder):
    """The `about` array: who computed these numbers, and from what."""
    import numpy
    import torch
    import transformers

    versions = {"numpy": numpy, "torch": torch, "transformers": transformers}
    about = {
        "framework": "transformers",
        "versions": dict({name: module.__version__ for name, module in versions.items()}, python=platform.python_version()),
        "precision": precision,
        "source": os.path.basename(os.path.abspath(folder)),
    }
    return numpy.frombuffer(json.dumps(about, sort_keys=True).encode("utf-8"), "uint8")


def parse(arguments):
    """The command line."""
    summary, _, details = __doc__.partition("\n\n")
    parser = argparse.ArgumentParser(
        description=summary, epilog=details, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", required=True, help="the folder of from_pretrained")
    parser.add_argument("--class", dest="kind", help="the class that loads it, where not the one that config.json names")
    parser.add_argument("--output", required=True, help="the reference to write (.npz)")
    parser.add_argument("--precision", choices=["float32", "float64"], default="float32")
    parser.add_argument("--tokenizer", help="the folder of the tokenizer, for --texts; by default that of the model")
    parser.add_argument("--skip", action="append", default=[], metavar="POINT", help="leave out a large point")
    inputs = parser.add_mutually_exclusive_group()
    inputs.add_argument("--texts", help="a file of texts")
    inputs.add_argument("--inputs", help="a JSON file of token ids")
    inputs.add_argument("--random", type=int, default=0, metavar="SEED", help="made-up token ids (the default)")
    return parser.parse_args(arguments)


def run(arguments):
    """Record one reference, as the command line says."""
    try:
        import numpy
        import torch
        import transformers
    except ImportError as error:
        raise Refusal("%s. Run this script where the model still runs." % error)
    transformers.logging.set_verbosity_error()
    torch.set_num_threads(1)  # one thread adds up in one order, so that the file repeats
    config = transformers.AutoConfig.from_pretrained(arguments.model)
    points_of(config)
    if arguments.texts:
        batches = read_texts(arguments.texts, arguments.tokenizer or arguments.model, config)
    elif arguments.inputs:
        with open(arguments.inputs, encoding="utf-8") as file:
            batches = json.load(file)
    else:
        batches = random_inputs(arguments.random, config)
    model = load(arguments.model, arguments.kind, arguments.precision)
    arrays = record(model, prepare(batches, model), arguments.precision, arguments.skip)
    with open(arguments.output, "wb") as file:
        numpy.savez_compressed(file, about=describe(arguments.precision, arguments.model), **arrays)
    print("%s: %d batches, %d arrays, %s" % (arguments.output, len(batches), len(arrays), arguments.precision))


def main(arguments=None):
    """Run, or say why not."""
    try:
        run(parse(arguments))
    except (Refusal, OSError, ValueError) as problem:
        sys.exit("record_transformers: %s" % problem)


if __name__ == "__main__":
    main()
