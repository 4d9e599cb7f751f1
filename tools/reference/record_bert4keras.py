#!/usr/bin/env python3
"""Record what a bert4keras model computes, so that Ingot can prove that its own result is the same.

Copy this one file into the environment in which the model still runs (bert4keras with Keras 2 on TensorFlow 1,
or with tf.keras up to TensorFlow 2.15) and run it there:

    python record_bert4keras.py --config bert_config.json --weights best_model.h5 \\
        --with-pool --with-mlm --vocabulary vocab.txt --texts texts.txt --output reference.float32.npz

It builds the model with `build_transformer_model`, loads the weights, runs a few small batches and writes one
`.npz`: the inputs, and the output of every part of the model (embedding, each attention, each feed-forward,
pooler, MLM). `--precision float64` computes the same model, from the same weights, in double precision: with
both files Ingot can say who is nearer to the exact result. Use one process, and one output file, for each.

Weights may be an HDF5 file of `save_weights` or `save` under any name, also of a fine-tuned model (only its
transformer is recorded; layers of its head are listed and left out), or the prefix of a TensorFlow checkpoint with the
names of the original release, such as chinese_L-12_H-768_A-12/bert_model.ckpt.

`--saved model.h5` takes the place of --weights for a model that `save` wrote as a whole: its head is recorded too, and with `--labels labels.txt`
(a name a line, in the order of the scores) what it answers to each text. The code of its `Lambda` layers is run.

Inputs are one of
  --texts FILE    one text a line, two texts separated by a tab; an empty line begins the next batch.
                  Needs --vocabulary. [MASK] and the like stay whole. The texts are recorded beside their ids.
  --inputs FILE   JSON: a list of batches, each {"token_ids": [[...], ...], "segment_ids": [[...], ...]}, for other
                  models also "position_ids", "decoder_token_ids", "condition" or "context", as Formats/Reference.md
                  of Ingot describes them; "only": [POINT, ...] records some points of a batch and no others
  --random SEED   made-up token ids, with padding (the default, with seed 0)

Tell the script what the program that trained or used the model told bert4keras: --model, --application, --gelu and
--with-pool, --with-nsp, --with-mlm, --with-discriminator. These are facts that no weight file holds.
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
    except ImportError as error:
        raise Refusal("bert4keras cannot be imported here (%s)." % error)
    try:
        import bert4keras.models
    except ImportError:
        import bert4keras.bert  # until 0.5.6
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
    """Build the model that the arguments describe; return bert4keras' object, whose `model` is the Keras model."""
    if arguments.gelu == "tanh":
        bert4keras.backend.set_gelu("tanh")
    asked = {"with_pool": arguments.with_pool, "with_nsp": arguments.with_nsp, "with_mlm": arguments.with_mlm}
    asked["with_discriminator"] = arguments.with_discriminator
    asked = {name: value for name, value in asked.items() if value}
    if arguments.condition_size:
        condition = bert4keras.backend.keras.layers.Input(shape=(arguments.condition_size,), name="Input-Condition")
        asked.update(layer_norm_cond=condition, additional_input_layers=condition)
        # What the command line leaves out, the configuration may hold.
        if arguments.condition_hidden_size:
            asked.update(layer_norm_cond_hidden_size=arguments.condition_hidden_size)
        if arguments.condition_activation:
            asked.update(layer_norm_cond_hidden_act=arguments.condition_activation)
    if arguments.prefix:
        asked["prefix"] = arguments.prefix
    asked.update(model=arguments.model, application=arguments.application, return_keras_model=False)
    models = bert4keras.models if hasattr(bert4keras, "models") else bert4keras.bert
    if hasattr(models, "build_transformer_model"):
        return models.build_transformer_model(config_path=arguments.config, **asked)
    asked["application"] = {"unilm": "seq2seq"}.get(arguments.application, arguments.application)
    return models.build_bert_model(config_path=arguments.config, **asked)  # until 0.5.7


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


