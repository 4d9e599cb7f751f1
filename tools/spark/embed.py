"""Embeds a corpus on an Apache Spark cluster by the same binary, kills a worker in between, and compares with a single run.

    python tools/spark/embed.py MODEL.ingot CORPUS.txt [--lines 100000] [--partitions 64] [--pooling mean] [--keep-workers]

Spark hands each partition's lines to `ingot embed MODEL --json` (`RDD.pipe`), one process a partition; lines come back in order.
Two workers of one core each run on this machine (`local-cluster[2,1,1024]`). When a third of the partitions is done, one executor is
killed; Spark gives its partitions to another. What came together must then be, byte for byte, what `ingot embed` prints alone.

It needs Java 17 and the packages of requirements.txt; see README.md beside it.
"""

import argparse
import hashlib
import itertools
import os
import pathlib
import shlex
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import built  # noqa: E402


def executors():
    """The processes of executors on this machine that this program's cluster has started."""
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().split(b"\0")
            environment = (folder / "environ").read_bytes()
        except OSError:
            continue
        if b"org.apache.spark.executor.CoarseGrainedExecutorBackend" in command and MARK.encode() in environment:
            found.append(int(folder.name))
    return found


MARK = "INGOT_SPARK_RUN=%d" % os.getpid()


def kill_one(context, partitions, killed):
    """Kill an executor when a third of the partitions is done."""
    tracker = context.statusTracker()
    while not killed:
        time.sleep(0.2)
        stages = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
        if any(stage and stage.numCompletedTasks * 3 > partitions for stage in stages):
            running = executors()
            os.kill(running[0], signal.SIGKILL)
            killed.append(running[0])


def main():
    """Run both, and compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("corpus")
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--partitions", type=int, default=64)
    parser.add_argument("--pooling")
    parser.add_argument("--keep-workers", action="store_true")
    arguments = parser.parse_args()
    os.environ.update([MARK.split("=")])

    with open(arguments.corpus, encoding="utf-8") as file:
        lines = [line.rstrip("\n") for line in file]
    lines = list(itertools.islice(itertools.cycle(lines), arguments.lines))
    command = [str(built.ingot()), "embed", os.path.abspath(arguments.model), "--json"]
    command += ["--pooling", arguments.pooling] if arguments.pooling else []

    start = time.monotonic()
    text = "".join(line + "\n" for line in lines).encode()
    single = subprocess.run(command, input=text, stdout=subprocess.PIPE, check=True).stdout
    print("one process   %6.1f s  %s" % (time.monotonic() - start, hashlib.sha256(single).hexdigest()[:16]), flush=True)

    from pyspark import SparkConf, SparkContext

    configuration = SparkConf().setMaster("local-cluster[2,1,1024]").setAppName("ingot embed")
    context = SparkContext(conf=configuration)
    context.setLogLevel("ERROR")
    killed = []
    if not arguments.keep_workers:
        threading.Thread(target=kill_one, args=(context, arguments.partitions, killed), daemon=True).start()
    start = time.monotonic()
    pipe = shlex.join(command + ["--threads", "1"])
    rows = context.parallelize(lines, arguments.partitions).pipe(pipe, checkCode=True).collect()
    spark = "".join(row + "\n" for row in rows).encode()
    print("Spark         %6.1f s  %s" % (time.monotonic() - start, hashlib.sha256(spark).hexdigest()[:16]))
    print("workers killed in between: %d" % len(killed))
    context.stop()
    same = single == spark
    print("%d vectors, %s" % (len(rows), "the same to the last byte" if same else "DIFFERENT"))
    sys.exit(0 if same and (killed or arguments.keep_workers) else 1)


if __name__ == "__main__":
    main()
