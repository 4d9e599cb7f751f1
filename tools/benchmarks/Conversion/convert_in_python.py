"""Converts a checkpoint as one does it in Python today: h5py or NumPy, transpose, save_file; no digests, no sync.

usage: convert_in_python.py weights.h5|weights.npz|weights.safetensors|weights.ckpt output.safetensors
A TensorFlow checkpoint is only loaded, by TensorFlow, and nothing is written. Prints the seconds without those of the imports.
"""

import sys
import time

import numpy as np


def weights(path):
    if path.endswith(".npz"):
        with np.load(path) as archive:
            yield from archive.items()
        return
    if path.endswith(".safetensors"):
        with safe_open(path, "np") as file:
            for name in file.keys():
                yield name, file.get_tensor(name)
        return

    with h5py.File(path, "r") as file:
        for layer in file.attrs["layer_names"]:
            for name in file[layer].attrs["weight_names"]:
                yield f"{layer}/{name}", file[layer][name][()]


def canonical(name, values):
    is_matrix = name.endswith(("kernel", "kernel:0"))
    return np.ascontiguousarray(values.T) if is_matrix else values


def load_by_tensorflow(path):
    reader = tf.train.load_checkpoint(path)
    for name in reader.get_variable_to_shape_map():
        reader.get_tensor(name)


source, output = sys.argv[1:]
is_tensorflow = source.endswith(".ckpt")
if is_tensorflow:
    import tensorflow as tf
else:
    import h5py
    from safetensors import safe_open
    from safetensors.numpy import save_file
start = time.perf_counter()
if is_tensorflow:
    load_by_tensorflow(source)
else:
    save_file({name: canonical(name, values) for name, values in weights(source)}, output)
print(time.perf_counter() - start)