def load_saved(path):
    """Load a model that `save` wrote as a whole, with bert4keras' layers."""
    import bert4keras.backend
    import bert4keras.layers
    import bert4keras.models
    import h5py

    models = bert4keras.backend.keras.models
    if not h5py.is_hdf5(path):
        raise Refusal("%s is no HDF5 file of `save`." % path)
    with h5py.File(path, "r") as file:
        config = file.attrs.get("model_config")
    if config is None:
        raise Refusal("%s describes no model: it holds weights alone. Give it as --weights." % path)
    config = json.loads(config if isinstance(config, str) else config.decode("utf-8"))
    allow_lambdas()
    try:
        model = models.model_from_json(json.dumps(plain(config)))
        with tempfile.TemporaryDirectory() as folder:
            link = os.path.join(folder, "weights.h5")
            os.symlink(os.path.abspath(path), link)
            model.load_weights(link)
    except (TypeError, ValueError) as error:
        raise Refusal("%s cannot be built from its own description: %s" % (path, error))
    return model


def allow_lambdas():
    """Let Keras since 2.13 build `Lambda` layers, whose code is in the file: this is the model that its owner trained."""
    try:
        from keras.src.saving import serialization_lib
    except ImportError:
        return
    serialization_lib.enable_unsafe_deserialization()


def plain(config):
    """A description in which functions are called by their names alone, as Keras had it before 2.13 and reads it."""
    if isinstance(config, dict):
        if config.get("class_name") == "function" and isinstance(config.get("config"), str):
            return config["config"]
        return {name: plain(value) for name, value in config.items()}
    return [plain(value) for value in config] if isinstance(config, list) else config


def head_answers(model, batch, tokenizer, labels):
    """What a head says of each text: its label, the label of each token, or the spans that GlobalPointer finds.

    A CRF, and a maximum entropy Markov model by its transitions, are decoded as the examples decode them, from label 0 to label 0.
    """
    import bert4keras.backend
    import numpy
    from bert4keras.snippets import ViterbiDecoder

    evaluate = bert4keras.backend.K.eval
    last = [layer for layer in model.layers if layer.weights][-1]
    answers = []
    for row, texts in enumerate(batch["text"]):
        length = max(place + 1 for place, token in enumerate(batch["token_ids"][row]) if token or place == 0)
        inputs = [numpy.array([batch[INPUTS[name]][row][:length]]) for name in model.input_names]
        values = model.predict(inputs, verbose=0)[0]
        kind = type(last).__name__
        if kind in ("ConditionalRandomField", "MaximumEntropyMarkovModel"):
            is_low_rank = getattr(last, "hidden_dim", None) is not None
            trans = numpy.dot(evaluate(last.l_trans), evaluate(last.r_trans).T) if is_low_rank else evaluate(last.trans)
            found = ViterbiDecoder(trans, starts=[0], ends=[0]).decode(values.copy())
            answers.append({"labels": [labels[label] for label in found]})
        elif "GlobalPointer" in kind:
            if len(texts) != 1:
                raise Refusal("Spans are recorded for single texts.")
            places = tokenizer.rematch(texts[0], tokenizer.tokenize(texts[0]))
            found = [(places[start], places[end], labels[head]) for head, start, end in zip(*numpy.where(values > 0))]
            spans = [[start[0], end[-1] + 1, label] for start, end, label in found if start and end]
            answers.append({"spans": sorted(spans)})
        elif values.ndim == 1:
            answers.append({"label": labels[int(values.argmax())]})
        else:
            answers.append({"labels": [labels[label] for label in values.argmax(-1)]})
    return numpy.frombuffer(json.dumps(answers, ensure_ascii=False).encode("utf-8"), "uint8")


