"""Times a BERT encoder in Ingot and in ONNX Runtime, in turns (A B A B), and prints median, minimum and their ratios.

Both compute the last hidden state of the same random model for the same tokens; ONNX Runtime has its default session
options but for the number of threads, and the largest difference between both outputs is printed too.

usage: compare.py [--rounds 40 --threads 2 --batch 1 --length 128 --blocks 12 --width 768 --heads 12 ...]
The packages that it needs stand in requirements.txt.
"""

import argparse
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import onnxruntime

PAUSE = 0.05  # seconds
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

import built  # noqa: E402

SIZES = {"batch": 1, "length": 128, "blocks": 12, "width": 768, "heads": 12, "feedforward": 3072, "vocabulary": 21128}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, number in {"rounds": 40, "threads": 2, **SIZES}.items():
        parser.add_argument(f"--{name}", type=int, default=number)
    options = parser.parse_args()
    binary = built.programs(package=HERE)

    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        sizes = [f"--{name}={getattr(options, name)}" for name in SIZES]
        subprocess.run([sys.executable, str(HERE / "make_onnx.py"), str(folder), *sizes], check=True)

        session_options = onnxruntime.SessionOptions()
        session_options.intra_op_num_threads = options.threads
        session = onnxruntime.InferenceSession(
            str(folder / "bert.onnx"), session_options, providers=["CPUExecutionProvider"])
        shape = (options.batch, options.length)
        ids = 1 + np.arange(options.batch * options.length).reshape(shape) * 7919 % (options.vocabulary - 1)
        feed = {"token_ids": ids, "segment_ids": np.zeros(shape, np.int64)}

        numbers = [options.heads, options.batch, options.length, options.threads]
        output = folder / "output"
        ingot = subprocess.Popen(
            [f"{binary}/InferenceBenchmark", str(folder / "bert.safetensors"), *map(str, numbers), str(output)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

        # Before each turn both are left to come to rest: ONNX Runtime's threads spin for a while after a run, and would
        # otherwise take a core from Ingot.
        def run_ingot():
            time.sleep(PAUSE)
            ingot.stdin.write("\n")
            ingot.stdin.flush()
            return float(ingot.stdout.readline())

        def run_onnx():
            time.sleep(PAUSE)
            start = time.perf_counter()
            session.run(None, feed)
            return time.perf_counter() - start

        for _ in range(3):
            run_ingot(), run_onnx()
        times = [(run_ingot(), run_onnx()) for _ in range(options.rounds)]
        values = np.frombuffer(output.read_bytes(), np.float32)
        difference = np.abs(values - session.run(None, feed)[0].ravel()).max()
        ingot.stdin.close()
        ingot.wait()

    ours, theirs = zip(*times)
    print(f"BERT {', '.join(f'{name} {getattr(options, name)}' for name in SIZES)}, {options.threads} threads")
    print(f"{'':10}{'minimum':>12}{'median':>12}")
    for name, seconds in (("Ingot", ours), (f"ORT {onnxruntime.__version__}", theirs)):
        print(f"{name:10}{min(seconds) * 1e3:9.2f} ms{statistics.median(seconds) * 1e3:9.2f} ms")
    print(f"{'ratio':10}{min(ours) / min(theirs):12.3f}{statistics.median(ours) / statistics.median(theirs):12.3f}")
    print(f"largest difference of the outputs: {difference:.2e}")


if __name__ == "__main__":
    main()
