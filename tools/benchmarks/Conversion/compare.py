#!/usr/bin/env python3
"""Times `ingot convert` and `ingot export` against copying and against Python, in turns (A B C A B C …), and measures memory.

usage: compare.py --python PATH [--container h5|npz|safetensors|ckpt] [--blocks 12] [--width 768] [--rounds 9] [--folder SCRATCH] [--ingot PATH]

--python is an interpreter with the packages of requirements.txt, which also makes the checkpoint; this script itself needs
only the standard library. For a TensorFlow checkpoint (ckpt) it needs those of requirements-tensorflow.txt. The default is the encoder of
BERT-base (407 MB); --blocks 140 has 4 GB in many tensors, --width 2560 has 4 GB in large ones.

What is compared: `ingot convert` computes a SHA-256 of every tensor and ends when the file is on the disk (fsync); `ingot export`
writes the same model as another program's files, compares every SHA-256 and syncs too. Hence there
are two copies of the source: `cp`, which leaves the file in the system's memory, and `cp` with an fsync after it. Python writes safetensors
without digests and without fsync; of a TensorFlow checkpoint TensorFlow's own loader only loads every variable. The time of its
imports is shown apart. The source is in the page cache for all. Every turn begins with no output and with a disk
that has nothing left to write.
"""

import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

import built  # noqa: E402


class Run:
    """One run of a program: seconds (its own word for them, if it prints that), processor seconds, peak resident MB."""

    def __init__(self, arguments, sync=None, tells=False):
        start = time.perf_counter()
        process = subprocess.Popen(arguments, stdout=subprocess.PIPE if tells else subprocess.DEVNULL)
        told = process.stdout.read() if tells else None
        _, status, usage = os.wait4(process.pid, 0)
        if status != 0:
            sys.exit(f"{arguments} failed")
        if sync:
            descriptor = os.open(sync, os.O_RDWR)
            os.fsync(descriptor)
            os.close(descriptor)
        self.seconds = float(told) if tells else time.perf_counter() - start
        self.processor = usage.ru_utime + usage.ru_stime
        self.peak = usage.ru_maxrss / 1024