# Names of layers outside the blocks, and of their outputs in a reference.
POINTS = {
    "Embedding-Norm": "embedding.norm",
    "Embedding-Mapping": "embedding.projection",
    "Pooler-Dense": "pooler",
    "NSP-Proba": "nsp.probabilities",
    "MLM-Norm": "mlm.norm",
    "MLM-Bias": "mlm.logits",
    "MLM-Activation": "mlm.probabilities",
    "MLM-Proba": "mlm.probabilities",  # until bert4keras 0.7.2
    "Output-Mapping": "mlm.projection",
    "Output-MLM-Activation": "mlm.probabilities",
    "Discriminator-Dense": "discriminator.dense",
    "Discriminator-Prediction": "discriminator.probabilities",
    "Output-Norm": "norm",
    "LM-Activation": "lm.probabilities",
    "LM-Proba": "lm.probabilities",  # until bert4keras 0.7.2
    "Encoder-Output-Norm": "encoder.norm",
    "Decoder-Output-Norm": "decoder.norm",
    "Decoder-Output-Scale": "decoder.scaled",
    "Decoder-Output-LM": "lm.probabilities",
    "Decoder-Output-LM-Activation": "lm.probabilities",
}

BLOCK = re.compile(r"(Encoder-|Decoder-)?Transformer-(?:([0-9]+)-)?([A-Za-z]+)(-Norm|-Norm-0|-Norm-1|-Add)?$")
PARTS = {
    "MultiHeadSelfAttention": "attention",
    "MultiHeadCrossAttention": "cross",
    "GatedAttentionUnit": "attention",
    "FeedForward": "feedforward",
}


def points(model, kind, prefix=""):
    """Pairs of a point's name and its tensor, for every layer whose output a reference records."""
    # A sum is a point of its own where a later layer adds to it, and not only a norm's input.
    has_sums = kind.startswith(("gpt2", "t5", "mt5"))
    is_counted_from_1 = counts_from_1(model)
    for layer in model.layers:
        name = layer.name[len(prefix) :]
        if is_counted_from_1:
            name = name_since_0_5_9(name, calls(layer))
        # A shared layer has one output for each call; of a decoder, the last call is that of the whole T5.
        outputs = [first(layer.get_output_at(call)) for call in range(calls(layer))]
        match = BLOCK.match(name)
        if name in POINTS:
            yield POINTS[name], outputs[-1]
        elif match and match.group(3) in PARTS and (match.group(4) != "-Add" or has_sums):
            blocks = [int(match.group(2))] if match.group(2) else range(len(outputs))
            for block, output in zip(blocks, [outputs[-1]] if match.group(2) else outputs):
                yield block_point(match, block), output
        elif name == "Embedding-Position" and kind in ["gpt", "gpt2"]:
            yield "embedding.sum", outputs[-1]
        elif name == "Embedding-Token" and kind.startswith(("t5", "mt5")):
            # Calls: the encoder's, the separate decoder's (and its head's), then those of the whole model.
            if not kind.endswith("_decoder"):
                yield "encoder.embedding.token", outputs[0]
            if not kind.endswith("_encoder"):
                yield "decoder.embedding.token", [o for o in outputs if int(o.shape[-1]) != layer.input_dim][-1]
        if name == "Embedding-Token":
            logits = [o for o in outputs if int(o.shape[-1]) == layer.input_dim]
            if logits and kind == "roformer_v2":
                yield "mlm.logits", logits[-1]
            elif logits and kind.startswith(("gpt", "t5")):
                yield "lm.logits", logits[-1]
        if name == "Decoder-Output-LM" and activation(layer) == "softmax":
            yield "lm.logits", unactivated(layer)


def head_points(model, prefix=""):
    """Pairs of a point's name and its tensor, for what stands on the transformer: `head.dense.0`, `head.logits`, `head.probabilities`.

    The places that GlobalPointer hides hold 0 in a reference, and not minus infinity.
    """
    import bert4keras.backend

    keras = bert4keras.backend.keras
    layers = [layer for layer in model.layers if layer.weights]
    names = [layer.name[len(prefix) :] for layer in layers]
    own = [name in POINTS or name.startswith("Embedding-") or BLOCK.match(name) is not None for name in names]
    head = layers[max([index for index, is_own in enumerate(own) if is_own], default=-1) + 1 :]
    dense = [layer for layer in head if isinstance(layer, keras.layers.Dense)]
    for number, layer in enumerate(dense[:-1]):
        yield "head.dense.%d" % number, layer.output
    if dense and activation(dense[-1]) != "linear":
        yield "head.logits", unactivated(dense[-1])
        yield "head.probabilities", dense[-1].output
    elif dense:
        yield "head.logits", dense[-1].output
    for layer in head:
        if "GlobalPointer" in type(layer).__name__:
            inner = layer.p_dense if hasattr(layer, "p_dense") else layer.dense
            yield "head.projection", inner(layer.input)
            finite = keras.layers.Lambda(lambda x: finite_or_0(x), name="Head-Finite")
            yield "head.logits", finite(layer.output)


