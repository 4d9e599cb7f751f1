"""Runs the model of make_onnx.py in one peer for every line `batch length runs` on standard input, and answers with the
seconds that each run took.

usage: peers.py PEER FOLDER HEADS THREADS OUTPUT
PEER is one of onnxruntime, openvino, torch, ctranslate2 and products: the last multiplies the weights of the dense layers by
activations, by PyTorch, and does nothing else. The outputs of the last run are written to OUTPUT.
"""

import json
import os
import pathlib
import sys
import time

import numpy as np


def token_ids(batch, length, vocabulary):
    """Tokens spread over the vocabulary, none of them padding; Ingot's program makes the same ones."""
    return 1 + np.arange(batch * length).reshape(batch, length) * 7919 % (vocabulary - 1)


def weights_of(folder):
    """Maps the tensors of bert.safetensors."""
    path = folder / "bert.safetensors"
    with open(path, "rb") as file:
        size = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(size))
    data = np.memmap(path, np.uint8, "c", offset=8 + size)
    return {name: data[slice(*entry["data_offsets"])].view(np.float32).reshape(entry["shape"])
            for name, entry in header.items()}


class ONNXRuntime:
    def __init__(self, folder, heads, threads):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(
            str(folder / "bert.onnx"), options, providers=["CPUExecutionProvider"])

    def run(self, ids):
        feed = {"token_ids": ids, "segment_ids": np.zeros_like(ids), "positions": np.arange(ids.shape[1])}
        return self.session.run(None, feed)[0]


class OpenVINO:
    def __init__(self, folder, heads, threads):
        import openvino

        # Without the hint of precision, processors that have bfloat16 compute in it.
        hints = {"INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"}
        self.request = openvino.Core().compile_model(folder / "bert.onnx", "CPU", hints).create_infer_request()

    def run(self, ids):
        feed = {"token_ids": ids, "segment_ids": np.zeros_like(ids), "positions": np.arange(ids.shape[1])}
        return self.request.infer(feed)[0]


class PyTorch:
    def __init__(self, folder, heads, threads):
        import torch

        torch.set_num_threads(threads)
        self.torch, self.heads = torch, heads
        self.weights = {name: torch.from_numpy(values.copy()) for name, values in weights_of(folder).items()}
        self.blocks = sum(name.endswith("attention.query.weight") for name in self.weights)

    def linear(self, name, x):
        return self.torch.nn.functional.linear(x, self.weights[f"{name}.weight"], self.weights[f"{name}.bias"])

    def norm(self, name, x):
        gamma, beta = self.weights[f"{name}.gamma"], self.weights[f"{name}.beta"]
        return self.torch.nn.functional.layer_norm(x, gamma.shape, gamma, beta, 1e-12)

    def run(self, ids):
        torch = self.torch
        with torch.inference_mode():
            ids = torch.from_numpy(ids)
            x = self.weights["embedding.token.weight"][ids] + self.weights["embedding.segment.weight"][0]
            x = self.norm("embedding.norm", x + self.weights["embedding.position.weight"][: ids.shape[1]])
            for block in range(self.blocks):
                at = f"block.{block}.attention"
                q, k, v = (
                    self.linear(f"{at}.{part}", x).unflatten(-1, (self.heads, -1)).transpose(1, 2)
                    for part in ("query", "key", "value"))
                y = torch.nn.functional.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)
                x = self.norm(f"{at}.norm", x + self.linear(f"{at}.output", y))
                at = f"block.{block}.feedforward"
                y = torch.nn.functional.gelu(self.linear(f"{at}.intermediate", x))
                x = self.norm(f"{at}.norm", x + self.linear(f"{at}.output", y))
            return x.numpy()


