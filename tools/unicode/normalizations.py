"""Writes Sources/Text/Tokenization/TokenizerJSON/Normalization+Table.swift: how `tokenizers` decomposes and composes.

Its crate follows an older version of Unicode than Python 3.11 does, so it is asked for everything. Run in the environment hf5 of
tools/fixtures/environments (Python 3.11, whose unicodedata is Unicode 14.0.0), from the root of the repository:

    python tools/unicode/normalizations.py > Sources/Text/Tokenization/TokenizerJSON/Normalization+Table.swift
"""

import textwrap
import unicodedata

import tokenizers
from tokenizers import normalizers

NFC, NFD, NFKD = normalizers.NFC(), normalizers.NFD(), normalizers.NFKD()
SCALARS = [code for code in range(0x110000) if not 0xD800 <= code < 0xE000]
HANGUL = range(0xAC00, 0xD7A4)


def table(name, comment, entries):
    """The declaration of a table of text."""
    print('  /// %s\n  static let %s = """' % (comment, name))
    print(textwrap.fill(" ".join(entries), 118, initial_indent="    ", subsequent_indent="    ", break_on_hyphens=False))
    print('    """')


def numbers(text):
    """The scalars of a text in hexadecimal."""
    return "+".join("%x" % ord(character) for character in text)


def combines(character):
    """Whether the crate knows that a mark combines: then it changes places with one of another class."""
    other = "\u0345" if unicodedata.combining(character) < 240 else "\u0327"
    first = other if unicodedata.combining(character) < 240 else character
    second = character if first == other else other
    return NFD.normalize_str(first + second) != first + second


def main():
    assert unicodedata.unidata_version == "14.0.0", unicodedata.unidata_version
    print("// Written by tools/unicode/normalizations.py; do not edit.\n\nextension Normalization {")
    unknown = [code for code in SCALARS if unicodedata.normalize("NFD", chr(code)) != NFD.normalize_str(chr(code))]
    assert all(NFD.normalize_str(chr(code)) == chr(code) for code in unknown)
    table("whole", "The scalars that decompose in Unicode 14.0 and not in tokenizers %s." % tokenizers.__version__,
          ["%x" % code for code in unknown])
    print()
    marks = [code for code in SCALARS if unicodedata.combining(chr(code)) and NFD.normalize_str(chr(code)) == chr(code)]
    table("apart", "The scalars that combine in Unicode 14.0 and not there.",
          ["%x" % code for code in marks if not combines(chr(code))])
    print()
    pairs = []
    for code in SCALARS:
        parts = unicodedata.decomposition(chr(code)).split()
        if code in HANGUL or len(parts) != 2 or parts[0].startswith("<"):
            continue
        text = "".join(chr(int(part, 16)) for part in parts)
        if NFC.normalize_str(text) == chr(code):
            pairs.append("%s=%x" % (numbers(text), code))
    table("pairs", "The %d pairs that are composed, Hangul aside: `first+second=whole` in hexadecimal." % len(pairs), pairs)
    print()
    full = [(code, NFKD.normalize_str(chr(code))) for code in SCALARS if code not in HANGUL]
    full = ["%x=%s" % (code, numbers(text)) for code, text in full if text != NFD.normalize_str(chr(code))]
    table("compatibility", "The full compatibility decomposition of the %d scalars that have another than the canonical one." % len(full),
          full)
    print("}")


main()
