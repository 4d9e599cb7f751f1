"""Times Ingot's tokenizers against sentencepiece's C++ and transformers' Rust on the same lines, one thread each, in turns.

usage: compare_pieces.py --environments /opt/venvs [--vocabulary vocab.txt] [--model x.model …] [--turns 5] TEXT …

Prints lines per second of Ingot and of the peer, and the ratio (above 1, Ingot is faster): medians over turns of two passes each, of which the second
counts. The environments are hf4 and sentencepiece023 of tools/fixtures/environments; --python NAME=PATH names others.
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

import built  # noqa: E402


def seconds(command, path):
    """The seconds of the second of two passes, and the number of ids."""
    with open(path, "rb") as lines:
        said = subprocess.run(command, stdin=lines, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, text=True).stdout
    last = said.strip().split("\n")[-1].split()
    return float(last[0]), int(last[1])


def main():
    """Read the command line, and compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", nargs="+")
    parser.add_argument("--vocabulary")
    parser.add_argument("--model", action="append", default=[])
    parser.add_argument("--environments", default="/opt/venvs")
    parser.add_argument("--python", action="append", default=[])
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--split", help="ingot-split, if it is built")
    settings = parser.parse_args()
    split = settings.split or str(built.programs("--product", "ingot-split", package=HERE.parents[1] / "tokenizers") / "ingot-split")
    pythons = dict(item.split("=", 1) for item in settings.python)
    subjects = []
    if settings.vocabulary:
        for dialect in ("tokenizers", "bert4keras"):
            ours = ["wordpiece", settings.vocabulary, "lowercases=true", "dialect=" + dialect]
            subjects.append(("wordpiece, " + dialect, ours, "hf4", ["wordpiece", settings.vocabulary]))
    for model in settings.model:
        name = "sentencepiece, " + os.path.basename(model)
        subjects.append((name, ["sentencepiece", model, "ties=0.2.2"], "sentencepiece023", ["sentencepiece", model]))
    print("%-40s %-24s %12s %12s %7s" % ("", "lines of", "Ingot", "peer", "ratio"))
    for name, ours, environment, theirs in subjects:
        python = pythons.get(environment, os.path.join(settings.environments, environment, "bin", "python"))
        for text in settings.texts:
            with open(text, "rb") as file:
                count = sum(1 for _ in file)
            times, peers = [], []
            for _ in range(settings.turns):
                mine, ids = seconds([split, *ours, "passes=2"], text)
                other, others = seconds([python, str(HERE / "peers.py"), *theirs, text, "2"], text)
                times.append(mine)
                peers.append(other)
            mine, other = statistics.median(times), statistics.median(peers)
            note = "" if ids == others else "  %d and %d ids" % (ids, others)
            print("%-40s %-24s %12.0f %12.0f %7.2f%s" % (name, os.path.basename(text), count / mine, count / other, other / mine, note), flush=True)


main()
