"""Programs of this repository as users have them: built in release mode."""

import pathlib
import subprocess
import sys

REPOSITORY = pathlib.Path(__file__).resolve().parents[1]


def programs(*options, package=REPOSITORY):
    """Build a package, or what the options say of it, and return the folder of its programs."""
    build = ["swift", "build", "-c", "release", "--package-path", str(package), *options]
    subprocess.run(build, check=True, stdout=sys.stderr)
    shown = subprocess.run([*build, "--show-bin-path"], check=True, capture_output=True, text=True)
    return pathlib.Path(shown.stdout.strip())


def ingot():
    """Build the tool and return its path."""
    return str(programs("--product", "ingot") / "ingot")
