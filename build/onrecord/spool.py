"""What a stage across articles puts by on disk, so that memory holds numbers and not words.

Everything lies in files without names in a folder, given or the system's own for such files, and goes with
the object that made it.
"""

import os
import tempfile
import weakref
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Generic, TypeVar, overload

import msgspec
import numpy as np
import numpy.typing as npt

from onrecord.errors import OnRecordError

Item = TypeVar("Item")
Numbers = npt.NDArray[np.uint64]

BUFFER = 1 << 16
"""Bytes that wait in memory before they are written, and that are read at a time."""

HELD = 1 << 20
"""Numbers that wait in memory before they are split into buckets, about; it bounds memory, not results."""
BUCKETS = 64

__all__ = ["BUCKETS", "Buckets", "HashIds", "Ids", "Numbers", "RawFile", "Rows", "Spool", "hash_of"]


class RawFile:
    """Bytes on disk, added at the end and read from anywhere."""

    def __init__(self, folder: Path | None = None) -> None:
        handle, name = tempfile.mkstemp(dir=folder)
        os.unlink(name)  # noqa: PTH108 - the file stays while it is open
        self._handle = handle
        self._waiting = bytearray()
        self._written = 0
        weakref.finalize(self, os.close, handle)

    def __len__(self) -> int:
        return self._written + len(self._waiting)

    def add(self, data: bytes) -> None:
        """Put bytes at the end. Raises OnRecordError where the disk does not take them."""
        self._waiting += data
        if len(self._waiting) >= BUFFER:
            self._write()

    def _write(self) -> None:
        view = memoryview(self._waiting)
        try:
            while view:
                count = os.pwrite(self._handle, view, self._written)
                self._written += count
                view = view[count:]
        except OSError as error:
            raise OnRecordError(
                f"what the build puts by on disk cannot be written: {error.strerror}; free some space"
            ) from error
        finally:
            view.release()
        self._waiting = bytearray()

    def read(self, start: int, end: int) -> bytes:
        """The bytes [start, end)."""
        if self._waiting and end > self._written:
            self._write()
        parts = []
        while start < end and (part := os.pread(self._handle, end - start, start)):
            parts.append(part)
            start += len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)


class Spool(Generic[Item]):
    """Records of one type on disk, in the order they were added; memory holds eight bytes for each.

    >>> spool = Spool(tuple[str, int])
    >>> spool.add(("Halden", 3)); spool.add(("Velby", 1))
    >>> len(spool), spool[1], list(spool)
    (2, ('Velby', 1), [('Halden', 3), ('Velby', 1)])
    """

    def __init__(self, kind: type[Item], folder: Path | None = None) -> None:
        self._file = RawFile(folder)
        self._ends = array("Q", [0])
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder = msgspec.msgpack.Decoder(kind)

    def __len__(self) -> int:
        return len(self._ends) - 1

    def add(self, item: Item) -> None:
        """Put a record at the end."""
        self.add_encoded(self._encoder.encode(item))

    def add_encoded(self, data: bytes) -> None:
        """Put a record at the end that is encoded already."""
        self._file.add(data)
        self._ends.append(len(self._file))

    def extend(self, items: Iterable[Item]) -> None:
        """Put records at the end."""
        for item in items:
            self.add(item)

    def __getitem__(self, number: int) -> Item:
        if not 0 <= number < len(self):
            raise IndexError(number)
        return self._decoder.decode(self._file.read(self._ends[number], self._ends[number + 1]))

    def between(self, first: int, last: int) -> Iterator[Item]:
        """The records [first, last), in one piece."""
        start = self._ends[first]
        data = memoryview(self._file.read(start, self._ends[last]))
        for number in range(first, last):
            yield self._decoder.decode(data[self._ends[number] - start : self._ends[number + 1] - start])

    def __iter__(self) -> Iterator[Item]:
        first = 0
        while first < len(self):
            last = max(first + 1, bisect_right(self._ends, self._ends[first] + BUFFER) - 1)
            yield from self.between(first, last)
            first = last


