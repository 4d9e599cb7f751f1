#!/usr/bin/env python3
"""Record what a BERT or an ALBERT computes in the code of its authors, so that Ingot can prove that its own result is the same.

Copy this one file into the environment in which the model still runs (TensorFlow 1 and a clone of google-research/bert or
google-research/albert, or the packages bert-tensorflow and albert-tensorflow) and run it there:

    python record_tf1.py --model chinese_L-12_H-768_A-12/ --code bert/ --texts texts.txt --output reference.float32.npz

It builds the model with `BertModel` of their `modeling.py` and the heads with their `run_pretraining.py`, loads the checkpoint, runs a few
small batches and writes one `.npz`: the inputs, and the output of every part of the model (embedding, each attention, each
feed-forward, pooler, heads). Heads are recorded where the checkpoint has them. `--precision float64` computes the same model, from the same
weights, in double precision, also where the code names float32: with both files Ingot can say who is nearer to the exact result. Use one
process, and one output file, for each.

The folder holds bert_config.json (or albert_config.json), a checkpoint and, for --texts, vocab.txt; --config, --checkpoint and
--vocabulary name others. Of a fine-tuned model only what Ingot computes is recorded; its own head is left out.

The authors' gelu is the one by tanh and every epsilon 1e-12: convert with --set activation=gelu-tanh if Ingot says so.

Inputs are one of
  --texts FILE    one text a line, two texts separated by a tab; an empty line begins the next batch. [MASK] and the like stay whole.
  --inputs FILE   JSON: a list of batches, each {"token_ids": [[...], ...], "segment_ids": [[...], ...]}, as
                  Formats/Reference.md of Ingot describes them; "only": [POINT, ...] records some points of a batch and no others
  --random SEED   made-up token ids, with padding (the default, with seed 0)
"""

import argparse
import glob
import importlib
import json
import os
import platform
import re
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow's own notices, which are not about the model


class Refusal(Exception):
    """A reason, in words for the user, why nothing can be recorded."""


# The code of the authors


class Code:
    """The modules of the authors, from a folder or from a package."""

    def __init__(self, folder, package):
        try:
            import tensorflow
        except ImportError as error:
            raise Refusal("TensorFlow cannot be imported here (%s). Run this script where the model still runs." % error)
        if not tensorflow.__version__.startswith("1."):
            raise Refusal("TensorFlow %s is here; the code of the authors needs TensorFlow 1." % tensorflow.__version__)
        tensorflow.compat.v1.logging.set_verbosity(tensorflow.compat.v1.logging.ERROR)
        self.tensorflow, self.folder, self.package = tensorflow, folder, package
        if folder:
            sys.path.insert(0, os.path.abspath(folder))
        self.modeling = self.find("modeling")
        self.is_albert = hasattr(self.modeling, "AlbertModel")

    def find(self, name):
        """One of their modules."""
        try:
            return importlib.import_module(name if self.folder else "%s.%s" % (self.package, name))
        except ImportError as error:
            place = self.folder or "the package " + self.package
            raise Refusal("%s.py cannot be imported from %s (%s). Name a clone of the code by --code." % (name, place, error))

    def double(self, module):
        """Let a module of theirs read float64 where it names float32."""
        module.tf = Doubled(self.tensorflow)


class Doubled:
    """The module `tensorflow` in which float32 means float64, for code that names its element type."""

    def __init__(self, tensorflow):
        self.tensorflow, self.float32 = tensorflow, tensorflow.float64

    def __getattr__(self, name):
        return getattr(self.tensorflow, name)

    def sqrt(self, value):
        """A root, of a number of the code too."""
        return self.tensorflow.sqrt(self.tensorflow.convert_to_tensor(value, self.tensorflow.float64))

    def one_hot(self, *arguments, **options):
        """One-hot vectors, whose type is float32 where code does not name one."""
        return self.tensorflow.one_hot(*arguments, **dict(options, dtype=self.tensorflow.float64))


class Norms:
    """Every call of `layer_norm` of their code, in order: what it is given, and what it makes."""

    def __init__(self, modeling):
        self.modeling, self.function, self.calls = modeling, modeling.layer_norm, []

    def __enter__(self):
        def recorded(*arguments, **options):
            output = self.function(*arguments, **options)
            self.calls.append((arguments[0], output))
            return output

        self.modeling.layer_norm = recorded
        return self

    def __exit__(self, *_):
        self.modeling.layer_norm = self.function

    def added(self, index):
        """The two sides of the sum that a call is given: what a layer makes, and what it is added to."""
        operation = self.calls[index][0].op
        if operation.type not in ("Add", "AddV2"):
            raise Refusal("This modeling.py is another one: it normalises %s, no sum." % operation.type)
        return list(operation.inputs)


