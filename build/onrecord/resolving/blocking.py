"""Which items are worth comparing: those that share keys, found by sorting, never all with all."""

from array import array

import numpy as np
import numpy.typing as npt

CROWD = 16
"""Items that share one key beyond which only neighbours are proposed: what so many have in common says
little, and where they are all alike, neighbours hang them together."""

__all__ = ["pair_up"]


def pair_up(keys: "array[int]", holders: "array[int]", shared: int = 1) -> npt.NDArray[np.uint64]:
    """The pairs of holders that share at least ``shared`` keys, as sorted rows of two, the smaller first.

    ``keys`` and ``holders`` are arrays of unsigned 64-bit numbers of one length, in any order: holder
    ``holders[i]`` (below 2**32) has the key ``keys[i]``, and none the same key twice. The work is that of
    sorting the keys, and at most ``CROWD`` pairs for each.

    >>> pair_up(array("Q", [7, 8, 7, 9, 8]), array("Q", [0, 0, 1, 1, 2])).tolist()
    [[0, 1], [0, 2]]
    """
    if not keys:
        return np.empty((0, 2), np.uint64)
    values = np.frombuffer(keys, np.uint64)
    held = np.frombuffer(holders, np.uint64)
    order = np.lexsort((held, values))
    values, held = values[order], held[order]
    starts = np.flatnonzero(np.concatenate(([True], values[1:] != values[:-1])))
    sizes = np.diff(np.append(starts, len(values)))
    codes: list[npt.NDArray[np.uint64]] = []
    for size in np.unique(sizes[sizes > 1]):
        blocks = starts[sizes == size]
        for step in range(1, int(size) if size <= CROWD else 2):
            codes += [
                (held[blocks + place] << np.uint64(32)) | held[blocks + place + step]
                for place in range(int(size) - step)
            ]
    if not codes:
        return np.empty((0, 2), np.uint64)
    pairs, counts = np.unique(np.concatenate(codes), return_counts=True)
    pairs = pairs[counts >= shared]
    return np.stack((pairs >> np.uint64(32), pairs & np.uint64(0xFFFFFFFF)), axis=1)