class Buckets:
    """Rows of ``width`` numbers: in memory while they are few, then on disk, split by a number of theirs."""

    def __init__(self, width: int, folder: Path | None) -> None:
        self._width = width
        self._folder = folder
        self._held: list[Numbers] = []
        self._count = 0
        self._file: RawFile | None = None
        self._pieces: list[list[tuple[int, int]]] = [[] for _ in range(BUCKETS)]

    def add(self, rows: Numbers) -> None:
        self._held.append(rows)
        self._count += rows.size
        if self._count >= HELD:
            self._spill()

    def _spill(self) -> None:
        if self._file is None:
            self._file = RawFile(self._folder)
        rows = self._take()
        bucket = self._bucket_of(rows)
        order = np.argsort(bucket, kind="stable")
        rows = rows[order]
        ends = np.searchsorted(bucket[order], np.arange(BUCKETS + 1))
        for number, pieces in enumerate(self._pieces):
            if ends[number] < ends[number + 1]:
                start = len(self._file)
                self._file.add(rows[ends[number] : ends[number + 1]].tobytes())
                pieces.append((start, len(self._file)))

    def _bucket_of(self, rows: Numbers) -> Numbers:
        """Keys are no good hashes: their bits are mixed (Steele, Lea and Flood 2014)."""
        mixed = rows[:, 0] * np.uint64(0x9E3779B97F4A7C15)
        return (mixed ^ (mixed >> np.uint64(32))) % np.uint64(BUCKETS)

    def _take(self) -> Numbers:
        rows = np.concatenate(self._held) if self._held else np.empty((0, self._width), np.uint64)
        self._held, self._count = [], 0
        return rows

    def __iter__(self) -> Iterator[Numbers]:
        """The buckets; of few rows, one."""
        if self._file is None:
            yield self._take()
            return
        self._spill()
        for pieces in self._pieces:
            data = b"".join([self._file.read(start, end) for start, end in pieces])
            yield np.frombuffer(data, np.uint64).reshape(-1, self._width)


class Rows(Sequence[Sequence[int]]):
    """Rows of numbers below 2**32, of any length each, four bytes a number.

    >>> rows = Rows()
    >>> rows.add([3, 1]); rows.add([])
    >>> [list(row) for row in rows]
    [[3, 1], []]
    """

    def __init__(self) -> None:
        self.values = array("I")
        self._ends = array("Q", [0])

    def add(self, row: Iterable[int]) -> None:
        """Put a row at the end."""
        self.values.extend(row)
        self._ends.append(len(self.values))

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, number: int) -> "array[int]": ...
    @overload
    def __getitem__(self, number: slice) -> "list[array[int]]": ...
    def __getitem__(self, number: int | slice) -> "array[int] | list[array[int]]":
        if isinstance(number, slice):
            return [self[place] for place in range(*number.indices(len(self)))]
        if not 0 <= number < len(self):
            raise IndexError(number)
        return self.values[self._ends[number] : self._ends[number + 1]]


class Ids(Sequence[tuple[Item, ...]]):
    """A row of ids for each article, each id held once; four bytes for each time it stands in a row.

    >>> rows = Rows()
    >>> rows.add([1, 0])
    >>> Ids(["ent-a", "ent-b"], rows)[0]
    ('ent-b', 'ent-a')
    """

    def __init__(self, names: Sequence[Item], rows: Rows) -> None:
        self._names = names
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, number: int) -> tuple[Item, ...]: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[tuple[Item, ...]]: ...
    def __getitem__(self, number: int | slice) -> tuple[Item, ...] | Sequence[tuple[Item, ...]]:
        if isinstance(number, slice):
            return [self[place] for place in range(*number.indices(len(self)))]
        return tuple([self._names[place] for place in self._rows[number]])


def hash_of(made: str) -> int:
    """The number in an id.

    >>> hash_of("evt-00000000000000ff")
    255
    """
    return int(made[-16:], 16)


class HashIds(Sequence[tuple[str, ...]]):
    """A row of ids of one kind for each article, eight bytes an id.

    >>> HashIds("evt", np.array([255, 1], np.uint64), [0, 2])[0]
    ('evt-00000000000000ff', 'evt-0000000000000001')
    """

    def __init__(self, prefix: str, hashes: Numbers, ends: Sequence[int]) -> None:
        self._prefix = prefix
        self._hashes = hashes
        self._ends = ends

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, number: int) -> tuple[str, ...]: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[tuple[str, ...]]: ...
    def __getitem__(self, number: int | slice) -> tuple[str, ...] | Sequence[tuple[str, ...]]:
        if isinstance(number, slice):
            return [self[place] for place in range(*number.indices(len(self)))]
        if not 0 <= number < len(self):
            raise IndexError(number)
        row = self._hashes[self._ends[number] : self._ends[number + 1]].tolist()
        return tuple([f"{self._prefix}-{value:016x}" for value in row])
