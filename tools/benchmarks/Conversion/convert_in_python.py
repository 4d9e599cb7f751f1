"""Converts a checkpoint to safetensors as one does it in Python today: h5py or NumPy, transpose, save_file; no digests, no sync.

usage: convert_in_python.py weights.h5|weights.npz output.safetensors
"""

import sys

import numpy as np
from safetensors.numpy import save_file


def weights(path):
    if path.endswith(".npz"):
        with np.load(path) as archive:
            yield from archive.items()
        return
    import h5py

    with h5py.File(path, "r") as file:
        for layer in file.attrs["layer_names"]:
            for name in file[layer].attrs["weight_names"]:
                yield f"{layer}/{name}", file[layer][name][()]


def canonical(name, values):
    is_matrix = name.endswith(("kernel", "kernel:0"))
    return np.ascontiguousarray(values.T) if is_matrix else values


save_file({name: canonical(name, values) for name, values in weights(sys.argv[1])}, sys.argv[2])
