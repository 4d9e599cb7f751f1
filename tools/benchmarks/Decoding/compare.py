"""Times greedy decoding in Ingot and in CTranslate2, in turns, and prints how they compare.

Both go on with the same tokens of one random model of transformers, in float32: GPT-2 of 124 million weights, a T5 1.0 and an mT5 of the
sizes that are called small. Ingot also runs the same model from bfloat16 weights, which halve what a token reads.

The columns are: tokens a second of CTranslate2, of Ingot, and of Ingot from bfloat16; the ratio of the first two (above 1, Ingot is faster)
and of the last two; the gigabytes of weights that Ingot reads a second, and their share of what summing a large array reaches here.
Rows whose tokens are not the same in both programs are told.

usage: compare.py [--models gpt2,t5,mt5 --batches 1,8 --threads 2 --prompt 16 --new 48 --turns 5]
The packages that it needs stand in requirements.txt.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

import built  # noqa: E402

T5_SMALL = {"vocab_size": 32128, "d_model": 512, "d_kv": 64, "d_ff": 2048, "num_layers": 6, "num_heads": 8}
MT5_SMALL = {"vocab_size": 250112, "d_model": 512, "d_kv": 64, "d_ff": 1024, "num_layers": 8, "num_heads": 6,
             "feed_forward_proj": "gated-gelu", "tie_word_embeddings": False}
END = {"gpt2": 50256, "t5": 1, "mt5": 1}


def make(name, folder):
    """Writes a random model as transformers saves it, with one token for each row of its table."""
    import torch
    import transformers

    torch.manual_seed(1)
    if name == "gpt2":
        model = transformers.GPT2LMHeadModel(transformers.GPT2Config())
    elif name == "t5":
        model = transformers.T5ForConditionalGeneration(transformers.T5Config(decoder_start_token_id=0, **T5_SMALL))
    else:
        model = transformers.MT5ForConditionalGeneration(transformers.MT5Config(decoder_start_token_id=0, **MT5_SMALL))
    for path, parameter in model.named_parameters():  # Weights as they are drawn give the same token again and again.
        if parameter.dim() == 2:  # T5's queries are scaled by 1/8, for its attention does not divide by the root of the width.
            torch.nn.init.normal_(parameter, std=0.05 / 8 if path.endswith("Attention.q.weight") else 0.05)
    model.save_pretrained(folder)
    words = {f"<{index}>": index for index in range(model.config.vocab_size)}
    end = f"<{END[name]}>"
    tokenizer = {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": None, "pre_tokenizer": None,
        "post_processor": None, "decoder": None, "model": {"type": "WordLevel", "vocab": words, "unk_token": end},
    }
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    setting = {"tokenizer_class": "PreTrainedTokenizerFast", "unk_token": end, "eos_token": end, "bos_token": end,
               "pad_token": "<0>"}
    (folder / "tokenizer_config.json").write_text(json.dumps(setting))


def prompts(batch, length, vocabulary):
    """Tokens spread over the vocabulary; Ingot's program makes the same ones."""
    return [[2 + (row * length + place) * 7919 % (vocabulary - 2) for place in range(length)] for row in range(batch)]


class CTranslate2:
    """Runs a converted model."""

    def __init__(self, folder, name, threads):
        import ctranslate2
        from ctranslate2.converters import TransformersConverter

        TransformersConverter(str(folder)).convert(str(folder / "ctranslate2"))
        options = {"compute_type": "float32", "inter_threads": 1, "intra_threads": threads}
        kind = ctranslate2.Generator if name == "gpt2" else ctranslate2.Translator
        self.model = kind(str(folder / "ctranslate2"), **options)
        self.is_generator = name == "gpt2"
        self.vocabulary = json.loads((folder / "config.json").read_text())["vocab_size"]

    def run(self, batch, length, new):
        texts = [[f"<{token}>" for token in text] for text in prompts(batch, length, self.vocabulary)]
        start = time.monotonic()
        if self.is_generator:
            results = self.model.generate_batch(
                texts, beam_size=1, sampling_topk=1, max_length=new, min_length=new, include_prompt_in_result=False)
            tokens = [result.sequences[0] for result in results]
        else:
            results = self.model.translate_batch(
                texts, beam_size=1, max_decoding_length=new, min_decoding_length=new, max_input_length=0)
            tokens = [result.hypotheses[0] for result in results]
        seconds = time.monotonic() - start
        return seconds, [[int(token[1:-1]) for token in row] for row in tokens]