def peak_anonymous(arguments):
    """The largest anonymous resident memory in MB, sampled; only on Linux."""
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL)
    peak = 0
    while process.poll() is None:
        try:
            status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
            peak = max([peak, *(int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon"))])
        except OSError:
            break
        time.sleep(0.002)
    process.wait()
    return peak / 1024


def sharing(arguments, model):
    """Of two processes that run a model at once: the MB that each has mapped of it, has of it to itself, and has besides; Linux only."""
    processes = [subprocess.Popen(arguments, stdout=subprocess.DEVNULL) for _ in range(2)]
    time.sleep(3)
    found = []
    for process in processes:
        mapped, own, here = 0, 0, False
        for line in pathlib.Path(f"/proc/{process.pid}/smaps").read_text().splitlines():
            if "-" in line.split()[0]:
                here = line.endswith(str(model))
            elif here and line.startswith("Rss:"):
                mapped += int(line.split()[1])
            elif here and line.startswith("Private_"):
                own += int(line.split()[1])
        status = pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines()
        anonymous = next(int(line.split()[1]) for line in status if line.startswith("RssAnon"))
        found.append((mapped / 1024, own / 1024, anonymous / 1024))
    for process in processes:
        process.kill()
        process.wait()
    return [max(numbers) for numbers in zip(*found)]


def remove(output):
    """Removes what a run wrote: a file, or the folder of an export."""
    if output.is_dir():
        shutil.rmtree(output)
    else:
        output.unlink(missing_ok=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", required=True)
    parser.add_argument("--container", choices=["h5", "npz", "safetensors", "ckpt"], default="h5")
    parser.add_argument("--blocks", type=int, default=12)
    parser.add_argument("--width", type=int, default=768)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--folder", help="where the files go: several times the size of the checkpoint")
    parser.add_argument("--ingot", help="the tool; built in release mode if not given")
    options = parser.parse_args()

    if options.ingot is None:
        options.ingot = built.ingot()

    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        folder = pathlib.Path(folder)
        release = folder / "release"
        make = [options.python, str(HERE / "make_checkpoint.py"), str(release)]
        sizes = [f"--blocks={options.blocks}", f"--width={options.width}"]
        subprocess.run([*make, f"--container={options.container}", *sizes], check=True)
        source = release / f"weights.{options.container}"
        if options.container == "ckpt":
            copied = pathlib.Path(f"{source}.data-00000-of-00001")
        else:
            copied = source
        size = copied.stat().st_size
        output = folder / "output"
        model = folder / "model.ingot"
        subprocess.run([options.ingot, "convert", release, "-o", model], check=True, stdout=subprocess.DEVNULL)

        convert = [options.ingot, "convert", release, "-o", output]
        in_python = [options.python, str(HERE / "convert_in_python.py"), source, output]
        python = "TensorFlow's loader" if options.container == "ckpt" else "python"
        exporting = {
            "huggingface": [], "keras": [], "tensorflow": ["--naming", "google"], "npz": ["--naming", "google"]}
        writing = {
            "cp": lambda: Run(["cp", copied, output]),
            "cp, then fsync": lambda: Run(["cp", copied, output], sync=output),
            "ingot convert": lambda: Run(convert),
            "ingot convert --dtype float16": lambda: Run([*convert, "--dtype", "float16"]),
            "ingot convert --dtype bfloat16": lambda: Run([*convert, "--dtype", "bfloat16"]),
            python: lambda: Run(in_python),
            f"{python} without imports": lambda: Run(in_python, tells=True),
        }
        for kind, naming in exporting.items():
            export = [options.ingot, "export", model, "--to", kind, "-o", output, *naming]
            writing[f"ingot export --to {kind}"] = lambda export=export: Run(export)
        reading = {
            "ingot inspect": lambda: Run([options.ingot, "inspect", model]),
            "ingot inspect --stats": lambda: Run([options.ingot, "inspect", "--stats", model]),
            "ingot verify": lambda: Run([options.ingot, "verify", model]),
            "cat": lambda: Run(["cat", model]),
        }
        runs = {name: [] for name in [*writing, *reading]}
        # The first round is not counted: it brings programs and source into memory.
        for round in range(options.rounds + 1):
            for name, run in [*writing.items(), *reading.items()]:
                remove(output)
                os.sync()
                result = run()
                if round > 0:
                    runs[name].append(result)
        remove(output)
        anonymous = peak_anonymous(convert)

        print(f"{source.name}, {size / 1e6:.1f} MB, {options.rounds} rounds, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        print(f"{'':36}{'median s':>10}{'minimum s':>11}{'× cp':>14}{'× cp+fsync':>14}{'CPU s':>9}{'peak MB':>9}")
        for name, results in runs.items():
            seconds = [result.seconds for result in results]

            def ratios(other):
                theirs = [result.seconds for result in runs[other]]
                return (f"{statistics.median(seconds) / statistics.median(theirs):.2f} / "
                        f"{min(seconds) / min(theirs):.2f}") if name in writing else ""

            print(f"{name:36}{statistics.median(seconds):10.3f}{min(seconds):11.3f}{ratios('cp'):>14}"
                  f"{ratios('cp, then fsync'):>14}{statistics.median(r.processor for r in results):9.2f}"
                  f"{max(r.peak for r in results):9.0f}")
        median = {name: statistics.median(r.seconds for r in results) for name, results in runs.items()}
        print(f"ingot convert is {median[python] / median['ingot convert']:.1f} times as fast as {python} "
              f"({median[python + ' without imports'] / median['ingot convert']:.1f} without its imports); "
              f"its anonymous memory peaks at {anonymous:.0f} MB")
        mapped, own, besides = sharing([options.ingot, "bench", model, "--length", "16", "--runs", "100000"], model)
        print(f"two processes that run the model: {mapped:.0f} MB mapped by each, of which {own:.0f} MB are not shared; {besides:.0f} MB besides")


if __name__ == "__main__":
    main()
