"""Spoiled copies of files: one number decides each."""

import io
import os
import random
import zipfile

import checksums

INTERESTING = (0, 1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 63, 64, 127, 128, 255, 256, 4096, 32767, 32768, 65535)


class Subject:
    """A sound file of one kind, and what is known of its parts."""

    def __init__(self, kind, path):
        self.kind = kind
        self.path = path
        self.data = path.read_bytes()
        self.blocks = checksums.blocks(kind, self.data)
        self.is_archive = kind in ("npz", "keras", "pytorch") and is_sound_archive(path)

    def write(self, seed, folder, report=lambda text: None):
        """Write a mutant and return its path."""
        data = self.mutant(random.Random(seed), report)
        if self.kind != "tensorflow":
            path = folder / f"mutant{self.path.suffix}"
            path.write_bytes(data)
            return str(path)
        for stray in folder.glob("mutant.*"):
            stray.unlink()
        prefix = self.path.name[: -len(".index")]
        for shard in self.path.parent.glob(f"{prefix}.data-*"):
            os.symlink(shard, folder / f"mutant{shard.name[len(prefix):]}")
        path = folder / "mutant.index"
        path.write_bytes(data)
        return str(path)

    def mutant(self, chance, report):
        if self.is_archive and chance.random() < 0.7:
            return self.member_changed(chance, report)
        data = changed(self.data, chance, report)
        if len(data) == len(self.data) and chance.random() < 0.7:
            data = checksums.mended(self.kind, data, [
                block for block in self.blocks if data[block.start:block.end] != self.data[block.start:block.end]])
        return data

    def member_changed(self, chance, report):
        """An archive in which one member is changed and has the checksum of what it holds now."""
        target = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(self.data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as new:
            members = old.infolist()
            structure = [m for m in members if m.filename.endswith((".pkl", ".h5"))] or members
            chosen = chance.choice(structure if chance.random() < 0.8 else members)
            for member in members:
                content = old.read(member)
                if member is chosen and content:
                    report(f"{member.filename}:")
                    content = changed(content, chance, report)
                new.writestr(zipfile.ZipInfo(member.filename), content)
        return target.getvalue()


def is_sound_archive(path):
    """Whether all members have their checksums; the stream form of PyTorch is no archive at all."""
    try:
        with zipfile.ZipFile(path) as archive:
            return bool(archive.namelist()) and archive.testzip() is None
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError):
        return False


def changed(data, chance, report):
    """A copy with one to three changes."""
    data = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        if not data:
            break
        change = chance.choices(CHANGES, WEIGHTS)[0]
        report(f"{change.__name__}{change(data, chance)}")
    return bytes(data)


def place(data, chance, count=1):
    """Where something is changed: as often in the first bytes, which tell of the others, as anywhere."""
    end = max(1, len(data) - count + 1)
    return chance.randrange(min(end, 600)) if chance.random() < 0.4 else chance.randrange(end)


def flip(data, chance):
    at, bit = place(data, chance), chance.randrange(8)
    data[at] ^= 1 << bit
    return at, bit


def byte(data, chance):
    at = place(data, chance)
    data[at] = chance.choice((chance.randrange(256), 0, 1, 127, 128, 255, (data[at] + 1) & 255, (data[at] - 1) & 255))
    return at, data[at]


def number(data, chance):
    width = chance.choice((2, 4, 8))
    at = place(data, chance, width)
    if at + width > len(data):
        return at, "nothing"
    order = "little" if chance.random() < 0.8 else "big"
    old = int.from_bytes(data[at:at + width], order)
    new = chance.choice((
        chance.choice(INTERESTING), -1, len(data), old + 1, old - 1, old * 2, old // 2, 1 << (8 * width - 1),
        chance.getrandbits(8 * width))) % (1 << (8 * width))
    data[at:at + width] = new.to_bytes(width, order)
    return at, width, order, new


def digit(data, chance):
    """Another digit where a text has one."""
    found = [at for at in range(min(len(data), 4_000)) if 48 <= data[at] <= 57]
    if not found:
        return flip(data, chance)
    at = chance.choice(found)
    data[at] = 48 + chance.randrange(10)
    return at, chr(data[at])


def copy(data, chance):
    """A piece over another, of the same length."""
    count = min(len(data), chance.choice((1, 2, 4, 8, 16, 40)))
    at, start = place(data, chance, count), chance.randrange(len(data) - count + 1)
    data[at:at + count] = data[start:start + count]
    return at, start, count


def exchange(data, chance):
    """Two pieces in each other's place."""
    count = min(len(data) // 2, chance.choice((1, 2, 4, 8, 16, 40)))
    first = chance.randrange(len(data) - 2 * count + 1)
    second = chance.randrange(first + count, len(data) - count + 1)
    one, other = data[first:first + count], data[second:second + count]
    data[first:first + count], data[second:second + count] = other, one
    return first, second, count


def deletion(data, chance):
    count = chance.choice((1, 2, 4, 8, 16))
    at = place(data, chance, count)
    del data[at:at + count]
    return at, count


def insertion(data, chance):
    count = chance.choice((1, 2, 4, 8, 16))
    at = place(data, chance)
    data[at:at] = data[at:at + count]
    return at, count


def truncation(data, chance):
    count = chance.randrange(len(data))
    del data[count:]
    return (count,)


CHANGES = (flip, byte, number, digit, copy, exchange, deletion, insertion, truncation)
WEIGHTS = (20, 25, 25, 10, 8, 4, 2, 2, 1)
