"""Keys as numbers: a check of many rows holds eight bytes of each, and what it counts lies on disk."""

from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from onrecord.checking.columns import Tables
from onrecord.spool import Buckets, Numbers

__all__ = ["Index", "Places", "count_distinct", "index", "pick", "read_numbers", "take", "to_numbers"]

_LENGTH = 20
"""Characters of an id: three letters, a dash and sixteen digits."""
_DIGITS = np.full(256, 255, np.uint8)
_DIGITS[np.frombuffer(b"0123456789abcdef", np.uint8)] = np.arange(16)
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)

Places = npt.NDArray[np.int64]


def to_numbers(cells: pa.Array | pa.ChunkedArray) -> Numbers:
    """A number for each cell of a column of texts, the same for the same text; 0 for null.

    Ids of one kind that are of their form never share a number; other texts do once in 2**64 times.

    >>> one, other, none = to_numbers(pa.array(["ent-00000000000000ff", "ent-00000000000000fe", None]))
    >>> int(one ^ other), int(none)
    (1, 0)
    """
    if isinstance(cells, pa.ChunkedArray):
        parts = [to_numbers(chunk) for chunk in cells.chunks]
        return np.concatenate(parts) if parts else np.empty(0, np.uint64)
    found = np.zeros(len(cells), np.uint64)
    if not len(cells):
        return found
    _, ends, data = cells.buffers()
    text = np.frombuffer(data or b"", np.uint8)
    bounds = np.frombuffer(ends, np.int32)[cells.offset : cells.offset + len(cells) + 1]
    valid = np.asarray(cells.is_valid().to_numpy(zero_copy_only=False))
    shaped = np.flatnonzero(valid & (np.diff(bounds) == _LENGTH))
    letters = text[bounds[shaped][:, None] + np.arange(_LENGTH)]
    digits = _DIGITS[letters[:, 4:]]
    good = (digits < 16).all(axis=1)
    pairs = np.ascontiguousarray(digits[good, ::2] << 4 | digits[good, 1::2])
    kind = np.ascontiguousarray(letters[good, :4]).view(np.uint32).ravel().astype(np.uint64) * _MULTIPLIER
    found[shaped[good]] = pairs.view(">u8").ravel().astype(np.uint64) ^ kind
    odd = valid.copy()
    odd[shaped[good]] = False
    for row in np.flatnonzero(odd).tolist():
        found[row] = _hash(cells[row].as_py())
    return found


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


def read_numbers(tables: Tables, table: str, column: str) -> Numbers:
    """The numbers of a whole column."""
    parts = [to_numbers(part.rows[column]) for part in tables.parts(table, column)]
    return np.concatenate(parts) if parts else np.empty(0, np.uint64)


class Index:
    """The rows of a table by the numbers of their keys."""

    def __init__(self, keys: Numbers) -> None:
        self._rows = np.argsort(keys, kind="stable")
        self._keys = keys[self._rows]

    def __len__(self) -> int:
        return len(self._keys)

    def find(self, numbers: Numbers) -> Places:
        """For each number the first row that has it as its key, or -1; nobody has 0.

        >>> Index(np.array([7, 3], np.uint64)).find(np.array([3, 0, 8], np.uint64)).tolist()
        [1, -1, -1]
        """
        if not len(self._keys):
            return np.full(len(numbers), -1)
        places = np.minimum(np.searchsorted(self._keys, numbers), len(self._keys) - 1)
        return np.where((self._keys[places] == numbers) & (numbers != 0), self._rows[places], -1)


def pick(numbers: Numbers, places: Places) -> Numbers:
    """The numbers at these places; 0 at -1."""
    return np.where(places >= 0, numbers[places] if len(numbers) else np.uint64(0), np.uint64(0))


def take(values: pa.ChunkedArray, places: Places) -> pa.Array:
    """The values at these places; null at -1.

    >>> take(pa.chunked_array([[5, 6]]), np.array([1, -1])).to_pylist()
    [6, None]
    """
    return values.combine_chunks().take(pa.array(places, mask=places < 0))


def index(tables: Tables, table: str, column: str) -> Index:
    """The rows of a table by one of its columns."""
    return Index(read_numbers(tables, table, column))


def count_distinct(
    pairs: Iterable[tuple[Places, Numbers]], size: int, scratch: Path | None = None
) -> npt.NDArray[np.int64]:
    """For each of ``size`` places how many numbers come with it, each counted once; what has the place -1 or
    the number 0 is not counted.

    >>> pairs = [(np.array([0, 1, 0, -1, 1]), np.array([5, 5, 5, 5, 0], np.uint64))]
    >>> count_distinct(pairs, 2).tolist()
    [1, 1]
    """
    buckets = Buckets(2, scratch)
    for places, numbers in pairs:
        kept = (places >= 0) & (numbers != 0)
        buckets.add(np.stack((places[kept].astype(np.uint64), numbers[kept]), axis=1))
    counts = np.zeros(size, np.int64)
    for rows in buckets:
        if len(rows):
            order = np.lexsort((rows[:, 1], rows[:, 0]))
            rows = rows[order]
            fresh = np.concatenate(([True], (rows[1:] != rows[:-1]).any(axis=1)))
            counts += np.bincount(rows[fresh, 0].astype(np.int64), minlength=size)
    return counts
