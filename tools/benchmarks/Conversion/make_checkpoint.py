"""Makes the weights of a BERT of random numbers, as bert4keras saves them in an .h5 or as variables of Google's code elsewhere.

usage: make_checkpoint.py FOLDER [--container h5|npz|safetensors|ckpt] [--blocks 12] [--width 768]
Twelve blocks of width 768 are the encoder of BERT-base with 407 MB. There are two ways to 4 GB: 140 blocks, eleven times as many
tensors of the same size; or a width of 2560, as many tensors, each ten times as large. All blocks have the same numbers, which
makes no difference to anyone who reads them. The package versions stand in requirements.txt; a TensorFlow checkpoint (ckpt) needs
those of requirements-tensorflow.txt.
"""

import argparse
import json
import pathlib
import zipfile

import numpy as np

V, P, S = 21128, 512, 2


def norm(width):
    return [("beta", (width,)), ("gamma", (width,))]


def dense(inputs, outputs, name=""):
    return [(f"{name}kernel", (inputs, outputs)), (f"{name}bias", (outputs,))]


# Layers of bert4keras, and their weights: (name in the file, shape).
def embeddings(width):
    return {
        "Embedding-Token": [("embeddings", (V, width))],
        "Embedding-Segment": [("embeddings", (S, width))],
        "Embedding-Position": [("embeddings", (P, width))],
        "Embedding-Norm": norm(width),
    }


def block(width):
    return {
        "MultiHeadSelfAttention": sum(
            (dense(width, width, f"dense{suffix}/") for suffix in ("", "_1", "_2", "_3")), []),
        "MultiHeadSelfAttention-Norm": norm(width),
        "FeedForward": dense(width, 4 * width, "dense/") + dense(4 * width, width, "dense_1/"),
        "FeedForward-Norm": norm(width),
    }


# Variable of Google's code for each weight of a layer.
GOOGLE_BEFORE = {
    "Embedding-Token": ["bert/embeddings/word_embeddings"],
    "Embedding-Segment": ["bert/embeddings/token_type_embeddings"],
    "Embedding-Position": ["bert/embeddings/position_embeddings"],
    "Embedding-Norm": ["bert/embeddings/LayerNorm/beta", "bert/embeddings/LayerNorm/gamma"],
}
GOOGLE_BLOCK = {
    "MultiHeadSelfAttention": [
        f"attention/{part}/{name}" for part in ("self/query", "self/key", "self/value", "output/dense")
        for name in ("kernel", "bias")],
    "MultiHeadSelfAttention-Norm": ["attention/output/LayerNorm/beta", "attention/output/LayerNorm/gamma"],
    "FeedForward": ["intermediate/dense/kernel", "intermediate/dense/bias", "output/dense/kernel", "output/dense/bias"],
    "FeedForward-Norm": ["output/LayerNorm/beta", "output/LayerNorm/gamma"],
}


def layers(blocks, width):
    """Every layer that has weights: its name, and for each weight its bert4keras name, Google's name and its numbers."""
    random = np.random.default_rng(0)

    def numbers(shape):
        return random.standard_normal(shape, np.float32) * np.float32(0.02)

    for layer, weights in embeddings(width).items():
        yield layer, [(name, google, numbers(shape)) for (name, shape), google in zip(weights, GOOGLE_BEFORE[layer])]
    one = {layer: [(name, numbers(shape)) for name, shape in weights] for layer, weights in block(width).items()}
    for index in range(blocks):
        for layer, weights in one.items():
            yield f"Transformer-{index}-{layer}", [
                (name, f"bert/encoder/layer_{index}/{google}", values)
                for (name, values), google in zip(weights, GOOGLE_BLOCK[layer])]


def write_h5(path, layers):
    import h5py

    with h5py.File(path, "w", libver="earliest") as file:
        file.attrs["backend"] = b"tensorflow"
        file.attrs["keras_version"] = b"2.3.1"
        names = []
        for layer, weights in layers:
            names.append(layer.encode())
            group = file.create_group(layer)
            group.attrs["weight_names"] = [f"{layer}/{name}:0".encode() for name, _, _ in weights]
            for name, _, values in weights:
                group.create_dataset(f"{layer}/{name}:0", data=values)
        file.attrs["layer_names"] = names


def variables(layers):
    for _, weights in layers:
        for _, google, values in weights:
            yield google, values


def write_npz(path, layers):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, values in variables(layers):
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, values)


def write_safetensors(path, layers):
    from safetensors.numpy import save_file

    save_file(dict(variables(layers)), path)


def write_ckpt(path, layers):
    import tensorflow as tf

    names, values = zip(*variables(layers))
    tf.raw_ops.SaveV2(
        prefix=str(path), tensor_names=list(names), shape_and_slices=[""] * len(names), tensors=[tf.constant(v) for v in values])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--container", choices=["h5", "npz", "safetensors", "ckpt"], default="h5")
    parser.add_argument("--blocks", type=int, default=12)
    parser.add_argument("--width", type=int, default=768)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    write = {"h5": write_h5, "npz": write_npz, "safetensors": write_safetensors, "ckpt": write_ckpt}[options.container]
    write(options.folder / f"weights.{options.container}", layers(options.blocks, options.width))
    configuration = {
        "vocab_size": V, "hidden_size": options.width, "num_attention_heads": options.width // 64,
        "intermediate_size": 4 * options.width,
        "num_hidden_layers": options.blocks, "max_position_embeddings": P, "type_vocab_size": S, "hidden_act": "gelu"}
    (options.folder / "bert_config.json").write_text(json.dumps(configuration))


if __name__ == "__main__":
    main()
