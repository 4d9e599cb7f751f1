#!/usr/bin/env python3
"""Record what a bert4keras BERT computes, so that Ingot can prove that its own result is the same.

Copy this one file into the environment in which the model still runs (bert4keras with Keras 2 on TensorFlow 1,
or with tf.keras up to TensorFlow 2.15) and run it there:

    python record_bert4keras.py --config bert_config.json --weights best_model.h5 \\
        --with-pool --with-mlm --vocabulary vocab.txt --texts texts.txt --output reference.float32.npz

It builds the model with `build_transformer_model`, loads the weights, runs a few small batches and writes one
`.npz`: the inputs, and the output of every part of the model (embedding, each attention, each feed-forward,
pooler, MLM). `--precision float64` computes the same model, from the same weights, in double precision: with
both files Ingot can say who is nearer to the exact result. Use one process, and one output file, for each.

Weights may be an HDF5 file of `save_weights` or `save` under any name, also of a fine-tuned model (only its BERT
is recorded; layers of its head are listed and left out), or the prefix of a TensorFlow checkpoint with Google's
names, such as chinese_L-12_H-768_A-12/bert_model.ckpt.

Inputs are one of
  --texts FILE    one text a line, two texts separated by a tab; an empty line begins the next batch.
                  Needs --vocabulary. [MASK] and the like stay whole.
  --inputs FILE   JSON: a list of batches, each {"token_ids": [[...], ...], "segment_ids": [[...], ...]}
  --random SEED   made-up token ids, with padding (the default, with seed 0)

Tell the script what the program that trained or used the model told bert4keras: --application, --gelu and --with-pool,
--with-nsp, --with-mlm. These are facts that no weight file holds.
"""

import argparse
import json
import os
import platform
import re
import sys
import tempfile
import warnings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow's own notices, which are not about the model
warnings.filterwarnings("ignore", module="keras|tensorflow")


class Refusal(Exception):
    """A reason, in words for the user, why nothing can be recorded."""


# The libraries


def import_bert4keras(precision="float32"):
    """Import bert4keras, with the Keras that fits this TensorFlow, computing in `precision`; return the module."""
    try:
        import tensorflow
    except ImportError as error:
        raise Refusal("TensorFlow cannot be imported here (%s). Run this script where the model still runs." % error)
    version = tuple(int(part) for part in tensorflow.__version__.split(".")[:2])
    if version >= (2, 16):
        raise Refusal(
            "TensorFlow %s comes with Keras 3, on which bert4keras does not run. Use TensorFlow 2.15 or older."
            % tensorflow.__version__
        )
    if version >= (2, 0):
        os.environ.setdefault("TF_KERAS", "1")
    if version >= (2, 13) and os.environ["TF_KERAS"] == "1":
        make_keras_eager(tensorflow)
    if os.environ.get("TF_KERAS") != "1":
        quiet_tensorflow_1(tensorflow)
    try:
        import bert4keras.backend
        import bert4keras.models
    except ImportError as error:
        raise Refusal("bert4keras cannot be imported here (%s)." % error)
    bert4keras.backend.K.set_floatx(precision)
    return bert4keras


def make_keras_eager(tensorflow):
    """Replace the lazy `tf.keras` of TensorFlow 2.13 and later.

    bert4keras/backend.py puts `tf.keras` into `sys.modules`; with the lazy loader the next import of Keras would
    ask the loader, which would import Keras, for ever.
    """
    import keras as package
    from keras.api._v2 import keras

    keras.__version__ = package.__version__
    tensorflow.keras = keras


def quiet_tensorflow_1(tensorflow):
    """Silence the deprecation notices of TensorFlow 1, which are about its own code."""
    tensorflow.compat.v1.logging.set_verbosity(tensorflow.compat.v1.logging.ERROR)


def versions(bert4keras):
    """Every version that can change a number."""
    import h5py
    import numpy
    import tensorflow

    return {
        "bert4keras": bert4keras.__version__,
        "h5py": h5py.__version__,
        "keras": bert4keras.backend.keras.__version__,
        "numpy": numpy.__version__,
        "python": platform.python_version(),
        "tensorflow": tensorflow.__version__,
    }


