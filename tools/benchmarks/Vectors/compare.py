"""Times the vectors of real sentences in Ingot and in sentence-transformers on PyTorch, ONNX Runtime and OpenVINO, in turns.

All make the vectors of the same sentences of mixed lengths, in float32, from the same folder: sentences a second, the median of the turns.
Then the cold start: a new process to its first vector.

usage: compare.py FOLDER MODEL.ingot SENTENCES.txt [--count 2000 --turns 3 --threads 2 --peers torch,onnx,openvino]
FOLDER is a model as sentence-transformers loads it, MODEL.ingot the same converted. The packages that it needs stand in requirements.txt.
"""

import argparse
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

import built  # noqa: E402

PEER = """
import sys, time, torch
folder, path, backend, threads = sys.argv[1:]
torch.set_num_threads(int(threads))
from sentence_transformers import SentenceTransformer
model = SentenceTransformer(folder, backend=backend, device="cpu")
lines = open(path, encoding="utf-8").read().splitlines()
model.encode(lines[:1])
print("first", flush=True)
for _ in sys.stdin:
    start = time.monotonic()
    model.encode(lines, batch_size=32)
    print(len(lines) / (time.monotonic() - start), flush=True)
"""


def ingot_rate(program, model, path, count, threads):
    """Sentences a second of a whole run of the program, its start included."""
    start = time.monotonic()
    subprocess.run(
        [program, "embed", model, "--texts", path, "-o", path + ".npy", "--force", "--threads", str(threads)],
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return count / (time.monotonic() - start)


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("model")
    parser.add_argument("sentences")
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--peers", default="torch,onnx,openvino")
    arguments = parser.parse_args()
    program = built.ingot()
    lines = [line for line in open(arguments.sentences, encoding="utf-8").read().splitlines() if line.strip()]
    lines = lines[:: max(1, len(lines) // arguments.count)][: arguments.count]
    with tempfile.TemporaryDirectory() as folder:
        path = str(pathlib.Path(folder) / "sentences.txt")
        pathlib.Path(path).write_text("".join(line + "\n" for line in lines), encoding="utf-8")
        peers, starts, rates = {}, {}, {}
        for peer in arguments.peers.split(","):
            begun = time.monotonic()
            process = subprocess.Popen(
                [sys.executable, "-c", PEER, arguments.folder, path, peer, str(arguments.threads)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
            while (answer := process.stdout.readline()) not in ("first\n", ""):
                pass
            if answer:
                peers[peer], starts[peer] = process, time.monotonic() - begun
            else:
                print("%s does not start here" % peer)
        begun = time.monotonic()
        subprocess.run([program, "embed", arguments.model, lines[0]], stdout=subprocess.DEVNULL, check=True)
        starts["ingot"] = time.monotonic() - begun
        for _ in range(arguments.turns):
            rates.setdefault("ingot", []).append(
                ingot_rate(program, arguments.model, path, len(lines), arguments.threads)
            )
            for peer, process in peers.items():
                print(file=process.stdin, flush=True)
                rates.setdefault(peer, []).append(float(process.stdout.readline()))
        for process in peers.values():
            process.stdin.close()
            process.wait()
    print("%d sentences, %d threads" % (len(lines), arguments.threads))
    for name, values in rates.items():
        print("%-10s %8.1f sentences/s   first vector after %6.2f s" % (name, statistics.median(values), starts[name]))


if __name__ == "__main__":
    main()
