"""Times tokenizers in Ingot and in transformers' Rust library on the same lines, one thread each, ids only.

usage: compare.py LINES.txt NAME=TOKENIZER.json … [NAME=VOCAB.json,MERGES.txt …]

Each program splits all lines five times, in turns; the least time of each counts. The library is asked for a batch without special
tokens, as a list of lines, with TOKENIZERS_PARALLELISM=false: `encode_batch_fast`, which finds no places. Run it in the environment hf5 of
tools/fixtures/environments.
"""

import os
import pathlib
import subprocess
import sys
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

import built  # noqa: E402
import tokenizers  # noqa: E402

TURNS = 5


def library(path):
    """The tokenizer of the Rust library: of a tokenizer.json, or byte-level BPE as GPT2TokenizerFast makes it."""
    if path.count(",") == 0:
        read = tokenizers.Tokenizer.from_file(path)
        read.no_padding()
        read.no_truncation()
        return read
    made = tokenizers.Tokenizer(tokenizers.models.BPE.from_file(*path.split(",")))
    made.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    return made


def library_seconds(tokenizer, lines):
    """The least time of a few runs, and the number of ids."""
    times = []
    for _ in range(TURNS):
        start = time.perf_counter()
        encodings = tokenizer.encode_batch_fast(lines, add_special_tokens=False)
        times.append(time.perf_counter() - start)
    return min(times), sum(len(encoding.ids) for encoding in encodings)


def ingot_seconds(program, path, lines):
    """The least time of a few runs, and the number of ids."""
    files = path.split(",")
    kind = ["json"] if len(files) == 1 else ["gpt2-fast"]
    output = subprocess.run([program, "time", *kind, *files, lines], check=True, capture_output=True, text=True).stdout
    rows = [line.split() for line in output.splitlines()]
    return min(float(row[0]) for row in rows), int(rows[0][1])


def main():
    """Print a table."""
    path = sys.argv[1]
    with open(path, encoding="utf-8", newline="\n") as file:
        lines = file.read().split("\n")
    if lines[-1] == "":
        lines.pop()
    program = built.programs(package=HERE) / "TokenizationBenchmark"
    print("%-16s %10s %14s %14s %7s" % ("tokenizer", "ids", "Ingot lines/s", "tokenizers", "ratio"))
    for argument in sys.argv[2:]:
        name, files = argument.split("=", 1)
        theirs, count = library_seconds(library(files), lines)
        ours, own = ingot_seconds(str(program), files, path)
        assert own == count, "%s: %d ids by Ingot, %d by tokenizers" % (name, own, count)
        print("%-16s %10d %14.0f %14.0f %7.2f" % (name, count, len(lines) / ours, len(lines) / theirs, theirs / ours))


if __name__ == "__main__":
    main()
