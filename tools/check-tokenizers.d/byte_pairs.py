"""Compares byte-level BPE and tokenizer.json in Ingot with transformers on any text files: ids, and the texts that ids are decoded to.

usage: byte_pairs.py [--random LINES] TEXT.txt … -- KIND=FILE[,FILE] …

KIND is `json` with a tokenizer.json, or `gpt2` or `roberta`, a dialect, and `-prefix` if a space is put before texts, as in
`roberta-slow-prefix`, with VOCAB.json,MERGES.txt. The slow dialect needs the environment hf4 of tools/fixtures/environments, the others
hf5. Prints a line for each: lines, ids, and how many lines have other ids or another text. --random adds lines of random characters in
twenty scripts, with emoji, marks, control characters, unassigned scalars and long words.
"""

import argparse
import json
import pathlib
import random
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import built  # noqa: E402

SCRIPTS = [
    (0x21, 0x7E), (0xA1, 0x24F), (0x370, 0x3FF), (0x400, 0x4FF), (0x531, 0x58F), (0x591, 0x5F4), (0x600, 0x6FF), (0x700, 0x74F),
    (0x900, 0x97F), (0x980, 0x9FE), (0xB80, 0xBFA), (0xD00, 0xD7F), (0xE01, 0xE5B), (0xF00, 0xFD4), (0x10A0, 0x10FF), (0x1200, 0x137C),
    (0x1780, 0x17F9), (0x3041, 0x30FF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0x1D400, 0x1D7FF), (0x16A0, 0x16F0),
]
ODD = [(0x0, 0x9), (0xB, 0x20), (0x7F, 0xA0), (0x300, 0x36F), (0x1AB0, 0x1AFF), (0x1D165, 0x1D18B), (0x2000, 0x206F), (0x2070, 0x218F),
       (0xFE00, 0xFE2F), (0xFF01, 0xFFEE), (0x1F300, 0x1FAFF), (0xE0000, 0xE007F), (0xE000, 0xE010), (0x378, 0x379), (0xF900, 0xFAFF),
       (0x1100, 0x11FF), (0x20000, 0x2A6DF), (0x2B7F0, 0x2B9FF), (0x1C80, 0x1C8A), (0xA7C0, 0xA7FF), (0x10D00, 0x10D8F), (0x0, 0x10FFFF)]
TOKENS = ["<mask>", "<s>", "</s>", "<|endoftext|>", "[MASK]", "[SEP]", "'s", "n't", "  ", "\t", "<extra_id_0>"]


def random_lines(count):
    """Lines of words of one script each, with oddities between."""
    rng = random.Random(20)

    def character(ranges):
        while True:
            low, high = rng.choice(ranges)
            code = rng.randint(low, high)
            if code != 10 and not 0xD800 <= code < 0xE000:
                return chr(code)

    for _ in range(count):
        script = [rng.choice(SCRIPTS)]
        words = []
        for _ in range(rng.randint(1, 12)):
            length = rng.randint(1, 9) if rng.random() < 0.99 else rng.randint(100, 3000)
            words.append("".join(character(script if rng.random() < 0.9 else ODD) for _ in range(length)))
            if rng.random() < 0.1:
                words.append(rng.choice(TOKENS))
        yield rng.choice(["", " ", "  "]).join(words)


def peer(kind, files):
    """What the real program makes of lines and of lists of ids."""
    if kind == "json":
        import tokenizers
        tokenizer = tokenizers.Tokenizer.from_file(files[0])
        tokenizer.no_padding()
        tokenizer.no_truncation()
        return (lambda lines: [encoding.ids for encoding in tokenizer.encode_batch(lines, add_special_tokens=False)],
                lambda lists: [tokenizer.decode(ids, skip_special_tokens=False) for ids in lists])
    import transformers
    family, dialect, prefix = kind.split("-")[0], kind.split("-")[1], kind.endswith("prefix")
    names = {"gpt2": "GPT2Tokenizer", "roberta": "RobertaTokenizer"}
    slow = getattr(transformers, names[family])(*files, add_prefix_space=prefix)
    assert dialect == "slow", "the fast tokenizers are compared by their tokenizer.json"
    return (lambda lines: [slow.convert_tokens_to_ids(slow.tokenize(line)) for line in lines],
            lambda lists: [slow.decode(ids, clean_up_tokenization_spaces=False, spaces_between_special_tokens=False) for ids in lists])


def ingot(program, mode, kind, files, lines):
    """What Ingot makes of them."""
    text = "".join(line + "\n" for line in lines).encode()
    output = subprocess.run([program, mode, kind, *files], input=text, check=True, capture_output=True).stdout
    return output.decode().split("\n")[:-1]


def compare(program, kind, files, lines):
    """One row: the lines whose ids or decoded texts differ."""
    split, join = peer(kind, files)
    theirs = split(lines)
    ours = [[int(word) for word in row.split()] for row in ingot(program, "ids", kind, files, lines)]
    assert len(ours) == len(lines), (len(ours), len(lines))
    wrong = [place for place in range(len(lines)) if ours[place] != theirs[place]]
    texts = [json.loads('"%s"' % row) for row in ingot(program, "decode", kind, files, [" ".join(map(str, ids)) for ids in theirs])]
    others = [place for place, text in enumerate(join(theirs)) if texts[place] != text]
    name = "%s %s" % (kind, "/".join(pathlib.Path(files[0]).parts[-2:]))
    counts = (name, len(lines), sum(map(len, theirs)), len(wrong), len(others))
    print("%-32s %9d lines %11d ids %7d differ %7d decoded otherwise" % counts, flush=True)
    for place in wrong[:3]:
        print("   ", ascii(lines[place])[:200], ours[place][:30], theirs[place][:30])
    for place in others[:3]:
        print("   ", ascii(texts[place])[:200], ascii(join([theirs[place]])[0])[:200])
    return not wrong and not others


def main():
    """Compare all; the exit status is 1 where something differs."""
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--random", type=int, default=0)
    parser.add_argument("arguments", nargs="*")
    before = sys.argv[1:sys.argv.index("--")]
    options = parser.parse_args(before)
    lines = list(random_lines(options.random))
    for path in options.arguments:
        with open(path, encoding="utf-8", errors="replace", newline="\n") as file:
            lines += [line for line in file.read().split("\n") if line]
    program = str(built.programs(package=HERE.parent / "benchmarks" / "Tokenization") / "TokenizationBenchmark")
    same = [compare(program, *spoken.split("=", 1)[:1], spoken.split("=", 1)[1].split(","), lines)
            for spoken in sys.argv[sys.argv.index("--") + 1:]]
    sys.exit(0 if all(same) else 1)


if __name__ == "__main__":
    main()