def finite_or_0(values):
    """The values, with 0 in the place of an infinity."""
    import tensorflow

    return tensorflow.where(tensorflow.math.is_finite(values), values, tensorflow.zeros_like(values))


def counts_from_1(model):
    """Whether the blocks are counted from 1, as until bert4keras 0.5.8."""
    names = [layer.name for layer in model.layers]
    return "Transformer-0-FeedForward" not in names and (
        "Encoder-1-FeedForward" in names or "Transformer-1-FeedForward" in names
    )


def name_since_0_5_9(name, calls):
    """What a layer that was called so often has been called since bert4keras 0.5.9; a block that all share has no number."""
    match = re.match(r"(?:Encoder|Transformer)-([0-9]+)-(.*)$", name)
    if not match:
        return name
    return "Transformer-" + ("" if calls > 1 else "%d-" % (int(match.group(1)) - 1)) + match.group(2)


def block_point(match, block):
    """The name of a point inside a block."""
    half, _, part, role = match.groups()
    prefix = (half or "").lower().replace("-", ".") + "block.%d." % block
    if role == "-Norm-1":  # GPT2_ML has two norms behind its attention: before and after the feed-forward layers
        return prefix + "norm"
    suffix = {None: "output", "-Add": "sum"}.get(role, "norm")
    return prefix + "%s.%s" % (PARTS[part], suffix)


def activation(layer):
    """The name of a layer's activation."""
    return layer.get_config().get("activation")


def unactivated(layer):
    """The output of a layer like this one, with the same weights, and without an activation."""
    twin = type(layer).from_config(dict(layer.get_config(), activation="linear", name=layer.name + "-Logits"))
    output = twin(layer.get_input_at(calls(layer) - 1))
    twin.set_weights(layer.get_weights())
    return output


def calls(layer):
    """How often a layer has been called."""
    nodes = getattr(layer, "_inbound_nodes", None)
    return len(layer.inbound_nodes if nodes is None else nodes)


def first(output):
    """The output of a layer without what it returns beside it, such as attention scores."""
    return output[0] if isinstance(output, (list, tuple)) else output


# The inputs


# What the inputs of the Keras models are called in a reference.
INPUTS = {
    "Input-Token": "token_ids",
    "Input-Segment": "segment_ids",
    "Input-Position": "position_ids",
    "Input-Condition": "condition",
    "Input-Context": "context",
    "Encoder-Input-Token": "token_ids",
    "Decoder-Input-Token": "decoder_token_ids",
}


def read_inputs(path):
    """Batches of token ids and other inputs from a JSON file; segment ids are zeros where it has none."""
    batches = read_json(path)
    try:
        for batch in batches:
            if "token_ids" in batch and not batch.get("segment_ids"):
                batch["segment_ids"] = zeros(batch["token_ids"])
            if not set(batch) <= set(INPUTS.values()) | set(["only"]):
                raise Refusal("%s: a batch has members beyond %s." % (path, ", ".join(sorted(INPUTS.values()))))
    except (AttributeError, KeyError, TypeError):
        raise Refusal('%s is not a list of {"token_ids": [[...], ...], "segment_ids": [[...], ...]}.' % path)
    return batches