def build(code, config, names, precision, inputs):
    """Build the model and those heads whose variables the checkpoint has; return the points, by name."""
    tensorflow, modeling = code.tensorflow, code.modeling
    token_ids = inputs["token_ids"]
    rows, length = token_ids.shape.as_list()
    # Token 0 is padding, except in the first place.
    is_first = tensorflow.constant([[place == 0 for place in range(length)]] * rows)
    mask = tensorflow.cast(tensorflow.logical_or(tensorflow.not_equal(token_ids, 0), is_first), tensorflow.int32)
    has_mlm, has_nsp = "cls/predictions/output_bias" in names, "cls/seq_relationship/output_weights" in names
    pretraining = code.find("run_pretraining") if has_mlm or has_nsp else None
    if precision == "float64":
        code.double(modeling)
        if pretraining:
            code.double(pretraining)
    with Norms(modeling) as norms:
        kind = modeling.AlbertModel if code.is_albert else modeling.BertModel
        model = kind(
            config=config, is_training=False, input_ids=token_ids, input_mask=mask, token_type_ids=inputs["segment_ids"],
            use_one_hot_embeddings=False,
        )  # fmt: skip
        if has_mlm:
            everywhere = tensorflow.constant([list(range(length))] * rows)
            weights = tensorflow.ones([rows, length], precision)
            table = model.get_embedding_table() if not code.is_albert else model.output_embedding_table
            pretraining.get_masked_lm_output(config, model.get_sequence_output(), table, everywhere, token_ids, weights)
        if has_nsp:
            label = tensorflow.zeros([rows], tensorflow.int32)
            head = "get_sentence_order_output" if code.is_albert else "get_next_sentence_output"
            getattr(pretraining, head)(config, model.get_pooled_output(), label)
    points = {"embedding.norm": norms.calls[0][1]}
    for block in range(config.num_hidden_layers):
        for part, index in [("attention", 1 + 2 * block), ("feedforward", 2 + 2 * block)]:
            points["block.%d.%s.output" % (block, part)] = norms.added(index)[0]
            points["block.%d.%s.norm" % (block, part)] = norms.calls[index][1]
    if code.is_albert and config.embedding_size != config.hidden_size:
        points["embedding.projection"] = norms.added(1)[1]
    if "bert/pooler/dense/kernel" in names:
        points["pooler"] = model.get_pooled_output()
    if has_mlm:
        points["mlm.norm"] = norms.calls[-1][1]
    for head, scope, is_there in [("nsp", "seq_relationship", has_nsp), ("mlm", "predictions", has_mlm)]:
        if is_there:
            logits = tensorflow.get_default_graph().get_tensor_by_name("cls/%s/BiasAdd:0" % scope)
            points[head + ".probabilities"] = tensorflow.nn.softmax(logits)
            if head == "mlm":
                points["mlm.logits"] = logits
    return points


# The files


def find(folder, ending, what, option):
    """The one file in a folder whose name ends so."""
    found = sorted(glob.glob(os.path.join(folder, "*" + ending)))
    if len(found) != 1:
        said = ", ".join(os.path.basename(path) for path in found) or "none"
        raise Refusal("%s: %s of %s. Name it by %s." % (folder, said, what, option))
    return found[0]


def read_json(path):
    """The content of a JSON file."""
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError) as error:
        raise Refusal("%s cannot be read as JSON: %s" % (path, error))


# The inputs


