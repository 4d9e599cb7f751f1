"""Write Sources/Text/Tokenization/Unicode/CanonicalComposition+Table.swift from the Unicode data of Python 3.11 (14.0).

Run from the repository root:

    python3.11 tools/unicode/compositions.py
"""

import textwrap
import unicodedata

PATH = "Sources/Text/Tokenization/Unicode/CanonicalComposition+Table.swift"
HEAD = '''// Written by tools/unicode/compositions.py; do not edit.

extension CanonicalComposition {
  /// The %d primary composites of Unicode 14.0, Hangul syllables aside: two scalars, and the one that they make.
  ///
  /// An entry is `first+second=composite` in hexadecimal. Source: field 5 of UnicodeData.txt without the exclusions (Unicode 14.0, section
  /// 3.11, definition D114).
  static let table = """
%s
    """
}
'''


def entries():
    """All primary composites, in the order of their first and second scalars."""
    for value in range(0x110000):
        parts = unicodedata.decomposition(chr(value)).split()
        if len(parts) == 2 and not parts[0].startswith("<") and unicodedata.normalize("NFC", chr(value)) == chr(value):
            yield int(parts[0], 16), int(parts[1], 16), value


def main():
    """Write the table."""
    assert unicodedata.unidata_version == "14.0.0"
    words = ["%x+%x=%x" % entry for entry in sorted(entries())]
    lines = textwrap.wrap(" ".join(words), 114, initial_indent="    ", subsequent_indent="    ")
    with open(PATH, "w") as file:
        file.write(HEAD % (len(words), "\n".join(lines)))


main()