def read_texts(path, vocabulary, lower_case, cuts_words=False):
    """Batches of token ids from texts, padded with zeros to the longest of each batch."""
    tokenizer = open_tokenizer(vocabulary, lower_case, cuts_words)
    with open(path, encoding="utf-8") as file:
        groups = re.split(r"\n\s*\n", file.read().strip("\n"))
    batches = []
    for group in groups:
        texts = [line.split("\t", 1) for line in group.split("\n")]
        rows = [tokenizer.encode(*[tokens(tokenizer, text) for text in pair]) for pair in texts]
        length = max(len(token_ids) for token_ids, _ in rows)
        batches.append(
            {
                "token_ids": [pad(token_ids, length) for token_ids, _ in rows],
                "segment_ids": [pad(segment_ids, length) for _, segment_ids in rows],
                "text": texts,
            }
        )
    return batches


def open_tokenizer(vocabulary, lower_case, cuts_words):
    """The tokenizer of a vocab.txt, or of a SentencePiece model."""
    from bert4keras.tokenizers import SpTokenizer, Tokenizer

    options = {}
    if cuts_words:
        import jieba

        options["pre_tokenize"] = lambda text: jieba.lcut(text, HMM=False)
    if vocabulary.endswith(".model"):
        return SpTokenizer(vocabulary, token_start=None, token_end="</s>", **options)
    tokenizer = Tokenizer(vocabulary, do_lower_case=lower_case, **options)
    for token in ["[UNK]", "[CLS]", "[SEP]"]:
        if token not in tokenizer._token_dict:
            raise Refusal("%s has no %s. Is it the vocab.txt of this model?" % (vocabulary, token))
    return tokenizer


def recorded_texts(texts):
    """The array of a batch's texts: a JSON list with a text or a pair for each row, in UTF-8; None where ids have no text.

    Special tokens but [MASK] are no text to a tokenizer.
    """
    import numpy

    if any(re.search(r"\[(?:PAD|UNK|CLS|SEP)\]", text) for pair in texts for text in pair):
        return None
    rows = [pair[0] if len(pair) == 1 else pair for pair in texts]
    return numpy.frombuffer(json.dumps(rows, ensure_ascii=False).encode("utf-8"), "uint8")


def tokens(tokenizer, text):
    """The tokens of a text between [CLS] and [SEP]; tokens such as [MASK] in it stay whole, in upper case."""
    if not hasattr(tokenizer, "_token_dict"):  # of a SentencePiece model
        return tokenizer.tokenize(text)
    found = []
    for number, part in enumerate(re.split(r"(\[(?:PAD|UNK|CLS|SEP|MASK)\])", text)):
        found += [part] if number % 2 else tokenizer._tokenize(part)
    return ["[CLS]"] + found + ["[SEP]"]


