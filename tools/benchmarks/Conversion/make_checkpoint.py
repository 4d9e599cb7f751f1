"""Makes the weights of a BERT of random numbers, as bert4keras saves them in an .h5 or as variables of Google's code in a .npz.

usage: make_checkpoint.py FOLDER --container h5|npz --blocks 12
Twelve blocks are the encoder of BERT-base with 407 MB; each further one adds 28.35 MB, so that 140 make 4 GB. All blocks have the same
numbers, which makes no difference to anyone who reads them. The package versions stand in requirements.txt.
"""

import argparse
import json
import pathlib
import zipfile

import numpy as np

H, F, V, P, S = 768, 3072, 21128, 512, 2
NORM = (("beta", (H,)), ("gamma", (H,)))


def dense(inputs, outputs):
    return (("kernel", (inputs, outputs)), ("bias", (outputs,)))


# Layer of bert4keras, and its weights: (name in the file, shape).
BEFORE = {
    "Embedding-Token": [("embeddings", (V, H))],
    "Embedding-Segment": [("embeddings", (S, H))],
    "Embedding-Position": [("embeddings", (P, H))],
    "Embedding-Norm": NORM,
}
BLOCK = {
    "MultiHeadSelfAttention": [
        (f"dense{suffix}/{name}", shape) for suffix in ("", "_1", "_2", "_3") for name, shape in dense(H, H)],
    "MultiHeadSelfAttention-Norm": NORM,
    "FeedForward": [
        *((f"dense/{name}", shape) for name, shape in dense(H, F)),
        *((f"dense_1/{name}", shape) for name, shape in dense(F, H))],
    "FeedForward-Norm": NORM,
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


def layers(blocks):
    """Every layer that has weights: its name, and for each weight its bert4keras name, Google's name and its numbers."""
    random = np.random.default_rng(0)

    def numbers(shape):
        return random.standard_normal(shape, np.float32) * np.float32(0.02)

    for layer, weights in BEFORE.items():
        yield layer, [(name, google, numbers(shape)) for (name, shape), google in zip(weights, GOOGLE_BEFORE[layer])]
    block = {layer: [(name, numbers(shape)) for name, shape in weights] for layer, weights in BLOCK.items()}
    for index in range(blocks):
        for layer, weights in block.items():
            yield f"Transformer-{index}-{layer}", [
                (name, f"bert/encoder/layer_{index}/{google}", values)
                for (name, values), google in zip(weights, GOOGLE_BLOCK[layer])]


def write_h5(path, blocks):
    import h5py

    with h5py.File(path, "w", libver="earliest") as file:
        file.attrs["backend"] = b"tensorflow"
        file.attrs["keras_version"] = b"2.3.1"
        names = []
        for layer, weights in layers(blocks):
            names.append(layer.encode())
            group = file.create_group(layer)
            group.attrs["weight_names"] = [f"{layer}/{name}:0".encode() for name, _, _ in weights]
            for name, _, values in weights:
                group.create_dataset(f"{layer}/{name}:0", data=values)
        file.attrs["layer_names"] = names


def write_npz(path, blocks):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for _, weights in layers(blocks):
            for _, google, values in weights:
                with archive.open(f"{google}.npy", "w", force_zip64=True) as member:
                    np.lib.format.write_array(member, values)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--container", choices=["h5", "npz"], default="h5")
    parser.add_argument("--blocks", type=int, default=12)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    {"h5": write_h5, "npz": write_npz}[options.container](
        options.folder / f"weights.{options.container}", options.blocks)
    configuration = {
        "vocab_size": V, "hidden_size": H, "num_attention_heads": 12, "intermediate_size": F,
        "num_hidden_layers": options.blocks, "max_position_embeddings": P, "type_vocab_size": S, "hidden_act": "gelu"}
    (options.folder / "bert_config.json").write_text(json.dumps(configuration))


if __name__ == "__main__":
    main()
