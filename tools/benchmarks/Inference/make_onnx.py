"""Writes a BERT encoder of any size, with seeded random weights, twice: as ONNX for all input shapes and as safetensors.

The graph is plain: Gather, Add, MatMul, LayerNormalization, Softmax and Gelu spelled with Erf, as exporters write it;
ONNX Runtime's own optimiser fuses what it can. Both files hold the same numbers; safetensors keeps linear
weights as [out, in] under Ingot's canonical names, ONNX as [in, out].

usage: make_onnx.py FOLDER [--blocks 12 --width 768 --heads 12 --feedforward 3072 --vocabulary 21128]
"""

import argparse
import json
import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


class Graph:
    """Nodes and initializers of an ONNX graph under construction, and the same weights for safetensors."""

    def __init__(self, seed):
        self.nodes, self.initializers, self.weights = [], [], {}
        self.random = np.random.default_rng(seed)

    def node(self, operator, *inputs, **attributes):
        output = f"{operator}.{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [output], **attributes))
        return output

    def constant(self, name, array):
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def weight(self, name, shape, center=0.0, transposed=False):
        values = (center + 0.02 * self.random.standard_normal(shape)).astype(np.float32)
        self.weights[name] = values
        return self.constant(name, values.T if transposed else values)

    def linear(self, name, x, inputs, outputs):
        product = self.node("MatMul", x, self.weight(f"{name}.weight", (outputs, inputs), transposed=True))
        return self.node("Add", product, self.weight(f"{name}.bias", (outputs,)))

    def norm(self, name, x, width):
        gamma, beta = self.weight(f"{name}.gamma", (width,), 1.0), self.weight(f"{name}.beta", (width,))
        return self.node("LayerNormalization", x, gamma, beta, axis=-1, epsilon=1e-12)


def build(options):
    """Returns the graph and its output for token ids and segment ids of shape [B, T] and positions of shape [T]."""
    width, heads = options.width, options.heads
    graph = Graph(seed=0)
    token = graph.weight("embedding.token.weight", (options.vocabulary, width))
    segment = graph.weight("embedding.segment.weight", (2, width))
    position = graph.weight("embedding.position.weight", (512, width))
    minus = graph.constant("hidden", np.array(-np.inf, np.float32))
    zero = graph.constant("padding", np.array(0, np.int64))
    root = graph.constant("root", np.array((width // heads) ** 0.5, np.float32))
    split = graph.constant("split", np.array([0, 0, heads, width // heads], np.int64))
    join = graph.constant("join", np.array([0, 0, width], np.int64))

    x = graph.node("Add", graph.node("Gather", token, "token_ids"), graph.node("Gather", segment, "segment_ids"))
    x = graph.node("Add", x, graph.node("Gather", position, "positions"))
    x = graph.norm("embedding.norm", x, width)
    blank = graph.node("Equal", "token_ids", zero)
    axes = graph.constant("axes", np.array([1, 2], np.int64))
    mask = graph.node("Where", graph.node("Unsqueeze", blank, axes), minus, graph.constant("seen", np.float32(0)))

    for block in range(options.blocks):
        at = f"block.{block}.attention"
        parts = {}
        for part, order in (("query", [0, 2, 1, 3]), ("key", [0, 2, 3, 1]), ("value", [0, 2, 1, 3])):
            y = graph.node("Reshape", graph.linear(f"{at}.{part}", x, width, width), split)
            parts[part] = graph.node("Transpose", y, perm=order)
        scores = graph.node("Div", graph.node("MatMul", parts["query"], parts["key"]), root)
        scores = graph.node("Softmax", graph.node("Add", scores, mask), axis=-1)
        y = graph.node("Transpose", graph.node("MatMul", scores, parts["value"]), perm=[0, 2, 1, 3])
        y = graph.linear(f"{at}.output", graph.node("Reshape", y, join), width, width)
        x = graph.norm(f"{at}.norm", graph.node("Add", x, y), width)

        at = f"block.{block}.feedforward"
        y = graph.linear(f"{at}.intermediate", x, width, options.feedforward)
        half, unit = graph.constant(f"{at}.half", np.float32(0.5)), graph.constant(f"{at}.one", np.float32(1))
        root2 = graph.constant(f"{at}.root", np.float32(2**0.5))
        erf = graph.node("Add", graph.node("Erf", graph.node("Div", y, root2)), unit)
        y = graph.node("Mul", graph.node("Mul", y, erf), half)
        y = graph.linear(f"{at}.output", y, options.feedforward, width)
        x = graph.norm(f"{at}.norm", graph.node("Add", x, y), width)
    return graph, x


def write_safetensors(path, weights):
    """Writes weights as safetensors, the offsets multiples of 64 where every tensor's size is."""
    ordered = sorted(weights.items(), key=lambda item: (item[1].nbytes % 64 != 0, item[0]))
    header, offset = {}, 0
    for name, values in ordered:
        header[name] = {"dtype": "F32", "shape": list(values.shape), "data_offsets": [offset, offset + values.nbytes]}
        offset += values.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-(8 + len(text)) % 64)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for _, values in ordered:
            file.write(values.tobytes())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    sizes = {"blocks": 12, "width": 768, "heads": 12, "feedforward": 3072, "vocabulary": 21128}
    for name, size in sizes.items():
        parser.add_argument(f"--{name}", type=int, default=size)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    graph, output = build(options)
    shapes = {"token_ids": ["batch", "length"], "segment_ids": ["batch", "length"], "positions": ["length"]}
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name, shape in shapes.items()]
    outputs = [helper.make_tensor_value_info(output, TensorProto.FLOAT, ["batch", "length", options.width])]
    model = helper.make_model(
        helper.make_graph(graph.nodes, "bert", inputs, outputs, graph.initializers),
        opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, options.folder / "bert.onnx")
    write_safetensors(options.folder / "bert.safetensors", graph.weights)


if __name__ == "__main__":
    main()
