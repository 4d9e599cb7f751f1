"""Times a BERT encoder in Ingot, ONNX Runtime, OpenVINO, PyTorch and CTranslate2, in turns, and prints how they compare.

All compute the last hidden state of one random model, in float32, for the same tokens. Every program is a process of its own
with its default settings but for the number of threads; each in turn runs a shape, after a pause in which the threads of the
others come to rest, and medians over all turns are compared.

The columns are: milliseconds of Ingot; of each peer; the ratio of Ingot to the best peer (below 1, Ingot is faster); GFLOP/s of Ingot;
and its share of `products`, the GFLOP/s that PyTorch's products alone reach on the same weights with as many tokens.

usage: compare.py [--threads 1,2 --shapes 1x8,…,32x16 --seconds 500 --blocks 12 --width 768 --heads 12 …]
The packages that it needs stand in requirements.txt. INGOT_KERNELS=avx2 in the environment makes Ingot use AVX2.
"""

import argparse
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

PAUSE = 0.04  # seconds
TURN = 0.12  # seconds that a turn lasts at least
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

import built  # noqa: E402

SIZES = {"blocks": 12, "width": 768, "heads": 12, "feedforward": 3072, "vocabulary": 21128}
SHAPES = "1x8,1x16,1x32,1x64,1x128,1x256,1x512,8x32,8x128,32x16"
PEERS = ("onnxruntime", "openvino", "torch", "ctranslate2")


class Runner:
    """A program that answers `batch length runs` with the seconds of each run."""

    def __init__(self, name, command, folder):
        self.name, self.output = name, folder / f"{name}.output"
        command = [*map(str, command), str(self.output)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, shape, runs):
        print(*shape, runs, file=self.process.stdin, flush=True)
        return [float(word) for word in self.process.stdout.readline().split()]

    def values(self):
        return np.frombuffer(self.output.read_bytes(), np.float32)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def operations(shape, sizes):
    """Returns the multiplications and additions of a pass, and those of its dense layers alone."""
    batch, length = shape
    width, feedforward = sizes["width"], sizes["feedforward"]
    dense = 4 * width * width + 2 * width * feedforward
    tokens = 2 * sizes["blocks"] * batch * length
    return tokens * (dense + 2 * length * width), tokens * dense


def measure(runners, shapes, seconds):
    """Returns the times of every runner at every shape: rounds of turns until the seconds are over."""
    runs = {}
    for shape in shapes:
        for runner in runners:
            once = min(runner.run(shape, 2))
            runs[shape] = max(runs.get(shape, 1), min(20, int(TURN / once)))
    times = {(runner.name, shape): [] for runner in runners for shape in shapes}
    end = time.monotonic() + seconds
    rounds = 0
    while rounds < 3 or time.monotonic() < end:
        for shape in shapes:
            for runner in runners:
                time.sleep(PAUSE)
                times[runner.name, shape] += runner.run(shape, runs[shape])
        runners = runners[1:] + runners[:1]  # each follows another one in the end
        rounds += 1
    return times, rounds


def show(times, shapes, names, peers, sizes, summary):
    """Prints a line for each shape."""
    print("".join(f"{title:>12}" for title in ["shape", *names, *peers, "ratio", "GFLOP/s", "products", "share"]))
    for shape in shapes:
        found = {name: summary(times[name, shape]) for name in [*names, *peers, "products"]}
        every, dense = operations(shape, sizes)
        ours = found[names[0]]
        ratio = ours / min(found[peer] for peer in peers)
        speed, bare = every / ours / 1e9, dense / found["products"] / 1e9
        milliseconds = "".join(f"{found[name] * 1e3:12.2f}" for name in [*names, *peers])
        print(f"{shape[0]}x{shape[1]}".rjust(12) + f"{milliseconds}{ratio:12.2f}{speed:12.1f}{bare:12.1f}{speed / bare:12.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--shapes", default=SHAPES)
    parser.add_argument("--peers", default=",".join(PEERS))
    parser.add_argument("--seconds", type=float, default=420, help="of measuring, for all numbers of threads together")
    parser.add_argument("--folder", type=pathlib.Path, help="where the models are written and found again")
    parser.add_argument("--ingot", nargs="*", default=[], help="other builds of InferenceBenchmark, measured beside this one")
    for name, number in SIZES.items():
        parser.add_argument(f"--{name}", type=int, default=number)
    options = parser.parse_args()
    sizes = {name: getattr(options, name) for name in SIZES}
    shapes = [tuple(map(int, shape.split("x"))) for shape in options.shapes.split(",")]
    peers, threads = options.peers.split(","), list(map(int, options.threads.split(",")))
    programs = {"ingot": built.programs(package=HERE) / "InferenceBenchmark"}
    programs |= {f"ingot {index + 2}": path for index, path in enumerate(options.ingot)}

    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or pathlib.Path(temporary)
        if not (folder / "bert.onnx").exists():
            arguments = [f"--{name}={size}" for name, size in sizes.items()]
            subprocess.run([sys.executable, HERE / "make_onnx.py", folder, *arguments], check=True)
        for count in threads:
            numbers = [options.heads, count]
            runners = [Runner(name, [path, folder / "bert.safetensors", *numbers], folder) for name, path in programs.items()]
            runners += [
                Runner(name, [sys.executable, HERE / "peers.py", name, folder, *numbers], folder)
                for name in [*peers, "products"]]
            times, rounds = measure(runners, shapes, options.seconds / len(threads))
            ours = runners[0]
            ours.run(shapes[0], 1)
            for runner in runners[1:-1]:
                runner.run(shapes[0], 1)
            differences = {runner.name: np.abs(ours.values() - runner.values()).max() for runner in runners[1:-1]}
            for runner in runners:
                runner.close()
            names = list(programs)
            for title, summary in (("medians", statistics.median), ("minima", min)):
                print(f"\nBERT, {', '.join(f'{name} {size}' for name, size in sizes.items())}; "
                      f"{count} thread{'s'[:count > 1]}, {title} of {rounds} rounds, ms")
                show(times, shapes, names, peers, sizes, summary)
            print("largest difference of the outputs: " + ", ".join(f"{name} {value:.1e}" for name, value in differences.items()))


if __name__ == "__main__":
    main()
