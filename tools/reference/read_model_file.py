"""Lists a model file with nothing but Python's safetensors and NumPy: an .ingot file is a safetensors file.

    pip install numpy safetensors
    python read_model_file.py model.ingot                  # settings, attached files, tensors
    python read_model_file.py model.ingot TENSOR           # its values
    python read_model_file.py model.ingot --unpack FOLDER  # vocab.txt and the other attached files
"""
import pathlib
import sys

from safetensors import safe_open

FILES = "ingot.file."


def main(path, *rest):
    with safe_open(path, framework="np") as file:
        names, metadata = sorted(file.keys()), file.metadata() or {}
        attached = [name[len(FILES):] for name in names if name.startswith(FILES)]
        if rest[:1] == ("--unpack",):
            for name in attached:
                if name in ("", ".", "..") or "/" in name or "\\" in name:
                    sys.exit(f"not a bare file name: {name!r}")
                pathlib.Path(rest[1], name).write_bytes(file.get_tensor(FILES + name).tobytes())
                print(name)
        elif rest:
            print(file.get_tensor(rest[0]))
        else:
            print("architecture:", metadata.get("ingot.architecture"))
            print("settings:", metadata.get("ingot.settings"))
            print("attached files:", ", ".join(attached) or "none")
            for name in names:
                if not name.startswith("ingot."):
                    view = file.get_slice(name)
                    print(f"{view.get_dtype():5} {view.get_shape()} {name}")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(*sys.argv[1:])
