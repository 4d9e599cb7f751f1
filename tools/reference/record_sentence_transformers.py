#!/usr/bin/env python3
"""Record the vectors that a model of sentence-transformers gives, so that Ingot can prove that its own are the same.

Copy this one file into the environment in which the model runs (sentence-transformers 2.7 to 6.2) and run it there:

    python record_sentence_transformers.py --model all-MiniLM-L6-v2/ --texts texts.txt --output reference.float32.npz

It writes one `.npz`: the texts, their token ids as the model's tokenizer gives them (cut at its greatest length), the
vectors as the whole model gives them (`vector`), and for a BERT those of each pooling alone (`vector.cls`, `vector.mean`
...). `--precision float64` computes the same in double precision, from the same weights. Use one output file for each.

The texts are the lines of a file; an empty line begins the next batch. Formats/Reference.md of Ingot says what the
names mean.
"""

import argparse
import json
import os
import platform
import re

import numpy
import sentence_transformers
import torch
import transformers

# One thread adds up in one order, so that a file repeats.
torch.set_num_threads(1)


def read_texts(path):
    """The batches of texts of a file."""
    with open(path, encoding="utf-8") as file:
        return [group.split("\n") for group in re.split(r"\n\s*\n", file.read().strip("\n"))]


def load(folder, precision):
    """The model of a folder, on the processor and in a precision."""
    model = sentence_transformers.SentenceTransformer(folder, device="cpu")
    return model.to(getattr(torch, precision)).eval()


def tokenize(model, texts):
    """What the model reads of texts, padded to the longest."""
    name = "preprocess" if hasattr(model, "preprocess") else "tokenize"
    return getattr(model, name)(texts)


def run(model, texts):
    """The inputs of a batch and the vectors of its texts, by name."""
    features = tokenize(model, texts)
    inputs = {name: features[name] for name in ["input_ids", "attention_mask", "token_type_ids"] if name in features}
    with torch.no_grad():
        vector = model(dict(features))["sentence_embedding"]
        network = model[0].auto_model
        states = network(**inputs, output_hidden_states=True)
    mask = inputs["attention_mask"].unsqueeze(-1).to(vector.dtype)
    first, last = states.hidden_states[1], states.hidden_states[-1]

    def mean(tokens):
        return (tokens * mask).sum(1) / mask.sum(1)

    vectors = {
        "vector": vector,
        "vector.cls": last[:, 0],
        "vector.mean": mean(last),
        "vector.first-last-mean": (mean(first) + mean(last)) / 2,
        "vector.max": last.masked_fill(mask == 0, float("-inf")).max(1).values,
    }
    if getattr(states, "pooler_output", None) is not None:
        vectors["vector.pooler"] = states.pooler_output
    arrays = {"point/" + name: value.numpy() for name, value in vectors.items()}
    arrays["input/text"] = utf8(json.dumps(texts, ensure_ascii=False))
    arrays["input/token_ids"] = (inputs["input_ids"] * inputs["attention_mask"]).numpy().astype("int32")
    if "token_type_ids" in inputs:
        arrays["input/segment_ids"] = inputs["token_type_ids"].numpy().astype("int32")
    return arrays


def utf8(text):
    """A text as an array."""
    return numpy.frombuffer(text.encode("utf-8"), "uint8")


def describe(precision, source):
    """The `about` array: who computed these numbers."""
    modules = {
        "numpy": numpy,
        "sentence-transformers": sentence_transformers,
        "torch": torch,
        "transformers": transformers,
    }
    versions = {name: module.__version__ for name, module in modules.items()}
    versions["python"] = platform.python_version()
    about = {"framework": "sentence-transformers", "versions": versions, "precision": precision, "source": source}
    return utf8(json.dumps(about, sort_keys=True))


def record(folder, batches, precision, output):
    """Record batches of texts into a file, and return its path."""
    model = load(folder, precision)
    arrays = {"about": describe(precision, os.path.basename(os.path.normpath(folder)))}
    for number, texts in enumerate(batches):
        for name, value in run(model, texts).items():
            assert "/point/" not in "/" + name or value.dtype == precision, (name, value.dtype)
            arrays["%d/%s" % (number, name)] = value
    numpy.savez_compressed(output, **arrays)
    return output


def main():
    """Record what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, metavar="FOLDER")
    parser.add_argument("--texts", required=True, metavar="FILE")
    parser.add_argument("--precision", choices=["float32", "float64"], default="float32")
    parser.add_argument("--output", required=True, metavar="FILE.npz")
    arguments = parser.parse_args()
    batches = read_texts(arguments.texts)
    path = record(arguments.model, batches, arguments.precision, arguments.output)
    print("%s: %d texts" % (path, sum(map(len, batches))))


if __name__ == "__main__":
    main()