# The model


def build_model(bert4keras, arguments):
    """Build the BERT that the arguments describe; return bert4keras' object, whose `model` is the Keras model."""
    if arguments.gelu == "tanh":
        bert4keras.backend.set_gelu("tanh")
    return bert4keras.models.build_transformer_model(
        config_path=arguments.config,
        model="bert",
        application=arguments.application,
        with_pool=arguments.with_pool,
        with_nsp=arguments.with_nsp,
        with_mlm=arguments.with_mlm,
        return_keras_model=False,
    )


def load_weights(transformer, path):
    """Load HDF5 weights by layer name, or a checkpoint by Google's names."""
    if os.path.exists(path + ".index"):
        load_checkpoint(transformer, path)
    elif os.path.isfile(path):
        load_hdf5(transformer.model, path)
    else:
        raise Refusal("%s is neither a file nor the prefix of a TensorFlow checkpoint (%s.index)." % (path, path))


def load_checkpoint(transformer, prefix):
    """Load a checkpoint with the variable names of Google's BERT."""
    try:
        transformer.load_weights_from_checkpoint(prefix)
    except Exception as error:
        raise Refusal(
            "%s does not fit the model: %s\nAsk only for parts that the checkpoint holds (--with-pool, --with-nsp, "
            "--with-mlm), and check --config." % (prefix, error)
        )


def load_hdf5(model, path):
    """Load a file of `save_weights` or `save`: every layer of the model must be in it."""
    import h5py

    if not h5py.is_hdf5(path):
        raise Refusal("%s is no HDF5 file. (A checkpoint is named by its prefix, without .index or .data-...)" % path)
    with h5py.File(path, "r") as file:
        group = file["model_weights"] if "model_weights" in file else file
        wanted = [layer.name for layer in model.layers if layer.weights]
        missing = [name for name in wanted if name not in group]
        others = sorted(name for name in group if len(group[name]) and name not in wanted)
    if missing:
        raise Refusal(
            "%s lacks the layers %s of the model as described.\nLayers that it has beyond the model's: %s."
            % (path, ", ".join(missing), ", ".join(others) or "none")
        )
    if others:
        print("Not recorded, since the model as described has no such layer: %s" % ", ".join(others))
    with tempfile.TemporaryDirectory() as folder:
        link = os.path.join(folder, "weights.h5")  # Keras takes a file of another name for a checkpoint
        os.symlink(os.path.abspath(path), link)
        try:
            model.load_weights(link, by_name=True)
        except ValueError as error:
            raise Refusal("%s does not fit the model: %s\nCheck --config." % (path, error))


def points(config):
    """Pairs of a layer of bert4keras and the name of its output in a reference, in reading order."""
    yield "Embedding-Norm", "embedding.norm"
    yield "Embedding-Mapping", "embedding.projection"
    for block in range(config["num_hidden_layers"]):
        attention = "Transformer-%d-MultiHeadSelfAttention" % block
        feed_forward = "Transformer-%d-FeedForward" % block
        yield attention, "block.%d.attention.output" % block
        yield attention + "-Norm", "block.%d.attention.norm" % block
        yield feed_forward, "block.%d.feedforward.output" % block
        yield feed_forward + "-Norm", "block.%d.feedforward.norm" % block
    yield "Pooler-Dense", "pooler"
    yield "NSP-Proba", "nsp.probabilities"
    yield "MLM-Norm", "mlm.norm"
    yield "MLM-Bias", "mlm.logits"
    yield "MLM-Activation", "mlm.probabilities"


# The inputs


def read_inputs(path):
    """Batches of token ids (and segment ids) from a JSON file."""
    try:
        return [
            {"token_ids": batch["token_ids"], "segment_ids": batch.get("segment_ids") or zeros(batch["token_ids"])}
            for batch in read_json(path)
        ]
    except (AttributeError, KeyError, TypeError):
        raise Refusal('%s is not a list of {"token_ids": [[...], ...], "segment_ids": [[...], ...]}.' % path)