def read_texts(path, code, vocabulary, lower_case):
    """Batches of token ids from texts, by the tokenizer of the authors, padded with zeros to the longest of each batch."""
    tokenizer = code.find("tokenization").FullTokenizer(vocab_file=vocabulary, do_lower_case=lower_case)
    with open(path, encoding="utf-8") as file:
        groups = re.split(r"\n\s*\n", file.read().strip("\n"))
    batches = []
    for group in groups:
        rows = []
        texts = [line.split("\t", 1) for line in group.split("\n")]
        for pair in texts:
            token_ids, segment_ids = [tokenizer.vocab["[CLS]"]], [0]
            for segment, text in enumerate(pair):
                found = tokens(tokenizer, text) + ["[SEP]"]
                token_ids += tokenizer.convert_tokens_to_ids(found)
                segment_ids += [segment] * len(found)
            rows.append((token_ids, segment_ids))
        length = max(len(token_ids) for token_ids, _ in rows)
        batches.append(
            {
                "token_ids": [pad(token_ids, length) for token_ids, _ in rows],
                "segment_ids": [pad(segment_ids, length) for _, segment_ids in rows],
            }
        )
        # Special tokens but [MASK] are no text to a tokenizer.
        if not any(re.search(r"\[(?:PAD|UNK|CLS|SEP)\]", text) for pair in texts for text in pair):
            batches[-1]["text"] = [pair[0] if len(pair) == 1 else pair for pair in texts]
    return batches


def tokens(tokenizer, text):
    """The tokens of a text; tokens such as [MASK] in it stay whole."""
    found = []
    for number, part in enumerate(re.split(r"(\[(?:PAD|UNK|CLS|SEP|MASK)\])", text)):
        found += [part] if number % 2 else tokenizer.tokenize(part)
    return found