def random_inputs(seed, config):
    """Two batches of made-up token ids: a short one, and one of three lengths, with padding."""
    import numpy

    random = numpy.random.RandomState(seed)
    longest = min(config.get("max_position") or config.get("max_position_embeddings") or 512, 32)
    batches = []
    for lengths in [[min(7, longest)], [longest, longest // 2 + 1, longest // 4 + 1]]:
        token_ids = [pad(random.randint(1, config["vocab_size"], n).tolist(), max(lengths)) for n in lengths]
        segments = max(config.get("type_vocab_size", 2), 1)
        segment_ids = [pad(sorted(random.randint(0, segments, n).tolist()), max(lengths)) for n in lengths]
        batches.append({"token_ids": token_ids, "segment_ids": segment_ids})
    return batches


def erases_padding(version):
    """Whether this bert4keras erases what attention gives at padding itself; since 0.10.3 it does not, nor does Ingot."""
    return tuple(int(part) for part in version.split(".")) < (0, 10, 3)


def rows_alone(batches):
    """Each row as a batch of its own, without the zeros behind it: then nothing is padding."""
    alone = []
    for batch in batches:
        names = [name for name in INPUTS.values() if name in batch]
        for number in range(len(batch[names[0]])):
            row = {name: batch[name][number] for name in names}
            for ids, others in [("token_ids", ["segment_ids", "position_ids"]), ("decoder_token_ids", [])]:
                if ids in row:
                    length = max(place + 1 for place, token in enumerate(row[ids]) if token or place == 0)
                    if 0 in row[ids][1:length]:
                        raise Refusal(
                            "This bert4keras erases what attention gives at token 0, which later ones and Ingot do not: "
                            "give rows without it."
                        )
                    for name in [ids] + [name for name in others if name in row]:
                        row[name] = row[name][:length]
            if "text" in batch:
                row["text"] = batch["text"][number]
            alone.append(dict({name: [value] for name, value in row.items()}, **{n: batch[n] for n in ["only"] if n in batch}))
    return alone


def pad(row, length):
    """The row, with zeros to `length`."""
    return row + [0] * (length - len(row))


def zeros(rows):
    """Zeros in the shape of `rows`."""
    return [[0] * len(row) for row in rows]


# The reference


def record(model, kind, batches, skipped=(), prefix=""):
    """Run the batches and return the arrays of the reference, by name."""
    import bert4keras.backend
    import numpy

    found = list(points(model, kind, prefix)) + list(head_points(model, prefix))
    watched = [(point, output) for point, output in found if point not in skipped]
    observed = bert4keras.backend.keras.models.Model(model.inputs, [output for _, output in watched])
    inputs = [INPUTS[name[len(prefix) :]] for name in model.input_names]
    if "context" in inputs:  # a decoder alone has one sequence of tokens
        inputs = ["token_ids" if name == "decoder_token_ids" else name for name in inputs]
    arrays = {}
    for number, batch in enumerate(batches):
        missing = [name for name in inputs if name not in batch]
        if missing:
            raise Refusal("Batch %d has no %s, which this model takes. Give it with --inputs." % (number, missing[0]))
        values = [numpy.array(batch[name]) for name in inputs]
        values = [value.astype("int32" if value.dtype.kind == "i" else "float32") for value in values]
        for name, value in zip(inputs, values):
            arrays["%d/input/%s" % (number, name)] = value
        texts = recorded_texts(batch["text"]) if "text" in batch else None
        if texts is not None:
            arrays["%d/input/text" % number] = texts
        outputs = observed.predict(values, verbose=0)
        for (point, _), output in zip(watched, outputs):
            if not numpy.isfinite(output).all():
                raise Refusal("%s has values that are no numbers: the model gives no answer here either." % point)
            if point in batch.get("only", [point]):
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


def check(config, kind, batches):
    """Refuse what would fail deep inside TensorFlow, or not at all."""
    for name in ["vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size"]:
        if name not in config:
            raise Refusal("The configuration has no %s." % name)
    if config["hidden_size"] % config["num_attention_heads"] and "attention_head_size" not in config:
        raise Refusal("num_attention_heads does not divide hidden_size in the configuration.")
    longest = config.get("max_position") or config.get("max_position_embeddings") or 512
    # Positions limit the length where they are learned one by one.
    has_limit = kind in ["bert", "roberta", "albert", "albert_unshared", "electra", "gpt", "gpt2", "gpt2_ml"]
    has_limit = has_limit and not config.get("hierarchical_position") and not config.get("custom_position_ids")
    for number, batch in enumerate(batches):
        for names in [["token_ids", "segment_ids", "position_ids"], ["decoder_token_ids"]]:
            given = [batch[name] for name in names if name in batch]
            widths = set(len(row) for rows in given for row in rows)
            if len(widths) > 1 or len(set(len(rows) for rows in given)) > 1:
                raise Refusal("The rows of batch %d differ in length; pad them with 0." % number)
            if has_limit and max(widths or [0]) > longest:
                raise Refusal(
                    "Batch %d has %d tokens a row; the model has %d positions." % (number, max(widths), longest)
                )
        tokens = batch.get("token_ids", []) + batch.get("decoder_token_ids", [])
        if not all(0 <= token < config["vocab_size"] for row in tokens for token in row):
            raise Refusal("Batch %d has token ids outside 0..<%d." % (number, config["vocab_size"]))


def parse(arguments):
    """The command line."""
    summary, _, details = __doc__.partition("\n\n")
    parser = argparse.ArgumentParser(
        description=summary, epilog=details, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--config", required=True, help="the model's bert_config.json")
    parser.add_argument("--weights", help="HDF5 weights, or the prefix of a TensorFlow checkpoint")
    parser.add_argument("--saved", help="a model that `save` wrote as a whole, in the place of --weights")
    parser.add_argument("--labels", help="the names of the labels of its head, a line each, for --saved and --texts")
    parser.add_argument("--output", required=True, help="the reference to write (.npz)")
    parser.add_argument("--precision", choices=["float32", "float64"], default="float32")
    parser.add_argument("--model", default="bert", help="as given to build_transformer_model; default bert")
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
    parser.add_argument("--with-discriminator", action="store_true", help="the ELECTRA has its discriminator")
    parser.add_argument("--condition-size", type=int, help="the width of the vector of conditional layer norms")
    parser.add_argument("--condition-hidden-size", type=int, help="as given to layer_norm_cond_hidden_size")
    parser.add_argument("--condition-activation", help="as given to layer_norm_cond_hidden_act")
    parser.add_argument("--prefix", default="", help="as given to build_transformer_model: before the names of layers")
    parser.add_argument("--gelu", choices=["erf", "tanh"], default="erf", help="as given to set_gelu; default erf")
    parser.add_argument("--vocabulary", help="vocab.txt or a SentencePiece model, for --texts")
    parser.add_argument("--jieba", action="store_true", help="texts are cut by jieba.lcut(text, HMM=False) first")
    parser.add_argument("--lower-case", action="store_true", help="the tokenizer lower-cases (do_lower_case=True)")
    parser.add_argument("--skip", action="append", default=[], metavar="POINT", help="leave out a large point")
    inputs = parser.add_mutually_exclusive_group()
    inputs.add_argument("--texts", help="a file of texts")
    inputs.add_argument("--inputs", help="a JSON file of token ids")
    inputs.add_argument("--random", type=int, default=0, metavar="SEED", help="made-up token ids (the default)")
    parsed = parser.parse_args(arguments)
    if parsed.texts and not parsed.vocabulary:
        parser.error("--texts needs --vocabulary")
    if bool(parsed.weights) == bool(parsed.saved):
        parser.error("give --weights or --saved, one of them")
    if parsed.labels and not (parsed.saved and parsed.texts):
        parser.error("--labels needs --saved and --texts")
    return parsed


def run(arguments):
    """Record one reference, as the command line says."""
    import numpy

    config = read_json(arguments.config)
    bert4keras = import_bert4keras(arguments.precision)
    if arguments.saved:
        model = load_saved(arguments.saved)
    else:
        transformer = build_model(bert4keras, arguments)
        model = transformer.model
    if arguments.texts:
        batches = read_texts(arguments.texts, arguments.vocabulary, arguments.lower_case, arguments.jieba)
    elif arguments.inputs:
        batches = read_inputs(arguments.inputs)
    else:
        batches = random_inputs(arguments.random, config)
        if not erases_padding(bert4keras.__version__):
            batches[1]["token_ids"][0][len(batches[1]["token_ids"][0]) // 2] = 0  # padding inside
        if "Encoder-Input-Token" in model.input_names:
            for batch in batches:
                batch["decoder_token_ids"] = [[0] + row[:-1] for row in batch["token_ids"]]
    check(config, arguments.model, batches)
    if erases_padding(bert4keras.__version__):
        batches = rows_alone(batches)
    if not arguments.saved:
        load_weights(transformer, arguments.weights)
    arrays = record(model, arguments.model, batches, arguments.skip, arguments.prefix)
    if arguments.labels:
        with open(arguments.labels, encoding="utf-8") as file:
            labels = [line.strip() for line in file if line.strip()]
        tokenizer = open_tokenizer(arguments.vocabulary, arguments.lower_case, arguments.jieba)
        for number, batch in enumerate(batches):
            arrays["%d/point/head.answers" % number] = head_answers(model, batch, tokenizer, labels)
    with open(arguments.output, "wb") as file:
        about = describe(bert4keras, arguments.precision, arguments.weights or arguments.saved)
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