def read_texts(path, vocabulary, lower_case):
    """Batches of token ids from texts, padded with zeros to the longest of each batch."""
    from bert4keras.tokenizers import Tokenizer

    tokenizer = Tokenizer(vocabulary, do_lower_case=lower_case)
    for token in ["[UNK]", "[CLS]", "[SEP]"]:
        if token not in tokenizer._token_dict:
            raise Refusal("%s has no %s. Is it the vocab.txt of this model?" % (vocabulary, token))
    with open(path, encoding="utf-8") as file:
        groups = re.split(r"\n\s*\n", file.read().strip("\n"))
    batches = []
    for group in groups:
        pairs = [[tokens(tokenizer, text) for text in line.split("\t", 1)] for line in group.split("\n")]
        rows = [tokenizer.encode(*pair) for pair in pairs]
        length = max(len(token_ids) for token_ids, _ in rows)
        batches.append(
            {
                "token_ids": [pad(token_ids, length) for token_ids, _ in rows],
                "segment_ids": [pad(segment_ids, length) for _, segment_ids in rows],
            }
        )
    return batches


def tokens(tokenizer, text):
    """The tokens of a text between [CLS] and [SEP]; tokens such as [MASK] in it stay whole, in upper case."""
    found = []
    for number, part in enumerate(re.split(r"(\[(?:PAD|UNK|CLS|SEP|MASK)\])", text)):
        found += [part] if number % 2 else tokenizer._tokenize(part)
    return ["[CLS]"] + found + ["[SEP]"]


