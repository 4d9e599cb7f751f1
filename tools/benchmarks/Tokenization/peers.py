"""Times sentencepiece or transformers' BertTokenizerFast on the lines of a file: peers.py KIND FILE LINES PASSES.

Prints the seconds of each pass, of computing on one thread, and the number of ids. Lines are encoded in one call, so that Python is no part of it.
"""

import os
import sys
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"


def encoder(kind, file):
    """A function from a list of lines to a list of lists of ids."""
    if kind == "sentencepiece":
        import sentencepiece
        processor = sentencepiece.SentencePieceProcessor(model_file=file)
        return lambda lines: processor.encode(lines, out_type=int, num_threads=1)
    import transformers
    tokenizer = transformers.BertTokenizerFast(file, do_lower_case=True).backend_tokenizer
    return lambda lines: [encoding.ids for encoding in tokenizer.encode_batch(lines, add_special_tokens=False)]


def main():
    """Encode the lines again and again."""
    kind, file, path, passes = sys.argv[1:]
    encode = encoder(kind, file)
    with open(path, encoding="utf-8", newline="\n") as source:
        lines = [line.rstrip("\n") for line in source]
    for _ in range(int(passes)):
        start = time.process_time()
        ids = encode(lines)
        print(time.process_time() - start, sum(map(len, ids)))


main()