def random_inputs(seed, config):
    """Two batches of made-up token ids: a short one, and one of three lengths, with padding."""
    import numpy

    random = numpy.random.RandomState(seed)
    longest = min(config.max_position_embeddings, 32)
    batches = []
    for lengths in [[min(7, longest)], [longest, longest // 2 + 1, longest // 4 + 1]]:
        token_ids = [pad(random.randint(1, config.vocab_size, n).tolist(), max(lengths)) for n in lengths]
        segment_ids = [pad(sorted(random.randint(0, config.type_vocab_size, n).tolist()), max(lengths)) for n in lengths]
        batches.append({"token_ids": token_ids, "segment_ids": segment_ids})
    return batches


def pad(row, length):
    """The row, with zeros to `length`."""
    return row + [0] * (length - len(row))


def check(batches, config):
    """Refuse what would fail deep inside TensorFlow, or not at all; segments are zeros where none are given."""
    for number, batch in enumerate(batches):
        if "token_ids" not in batch or not set(batch) <= {"token_ids", "segment_ids", "only", "text"}:
            raise Refusal("Batch %d is not {\"token_ids\": [[...], ...], \"segment_ids\": [[...], ...]}." % number)
        batch.setdefault("segment_ids", [[0] * len(row) for row in batch["token_ids"]])
        widths = set(len(row) for name in ["token_ids", "segment_ids"] for row in batch[name])
        if len(widths) != 1 or len(batch["token_ids"]) != len(batch["segment_ids"]):
            raise Refusal("The rows of batch %d differ in length; pad them with 0." % number)
        if max(widths) > config.max_position_embeddings:
            limit = config.max_position_embeddings
            raise Refusal("Batch %d has %d tokens a row; the model has %d positions." % (number, max(widths), limit))
        if not all(0 <= token < config.vocab_size for row in batch["token_ids"] for token in row):
            raise Refusal("Batch %d has token ids outside 0..<%d." % (number, config.vocab_size))
    return batches


# The reference


def record(code, config, checkpoint, batches, precision, skipped=()):
    """Run the batches and return the arrays of the reference, by name."""
    import numpy

    tensorflow = code.tensorflow
    reader = tensorflow.train.load_checkpoint(checkpoint)
    names = reader.get_variable_to_shape_map()
    arrays = {}
    for number, batch in enumerate(batches):
        shape = numpy.shape(batch["token_ids"])
        with tensorflow.Graph().as_default(), tensorflow.Session() as session:
            with tensorflow.variable_scope(tensorflow.get_variable_scope(), dtype=precision):
                inputs = {name: tensorflow.placeholder(tensorflow.int32, shape, name) for name in ["token_ids", "segment_ids"]}
                points = build(code, config, names, precision, inputs)
            for variable in tensorflow.global_variables():
                name = variable.op.name
                if name in names:
                    variable.load(reader.get_tensor(name).astype(precision), session)
                elif not name.startswith("bert/pooler/"):  # their code always builds one
                    raise Refusal("%s lacks %s. Are code and configuration those of this model?" % (checkpoint, name))
            wanted = [point for point in points if point in batch.get("only", points) and point not in skipped]
            found = session.run([points[point] for point in wanted], {inputs[name]: batch[name] for name in inputs})
        for name in inputs:
            arrays["%d/input/%s" % (number, name)] = numpy.array(batch[name], "int32")
        if "text" in batch:
            texts = json.dumps(batch["text"], ensure_ascii=False).encode("utf-8")
            arrays["%d/input/text" % number] = numpy.frombuffer(texts, "uint8")
        for point, values in zip(wanted, found):
            if values.dtype != precision:
                raise Refusal("%s is %s: this code does not compute it in %s." % (point, values.dtype, precision))
            if not numpy.isfinite(values).all():
                raise Refusal("%s has values that are no numbers: the model gives no answer here either." % point)
            # Their code keeps the tokens of all texts in the rows of one matrix.
            if point not in ("pooler", "nsp.probabilities"):
                values = values.reshape(shape + (-1,))
            arrays["%d/point/%s" % (number, point)] = values
    return arrays


def describe(code, precision, checkpoint):
    """The `about` array: who computed these numbers, and from what."""
    import numpy

    framework = "google-research/albert" if code.is_albert else "google-research/bert"
    about = {
        "framework": framework,
        "versions": {"numpy": numpy.__version__, "python": platform.python_version(), "tensorflow": code.tensorflow.__version__},
        "precision": precision,
        "source": os.path.basename(checkpoint),
    }
    return numpy.frombuffer(json.dumps(about, sort_keys=True).encode("utf-8"), "uint8")


def parse(arguments):
    """The command line."""
    summary, _, details = __doc__.partition("\n\n")
    parser = argparse.ArgumentParser(
        description=summary, epilog=details, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default=".", help="the folder of the release")
    parser.add_argument("--code", help="a clone of google-research/bert or google-research/albert; by default the package")
    parser.add_argument("--package", default="bert", help="the installed package that holds the code: bert (the default) or albert")
    parser.add_argument("--config", help="the configuration, where not the one in the folder")
    parser.add_argument("--checkpoint", help="the prefix of the checkpoint, where not the one in the folder")
    parser.add_argument("--output", required=True, help="the reference to write (.npz)")
    parser.add_argument("--precision", choices=["float32", "float64"], default="float32")
    parser.add_argument("--vocabulary", help="vocab.txt, for --texts, where not the one in the folder")
    parser.add_argument("--cased", action="store_true", help="the tokenizer keeps the case (do_lower_case=False)")
    parser.add_argument("--skip", action="append", default=[], metavar="POINT", help="leave out a large point")
    inputs = parser.add_mutually_exclusive_group()
    inputs.add_argument("--texts", help="a file of texts")
    inputs.add_argument("--inputs", help="a JSON file of token ids")
    inputs.add_argument("--random", type=int, default=0, metavar="SEED", help="made-up token ids (the default)")
    return parser.parse_args(arguments)


def run(arguments):
    """Record one reference, as the command line says."""
    code = Code(arguments.code, arguments.package)
    import numpy

    folder = arguments.model
    said = read_json(arguments.config or find(folder, "bert_config.json", "a configuration", "--config"))
    config = (code.modeling.AlbertConfig if code.is_albert else code.modeling.BertConfig).from_dict(said)
    checkpoint = arguments.checkpoint or code.tensorflow.train.latest_checkpoint(folder)
    checkpoint = checkpoint or find(folder, ".index", "a checkpoint", "--checkpoint")[: -len(".index")]
    if arguments.texts:
        vocabulary = arguments.vocabulary or os.path.join(folder, "vocab.txt")
        batches = read_texts(arguments.texts, code, vocabulary, not arguments.cased)
    elif arguments.inputs:
        batches = read_json(arguments.inputs)
    else:
        batches = random_inputs(arguments.random, config)
    batches = check(batches, config)
    arrays = record(code, config, checkpoint, batches, arguments.precision, arguments.skip)
    with open(arguments.output, "wb") as file:
        numpy.savez_compressed(file, about=describe(code, arguments.precision, checkpoint), **arrays)
    print("%s: %d batches, %d arrays, %s" % (arguments.output, len(batches), len(arrays), arguments.precision))


def main(arguments=None):
    """Run, or say why not."""
    try:
        run(parse(arguments))
    except (Refusal, OSError) as problem:
        sys.exit("record_tf1: %s" % problem)


if __name__ == "__main__":
    main()