def random_inputs(seed, config):
    """Two batches of made-up token ids: a short one, and one of three lengths, with padding and a zero inside."""
    import numpy

    random = numpy.random.RandomState(seed)
    longest = min(config.get("max_position") or config.get("max_position_embeddings") or 512, 32)
    batches = []
    for lengths in [[min(7, longest)], [longest, longest // 2 + 1, longest // 4 + 1]]:
        token_ids = [pad(random.randint(1, config["vocab_size"], n).tolist(), max(lengths)) for n in lengths]
        segments = max(config.get("type_vocab_size", 2), 1)
        segment_ids = [pad(sorted(random.randint(0, segments, n).tolist()), max(lengths)) for n in lengths]
        batches.append({"token_ids": token_ids, "segment_ids": segment_ids})
    batches[1]["token_ids"][0][longest // 2] = 0
    return batches


def pad(row, length):
    """The row, with zeros to `length`."""
    return row + [0] * (length - len(row))


def zeros(rows):
    """Zeros in the shape of `rows`."""
    return [[0] * len(row) for row in rows]


# The reference


def record(model, config, batches, skipped=()):
    """Run the batches and return the arrays of the reference, by name."""
    import bert4keras.backend
    import numpy

    layers = {layer.name: layer for layer in model.layers}
    names = [(layer, point) for layer, point in points(config) if layer in layers and point not in skipped]
    observed = bert4keras.backend.keras.models.Model(model.inputs, [layers[layer].output for layer, _ in names])
    inputs = ["token_ids", "segment_ids"][: len(model.inputs)]
    arrays = {}
    for number, batch in enumerate(batches):
        values = [numpy.array(batch[name], "int32") for name in inputs]
        for name, value in zip(inputs, values):
            arrays["%d/input/%s" % (number, name)] = value
        outputs = observed.predict(values, verbose=0)
        for (_, point), output in zip(names, outputs):
            arrays["%d/point/%s" % (number, point)] = output
    return arrays


def describe(bert4keras, precision, weights):
    """The `about` array: who computed these numbers, and from what."""
    import numpy

    about = {
        "framework": "bert4keras",
        "versions": versions(bert4keras),
        "precision": precision,
        "source": os.path.basename(weights),
    }
    return numpy.frombuffer(json.dumps(about, sort_keys=True).encode("utf-8"), "uint8")


def read_json(path):
    """The content of a JSON file."""
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError) as error:
        raise Refusal("%s cannot be read as JSON: %s" % (path, error))


def check(config, batches):
    """Refuse what would fail deep inside TensorFlow, or not at all."""
    for name in ["vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size"]:
        if name not in config:
            raise Refusal("The configuration has no %s." % name)
    if config["hidden_size"] % config["num_attention_heads"] and "attention_head_size" not in config:
        raise Refusal("num_attention_heads does not divide hidden_size in the configuration.")
    longest = config.get("max_position") or config.get("max_position_embeddings") or 512
    for number, batch in enumerate(batches):
        widths = set(len(row) for name in batch for row in batch[name])
        if len(widths) != 1 or len(batch["token_ids"]) != len(batch["segment_ids"]):
            raise Refusal("The rows of batch %d differ in length; pad them with 0." % number)
        if max(widths) > longest:
            raise Refusal("Batch %d has %d tokens a row; the model has %d positions." % (number, max(widths), longest))
        if not all(0 <= token < config["vocab_size"] for row in batch["token_ids"] for token in row):
            raise Refusal("Batch %d has token ids outside 0..<%d." % (number, config["vocab_size"]))


def parse(arguments):
    """The command line."""
    summary, _, details = __doc__.partition("\n\n")
    parser = argparse.ArgumentParser(
        description=summary, epilog=details, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--config", required=True, help="the model's bert_config.json")
    parser.add_argument("--weights", required=True, help="HDF5 weights, or the prefix of a TensorFlow checkpoint")
    parser.add_argument("--output", required=True, help="the reference to write (.npz)")
    parser.add_argument("--precision", choices=["float32", "float64"], default="float32")
    parser.add_argument("--application", choices=["encoder", "lm", "unilm"], default="encoder")
    parser.add_argument(
        "--with-pool",
        nargs="?",
        const=True,
        default=False,
        metavar="ACTIVATION",
        help="the model has a pooler (with another activation than tanh, such as linear)",
    )
    parser.add_argument("--with-nsp", action="store_true", help="the model has next sentence prediction")
    parser.add_argument("--with-mlm", action="store_true", help="the model has masked language modelling")
    parser.add_argument("--gelu", choices=["erf", "tanh"], default="erf", help="as given to set_gelu; default erf")
    parser.add_argument("--vocabulary", help="vocab.txt, for --texts")
    parser.add_argument("--lower-case", action="store_true", help="the tokenizer lower-cases (do_lower_case=True)")
    parser.add_argument("--skip", action="append", default=[], metavar="POINT", help="leave out a large point")
    inputs = parser.add_mutually_exclusive_group()
    inputs.add_argument("--texts", help="a file of texts")
    inputs.add_argument("--inputs", help="a JSON file of token ids")
    inputs.add_argument("--random", type=int, default=0, metavar="SEED", help="made-up token ids (the default)")
    parsed = parser.parse_args(arguments)
    if parsed.texts and not parsed.vocabulary:
        parser.error("--texts needs --vocabulary")
    return parsed


def run(arguments):
    """Record one reference, as the command line says."""
    import numpy

    config = read_json(arguments.config)
    bert4keras = import_bert4keras(arguments.precision)
    if arguments.texts:
        batches = read_texts(arguments.texts, arguments.vocabulary, arguments.lower_case)
    elif arguments.inputs:
        batches = read_inputs(arguments.inputs)
    else:
        batches = random_inputs(arguments.random, config)
    check(config, batches)
    transformer = build_model(bert4keras, arguments)
    load_weights(transformer, arguments.weights)
    arrays = record(transformer.model, config, batches, arguments.skip)
    with open(arguments.output, "wb") as file:
        about = describe(bert4keras, arguments.precision, arguments.weights)
        numpy.savez_compressed(file, about=about, **arrays)
    print("%s: %d batches, %d arrays, %s" % (arguments.output, len(batches), len(arrays), arguments.precision))


def main(arguments=None):
    """Run, or say why not."""
    try:
        run(parse(arguments))
    except (Refusal, OSError) as problem:
        sys.exit("record_bert4keras: %s" % problem)


if __name__ == "__main__":
    main()