class Products(PyTorch):
    """The dense layers alone: what the products of a pass take when nothing else is done."""

    def run(self, ids):
        torch = self.torch
        with torch.inference_mode():
            x = torch.full((ids.size, self.weights["embedding.norm.gamma"].shape[0]), 0.5)
            for block in range(self.blocks):
                for part in ("query", "key", "value", "output"):
                    self.linear(f"block.{block}.attention.{part}", x)
                y = self.linear(f"block.{block}.feedforward.intermediate", x)
                self.linear(f"block.{block}.feedforward.output", y)
            return np.zeros(0, np.float32)


class CTranslate2:
    def __init__(self, folder, heads, threads):
        import ctranslate2

        if not (folder / "ctranslate2").exists():
            self.convert(folder, heads)
        self.ctranslate2 = ctranslate2
        self.encoder = ctranslate2.Encoder(
            str(folder / "ctranslate2"), compute_type="float32", inter_threads=1, intra_threads=threads)

    def convert(self, folder, heads):
        from ctranslate2.specs import common_spec, transformer_spec

        weights = weights_of(folder)
        blocks = sum(name.endswith("attention.query.weight") for name in weights)
        encoder = transformer_spec.TransformerEncoderSpec(
            blocks, heads, pre_norm=False, activation=common_spec.Activation.GELU, layernorm_embedding=True,
            num_source_embeddings=2, embeddings_merge=common_spec.EmbeddingsMerge.ADD)

        def linear(spec, *names):
            spec.weight = np.concatenate([weights[f"{name}.weight"] for name in names])
            spec.bias = np.concatenate([weights[f"{name}.bias"] for name in names])

        def norm(spec, name):
            spec.gamma, spec.beta = weights[f"{name}.gamma"], weights[f"{name}.beta"]

        encoder.scale_embeddings = False
        encoder.embeddings[0].weight = weights["embedding.token.weight"]
        encoder.embeddings[1].weight = weights["embedding.segment.weight"]
        encoder.position_encodings.encodings = weights["embedding.position.weight"]
        norm(encoder.layernorm_embedding, "embedding.norm")
        for block, spec in enumerate(encoder.layer):
            at = f"block.{block}"
            linear(spec.self_attention.linear[0], *(f"{at}.attention.{part}" for part in ("query", "key", "value")))
            linear(spec.self_attention.linear[1], f"{at}.attention.output")
            norm(spec.self_attention.layer_norm, f"{at}.attention.norm")
            linear(spec.ffn.linear_0, f"{at}.feedforward.intermediate")
            linear(spec.ffn.linear_1, f"{at}.feedforward.output")
            norm(spec.ffn.layer_norm, f"{at}.feedforward.norm")
        model = transformer_spec.TransformerEncoderModelSpec(encoder)
        model.config.unk_token, model.config.layer_norm_epsilon = "[0]", 1e-12
        model.register_vocabulary([f"[{index}]" for index in range(len(weights["embedding.token.weight"]))])
        model.validate()
        (folder / "ctranslate2").mkdir()
        model.save(str(folder / "ctranslate2"))

    def run(self, ids):
        return np.array(self.encoder.forward_batch(ids.tolist()).last_hidden_state)


PEERS = {"onnxruntime": ONNXRuntime, "openvino": OpenVINO, "torch": PyTorch, "ctranslate2": CTranslate2, "products": Products}


def main():
    peer, folder, heads, threads, output = sys.argv[1:]
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints is no answer
    folder = pathlib.Path(folder)
    vocabulary = len(weights_of(folder)["embedding.token.weight"])
    model = PEERS[peer](folder, int(heads), int(threads))
    for line in sys.stdin:
        batch, length, runs = map(int, line.split())
        ids, seconds = token_ids(batch, length, vocabulary), []
        for _ in range(runs):
            start = time.perf_counter()
            values = model.run(ids)
            seconds.append(time.perf_counter() - start)
        pathlib.Path(output).write_bytes(values.astype(np.float32).tobytes())
        print(*seconds, file=answers, flush=True)


if __name__ == "__main__":
    main()
