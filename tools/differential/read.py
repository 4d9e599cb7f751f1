"""Answers lines `SUBJECT PATH` by lines of JSON: what the program that a container belongs to reads of a file.

`{"tensors": {NAME: "TYPE EXTENTS SHA-256"}}` with the digest of the little-endian row-major bytes, or `{"problem": …}`.
"""

import hashlib
import io
import json
import os
import resource
import signal
import sys
import warnings
import zipfile

import numpy

LARGEST = 64 << 20
"""Tensors of more bytes are passed over."""


def main():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (16 << 30, 16 << 30))
    warnings.simplefilter("ignore")
    for line in sys.stdin:
        subject, path = line.rstrip("\n").split(" ", 1)
        print(json.dumps(in_a_child(subject, path) if subject == "tensorflow" else answer(subject, path)), flush=True)


def answer(subject, path):
    try:
        return {"tensors": dict(READERS[subject](path))}
    except Exception as error:  # What a program says of a file that is none is not looked at.
        return {"problem": f"{type(error).__name__}: {error}"[:500]}


def in_a_child(subject, path):
    """The same by a child: TensorFlow ends the process for many files, and takes seconds to begin."""
    import_tensorflow()
    receiving, sending = os.pipe()
    child = os.fork()
    if child == 0:
        with os.fdopen(sending, "w") as pipe:
            json.dump(answer(subject, path), pipe)
        os._exit(0)
    os.close(sending)
    with os.fdopen(receiving) as pipe:
        text = pipe.read()
    _, status = os.waitpid(child, 0)
    return json.loads(text) if status == 0 else {"crash": signal.Signals(os.WTERMSIG(status)).name}


def value(array):
    """Type, extents and digest; none for what is no number."""
    name = "bfloat16" if array.dtype.name in ("void16", "bfloat16") else array.dtype.name
    if array.dtype.kind not in "biufcV" or array.dtype.kind == "V" and name != "bfloat16" or array.nbytes > LARGEST:
        return None
    data = array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes() if array.dtype.kind != "V" else array.tobytes()
    return f"{name} {','.join(map(str, array.shape))} {hashlib.sha256(data).hexdigest()}"


def each(names, get):
    """The values of the arrays that can be read."""
    for name in names:
        try:
            array = get(name)
            found = None if array is None else value(array)
        except Exception:
            continue
        if found:
            yield name, found


def hdf5(path):
    import h5py

    def walk(group, ancestors):
        for name in group:
            if group.get(name, getlink=True).__class__ is not h5py.HardLink:
                continue
            try:
                item = group[name]
            except Exception:
                continue
            if isinstance(item, h5py.Dataset):
                yield item.name, item
            elif isinstance(item, h5py.Group) and len(ancestors) < 32:
                address = h5py.h5o.get_info(item.id).addr
                if address not in ancestors:
                    yield from walk(item, ancestors | {address})

    with h5py.File(path, "r") as file:
        found = {}
        try:
            for name, dataset in walk(file, {h5py.h5o.get_info(file.id).addr}):
                found.setdefault(name, dataset)
        except Exception:
            pass

        def get(name):
            dataset = found[name]
            if dataset.shape is None or dataset.size * dataset.dtype.itemsize > LARGEST or dataset.is_virtual:
                return None
            return numpy.asarray(dataset[()])

        yield from each(found, get)


def keras(path):
    with zipfile.ZipFile(path) as archive:
        weights = archive.read("model.weights.h5")
    yield from hdf5(io.BytesIO(weights))


def npy(path):
    # A map shows the size before anything is allocated.
    array = numpy.load(path, mmap_mode="r", allow_pickle=False)
    yield from each(["array"], lambda _: array)


def npz(path):
    with numpy.load(path, allow_pickle=False) as archive:
        yield from each(archive.files, lambda name: archive[name] if isinstance(archive[name], numpy.ndarray) else None)


def of_torch(tensor):
    import torch

    if tensor.layout != torch.strided or tensor.is_quantized or tensor.numel() * tensor.element_size() > LARGEST:
        return None
    tensor = tensor.detach().resolve_conj().resolve_neg().contiguous()
    if tensor.dtype == torch.bfloat16:
        return tensor.view(torch.int16).numpy().view("V2")
    return tensor.numpy()


def safetensors(path):
    from safetensors import safe_open

    with safe_open(path, "pt") as file:
        yield from each(file.keys(), lambda name: of_torch(file.get_tensor(name)))


def pytorch(path):
    import torch

    found = {}

    def walk(item, way):
        if isinstance(item, torch.Tensor):
            found.setdefault(way, item)
        elif isinstance(item, dict):
            for key, child in item.items():
                if isinstance(key, (str, int)):
                    walk(child, f"{way}/{key}" if way else str(key))
        elif isinstance(item, (list, tuple)) and len(way) < 200:
            for number, child in enumerate(item):
                walk(child, f"{way}/{number}" if way else str(number))

    walk(torch.load(path, map_location="cpu", weights_only=True), "")
    yield from each(found, lambda name: of_torch(found[name]))


def import_tensorflow():
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    os.environ["CUDA_VISIBLE_DEVICES"] = ""
    import tensorflow

    return tensorflow


def tensorflow(path):
    reader = import_tensorflow().train.load_checkpoint(path[: -len(".index")])
    shapes = reader.get_variable_to_shape_map()

    def get(name):
        count = 1
        for extent in shapes[name]:
            count *= extent
        return numpy.asarray(reader.get_tensor(name)) if count * 16 <= LARGEST else None

    yield from each(shapes, get)


READERS = {
    "hdf5": hdf5, "npy": npy, "npz": npz, "safetensors": safetensors, "pytorch": pytorch, "tensorflow": tensorflow,
    "keras": keras}

if __name__ == "__main__":
    main()
