"""Checksums inside of files: where they stand in a sound file, and how they are made right in a spoiled one.

HDF5: Jenkins' lookup3 behind every block of metadata that the newer forms have (HDF5 File Format Specification 3.0, III).
TensorFlow: masked CRC-32C behind every block of an index (tensorflow/core/lib/io/format.cc).
"""

import collections
import struct

Block = collections.namedtuple("Block", "start end")
"""Bytes whose checksum follows them."""

SIGNATURES = (
    b"OHDR", b"OCHK", b"BTHD", b"BTIN", b"BTLF", b"FRHP", b"FHIB", b"FHDB", b"FSHD", b"FSSE", b"EAHD", b"EAIB", b"EASB",
    b"EADB", b"FAHD", b"FADB", b"SMTB", b"SMLI")
LONGEST = 700
"""Longer blocks are left alone: to find where one ends takes a time that grows with the square."""


def blocks(kind, data):
    if kind == "hdf5":
        return hdf5_blocks(data)
    return tensorflow_blocks(data) if kind == "tensorflow" else []


def mended(kind, data, changed):
    """A copy in which the blocks have the checksums of what they hold now."""
    data = bytearray(data)
    for block in changed:
        part = bytes(data[block.start:block.end])
        code = lookup3(part) if kind == "hdf5" else masked_crc32c(part)
        data[block.end:block.end + 4] = struct.pack("<I", code)
    return bytes(data)


def hdf5_blocks(data):
    found = []
    start = data.find(b"\x89HDF\r\n\x1a\n")
    if start >= 0 and data[start + 8:start + 9] in (b"\x02", b"\x03"):
        found.append(Block(start, start + 44))
    for signature in SIGNATURES:
        at = data.find(signature)
        while at >= 0:
            end = end_of_block(data, at)
            if end:
                found.append(Block(at, end))
            at = data.find(signature, at + 1)
    return found


def end_of_block(data, start):
    """Where the bytes end that have the checksum behind them: the first place where one stands."""
    piece = data[start:start + LONGEST + 4]
    if len(piece) < 12:
        return None
    for length in range(8, len(piece) - 3):
        if lookup3(piece[:length]) == struct.unpack("<I", piece[length:length + 4])[0]:
            return start + length
    return None


def rotated(value, count):
    return ((value << count) | (value >> (32 - count))) & 0xFFFFFFFF


def lookup3(data):
    """hashlittle of Bob Jenkins' lookup3.c with the initial value 0 (H5checksum.c, H5_checksum_lookup3)."""
    mask = 0xFFFFFFFF
    length = len(data)
    a = b = c = (0xDEADBEEF + length) & mask
    at = 0
    words = struct.unpack(f"<{(length + 11) // 12 * 3}I", data + bytes(-length % 12)) if length else ()
    while length > 12:
        a = (a + words[at]) & mask
        b = (b + words[at + 1]) & mask
        c = (c + words[at + 2]) & mask
        a = (a - c) & mask; a ^= rotated(c, 4); c = (c + b) & mask
        b = (b - a) & mask; b ^= rotated(a, 6); a = (a + c) & mask
        c = (c - b) & mask; c ^= rotated(b, 8); b = (b + a) & mask
        a = (a - c) & mask; a ^= rotated(c, 16); c = (c + b) & mask
        b = (b - a) & mask; b ^= rotated(a, 19); a = (a + c) & mask
        c = (c - b) & mask; c ^= rotated(b, 4); b = (b + a) & mask
        at += 3
        length -= 12
    if length == 0:
        return c
    a = (a + words[at]) & mask
    b = (b + words[at + 1]) & mask
    c = (c + words[at + 2]) & mask
    for one, other, count in ((2, 1, 14), (0, 2, 11), (1, 0, 25), (2, 1, 16), (0, 2, 4), (1, 0, 14), (2, 1, 24)):
        state = [a, b, c]
        state[one] = ((state[one] ^ state[other]) - rotated(state[other], count)) & mask
        a, b, c = state
    return c


def crc_table():
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ 0x82F63B78 if value & 1 else value >> 1
        table.append(value)
    return table


TABLE = crc_table()


def masked_crc32c(data):
    code = 0xFFFFFFFF
    for byte in data:
        code = code >> 8 ^ TABLE[(code ^ byte) & 255]
    code ^= 0xFFFFFFFF
    return ((code >> 15 | code << 17) + 0xA282EAD8) & 0xFFFFFFFF


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        shift += 7
        at += 1
        if byte < 128:
            return value, at


def tensorflow_blocks(data):
    """The blocks that the footer and the index of blocks name."""
    if len(data) < 48:
        return []
    found = []
    at = len(data) - 48
    handles = []
    for _ in range(2):
        offset, at = varint(data, at)
        size, at = varint(data, at)
        handles.append((offset, size))
    offset, size = handles[1]
    if data[offset + size] == 0:
        handles += index_entries(data[offset:offset + size])
    for offset, size in handles:
        end = offset + size + 1
        if masked_crc32c(data[offset:end]) == struct.unpack("<I", data[end:end + 4])[0]:
            found.append(Block(offset, end))
    return found


def index_entries(block):
    restarts = struct.unpack("<I", block[-4:])[0]
    end = len(block) - 4 - 4 * restarts
    at = 0
    found = []
    while at < end:
        _, at = varint(block, at)
        unshared, at = varint(block, at)
        length, at = varint(block, at)
        at += unshared
        offset, inner = varint(block, at)
        size, _ = varint(block, inner)
        at += length
        found.append((offset, size))
    return found
