"""Writes Sources/Text/Tokenization/Unicode/Normalization+Table.swift: compatibility decompositions, and what `tokenizers` lacks.

Its crate follows an older version of Unicode than Python 3.11 does, so it is asked for everything. Run in the environment hf5 of
tools/fixtures/environments (Python 3.11, whose unicodedata is Unicode 14.0.0), from the root of the repository; hf4 writes the same:

    python tools/unicode/normalizations.py > Sources/Text/Tokenization/Unicode/Normalization+Table.swift
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
    kept = [code for code in SCALARS if NFKD.normalize_str(chr(code)) != unicodedata.normalize("NFKD", chr(code))]
    assert all(NFKD.normalize_str(chr(code)) == chr(code) for code in kept)
    assert all(NFD.normalize_str(chr(code)) in (chr(code), unicodedata.normalize("NFD", chr(code))) for code in SCALARS)
    table("whole", "The scalars that decompose in Unicode 14.0 and not in the library tokenizers.", ["%x" % code for code in kept])
    print()
    marks = [code for code in SCALARS if unicodedata.combining(chr(code)) and NFD.normalize_str(chr(code)) == chr(code)]
    table("apart", "The scalars that combine in Unicode 14.0 and not there.",
          ["%x" % code for code in marks if not combines(chr(code))])
    print()
    for code in SCALARS:
        whole = unicodedata.normalize("NFC", unicodedata.normalize("NFD", chr(code)))
        assert code in kept or NFC.normalize_str(NFD.normalize_str(chr(code))) == whole, "%x" % code
    full = [(code, unicodedata.normalize("NFKD", chr(code))) for code in SCALARS if code not in HANGUL]
    full = ["%x=%s" % (code, numbers(text)) for code, text in full if text != unicodedata.normalize("NFD", chr(code))]
    table("compatibility", "The full compatibility decomposition of the %d scalars that have another than the canonical one." % len(full),
          full)
    print("}")


main()
