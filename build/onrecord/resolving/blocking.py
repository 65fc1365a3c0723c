"""Which items are worth comparing: those that share keys, found by sorting, never all with all.

Sorting goes bucket by bucket: what is many lies on disk, split by key first and by pair then, so that memory
holds one bucket and the pairs that come out.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from onrecord.spool import BUCKETS, Buckets, Numbers

CROWD = 16
"""Items that share one key beyond which only neighbours are proposed: what so many have in common says
little, and where they are all alike, neighbours hang them together."""

__all__ = ["Pairs", "Postings"]


class _ByFirst(Buckets):
    """Pairs split by their first number, of ``count`` numbers that there are: buckets come in order."""

    def __init__(self, count: int, folder: Path | None) -> None:
        super().__init__(1, folder)
        self._share = max(1, -(-count // BUCKETS))

    def _bucket_of(self, rows: Numbers) -> Numbers:
        return (rows[:, 0] >> np.uint64(32)) // np.uint64(self._share)


class Pairs:
    """Pairs of numbers below ``count`` as they are proposed, and how often each was."""

    def __init__(self, count: int, folder: Path | None = None) -> None:
        self._codes = _ByFirst(count, folder)

    def add(self, first: Numbers, second: Numbers) -> None:
        """Propose pairs."""
        self._codes.add(((first << np.uint64(32)) | second)[:, None])

    def proposed(self, shared: int = 1) -> Iterator[Numbers]:
        """The pairs that were proposed ``shared`` times or more, as rows of two, in order, some at a time."""
        for rows in self._codes:
            codes, counts = np.unique(rows[:, 0], return_counts=True)
            codes = codes[counts >= shared]
            if len(codes):
                yield np.stack((codes >> np.uint64(32), codes & np.uint64(0xFFFFFFFF)), axis=1)


class Postings:
    """Which holders have which keys. Holders are numbers below 2**32; none has the same key twice.

    >>> postings = Postings()
    >>> postings.add(np.array([7, 8, 7, 9, 8], np.uint64), np.array([0, 0, 1, 1, 2], np.uint64))
    >>> [rows.tolist() for rows in postings.pairs()]
    [[[1, 0], [2, 0]]]
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._rows = Buckets(2, folder)
        self._holders = 0

    def add(self, keys: Numbers, holders: Numbers) -> None:
        """Take keys, each with its holder, in any order."""
        if len(keys):
            self._rows.add(np.stack((keys, holders), axis=1))
            self._holders = max(self._holders, int(holders.max()) + 1)

    def sorted_keys(self) -> Iterator[tuple[Numbers, Numbers]]:
        """Keys and their holders, sorted by both, all holders of a key together."""
        for rows in self._rows:
            order = np.lexsort((rows[:, 1], rows[:, 0]))
            yield rows[order, 0], rows[order, 1]

    def pairs(self, shared: int = 1) -> Iterator[Numbers]:
        """Pairs of holders that share at least ``shared`` keys, as rows of two, the larger first, in order.

        The work is that of sorting the keys, and at most ``CROWD`` pairs for each.
        """
        found = Pairs(self._holders, self._folder)
        for keys, held in self.sorted_keys():
            if not len(keys):
                continue
            starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
            sizes = np.diff(np.append(starts, len(keys)))
            for size in np.unique(sizes[sizes > 1]):
                blocks = starts[sizes == size]
                for step in range(1, int(size) if size <= CROWD else 2):
                    for place in range(int(size) - step):
                        found.add(held[blocks + place + step], held[blocks + place])
        yield from found.proposed(shared)