class Ingot:
    """Runs a model file by the program beside this one."""

    def __init__(self, program, model, name, threads):
        command = [program, model, str(END[name]), str(threads)]
        self.process = subprocess.Popen(list(map(str, command)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, batch, length, new):
        print(batch, length, new, file=self.process.stdin, flush=True)
        answer = json.loads(self.process.stdout.readline())
        return answer["seconds"], answer["rows"]


def bandwidth(threads):
    """The bytes that a sum of a large array reads in a second."""
    import torch

    torch.set_num_threads(threads)
    array = torch.ones(1 << 28)
    best = min(timed(array.sum) for _ in range(5))
    return array.numel() * 4 / best


def timed(work):
    start = time.monotonic()
    work()
    return time.monotonic() - start


def weights_of_a_token(name, model):
    """The bytes of the weights that one token reads: all of a GPT-2 but its positions, and of a T5 the decoder and the output."""
    listed = json.loads(subprocess.run([built.ingot(), "inspect", model, "--json"], capture_output=True, check=True, text=True).stdout)
    total = 0
    for tensor in listed["tensors"]:
        isRead = tensor["name"].startswith(("decoder.", "lm.")) if name != "gpt2" else "position" not in tensor["name"]
        total += tensor["bytes"] if isRead else 0
    if name == "t5":  # The output is the embedding.
        total += sum(tensor["bytes"] for tensor in listed["tensors"] if tensor["name"] == "embedding.token.weight")
    return total


def measure(name, arguments, folder, program):
    """Measures one model and prints a line for each batch."""
    make(name, folder)
    files = {}
    for kind in ["float32", "bfloat16"]:
        files[kind] = folder / f"{kind}.ingot"
        command = [built.ingot(), "convert", folder, "--dtype", kind, "-o", files[kind]]
        subprocess.run(list(map(str, command)), check=True, capture_output=True)
    runners = {
        "ctranslate2": CTranslate2(folder, name, arguments.threads),
        **{kind: Ingot(program, file, name, arguments.threads) for kind, file in files.items()},
    }
    size = weights_of_a_token(name, files["float32"])
    limit = bandwidth(arguments.threads)
    for batch in map(int, arguments.batches.split(",")):
        rates = {kind: [] for kind in runners}
        rows = {}
        for turn in range(arguments.turns + 1):
            for kind, runner in runners.items():
                seconds, rows[kind] = runner.run(batch, arguments.prompt, arguments.new)
                if turn > 0:
                    rates[kind].append(batch * arguments.new / seconds)
        peer, ours, half = (statistics.median(rates[kind]) for kind in ["ctranslate2", "float32", "bfloat16"])
        read = ours / batch * size
        print(f"{name:6} {batch:5} {peer:12.1f} {ours:8.1f} {half:9.1f} {ours / peer:8.2f} {half / ours:9.2f} "
              f"{read / 1e9:8.1f} {read / limit:8.2f}", flush=True)
        differing = sum(one != other for one, other in zip(rows["ctranslate2"], rows["float32"]))
        if differing:
            print(f"  {differing} of {batch} rows have other tokens", flush=True)


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", default="gpt2,t5,mt5")
    parser.add_argument("--batches", default="1,8")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--prompt", type=int, default=16)
    parser.add_argument("--new", type=int, default=48)
    parser.add_argument("--turns", type=int, default=5)
    arguments = parser.parse_args()
    program = built.programs(package=HERE) / "DecodingBenchmark"
    print("model  batch  ctranslate2    ingot  bfloat16    ratio  bfloat16     GB/s    share")
    for name in arguments.models.split(","):
        with tempfile.TemporaryDirectory() as folder:
            measure(name, arguments, pathlib.Path(folder), program)


if __name__ == "__main__":
    main()
