"""Writes Sources/Text/Tokenization/Unicode/CanonicalDecomposition+Table.swift from Python's own character database.

Run with Python 3.11, whose unicodedata is Unicode 14.0.0, from the root of the repository:

    python3.11 tools/unicode/decompositions.py > Sources/Text/Tokenization/Unicode/CanonicalDecomposition+Table.swift
"""

import textwrap
import unicodedata

HEADER = '''\
// Written by tools/unicode/decompositions.py; do not edit.

extension CanonicalDecomposition {
  /// The full canonical decomposition of each of the %d scalars of Unicode 14.0 that have one, Hangul syllables aside.
  ///
  /// An entry is `scalar=part+part…` in hexadecimal, entries stand in the order of their scalars. Source: field 5 of
  /// UnicodeData.txt, applied until nothing decomposes further (Unicode 14.0, section 3.7, definition D68).
  static let table = """'''

HANGUL_SYLLABLES = range(0xAC00, 0xD7A4)


def main():
    assert unicodedata.unidata_version == "14.0.0", unicodedata.unidata_version
    entries = []
    for code in range(0x110000):
        if 0xD800 <= code < 0xE000 or code in HANGUL_SYLLABLES:
            continue
        parts = unicodedata.normalize("NFD", chr(code))
        if parts != chr(code):
            entries.append("%x=%s" % (code, "+".join("%x" % ord(part) for part in parts)))
    print(HEADER % len(entries))
    print(textwrap.fill(" ".join(entries), 118, initial_indent="    ", subsequent_indent="    ", break_on_hyphens=False))
    print('    """\n}')


main()
