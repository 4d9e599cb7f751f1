"""Writes Sources/Text/Tokenization/TokenizerJSON/ScalarTraits+Table.swift: what `tokenizers` and `regex` hold each scalar for.

Both programs carry Unicode tables of their own, of different versions, so they are asked scalar by scalar. Run in the environment
hf5 of tools/fixtures/environments, where `regex` 2026.11.19 stands beside tokenizers 0.23.3, from the root of the repository:

    python tools/unicode/traits.py > Sources/Text/Tokenization/TokenizerJSON/ScalarTraits+Table.swift
"""

import textwrap

import regex
import tokenizers
from tokenizers import normalizers, pre_tokenizers

HEADER = '''\
// Written by tools/unicode/traits.py; do not edit.

extension ScalarTraits {
  /// The traits of all scalars as %d runs `count=traits` in hexadecimal, from U+0000 on; surrogates count as having none.
  ///
  /// Sources: tokenizers %s and regex %s, asked scalar by scalar.
  static let runs = """'''

LETTER, NUMBER, SPACE = 1, 2, 3
PATTERNS = [(LETTER, regex.compile(r"\p{L}")), (NUMBER, regex.compile(r"\p{N}")), (SPACE, regex.compile(r"\s"))]
BYTES = pre_tokenizers.ByteLevel(add_prefix_space=False)
PUNCTUATION = pre_tokenizers.BertPreTokenizer()
WORDS = pre_tokenizers.Whitespace()
CLEANING = normalizers.BertNormalizer(clean_text=True, handle_chinese_chars=False, strip_accents=False, lowercase=False)
ACCENTS = normalizers.BertNormalizer(clean_text=False, handle_chinese_chars=False, strip_accents=True, lowercase=False)
MARKS = normalizers.StripAccents()
NFD = normalizers.NFD()


def class_in_tokenizers(character):
    """The class of a character in the pattern of GPT-2, found by what it goes together with."""
    for number, neighbour in [(LETTER, "a"), (NUMBER, "1"), (0, "!")]:
        if len(BYTES.pre_tokenize_str(neighbour + character + neighbour)) == 1:
            return number
    return SPACE


def class_in_regex(character):
    """The class of a character in the pattern of GPT-2, by the package `regex`."""
    return next((number for number, pattern in PATTERNS if pattern.match(character)), 0)


def traits(character):
    """The bits of ScalarTraits for a character."""
    decomposed = NFD.normalize_str(character)
    bits = [
        len(PUNCTUATION.pre_tokenize_str("a" + character + "a")) == 3,
        CLEANING.normalize_str(character) == "",
        decomposed == character and ACCENTS.normalize_str(character) == "",
        MARKS.normalize_str(character) == "",
        len(WORDS.pre_tokenize_str("a" + character + "a")) == 1,
    ]
    value = class_in_tokenizers(character) | class_in_regex(character) << 2
    return value | sum(bit << 4 + number for number, bit in enumerate(bits))


def main():
    runs = []
    for code in range(0x110000):
        value = 0 if 0xD800 <= code < 0xE000 else traits(chr(code))
        if runs and runs[-1][1] == value:
            runs[-1][0] += 1
        else:
            runs.append([1, value])
    print(HEADER % (len(runs), tokenizers.__version__, regex.__version__))
    text = " ".join("%x=%x" % tuple(run) for run in runs)
    print(textwrap.fill(text, 118, initial_indent="    ", subsequent_indent="    ", break_on_hyphens=False))
    print('    """\n}')


main()
