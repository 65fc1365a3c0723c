"""From scores of pairs to clusters: average link on a sparse graph.

Two clusters become one while the mean score over all pairs of their members says so (Sokal and Michener
1958). A pair that was never scored counts as unlike, so that a chain of likenesses does not make one cluster
of many.
"""

import heapq
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise

import numpy as np
import numpy.typing as npt

__all__ = ["Scores", "find_heads", "find_parts", "find_runs", "gather"]


class Scores:
    """Scores of pairs of numbers below 2**32, sixteen bytes each."""

    def __init__(self, pairs: Iterable[tuple[int, int, float]] = ()) -> None:
        self.codes, self.values = array("Q"), array("d")
        for one, other, score in pairs:
            self.add(one, other, score)

    def add(self, one: int, other: int, score: float) -> None:
        """Take the score of a pair; each pair comes once."""
        low, high = (one, other) if one < other else (other, one)
        self.codes.append(low << 32 | high)
        self.values.append(score)

    def extend(
        self,
        ones: npt.NDArray[np.int64],
        others: npt.NDArray[np.int64],
        values: npt.NDArray[np.float64],
    ) -> None:
        """Take the scores of several pairs."""
        codes = np.minimum(ones, others) << 32 | np.maximum(ones, others)
        self.codes.frombytes(codes.astype(np.uint64).tobytes())
        self.values.frombytes(values.astype(np.float64).tobytes())


def find_heads(groups: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """For each number the smallest of its group; where that is -1, itself.

    >>> find_heads(np.array([-1, 7, -1, 7])).tolist()
    [0, 1, 2, 1]
    """
    heads = np.arange(len(groups))
    grouped = np.flatnonzero(groups >= 0)
    _, first, place = np.unique(groups[grouped], return_index=True, return_inverse=True)
    heads[grouped] = grouped[first][place]
    return heads


def gather(
    scores: Scores,
    count: int,
    unlike: float,
    least: float = 0.0,
    apart: npt.NDArray[np.int64] | None = None,
) -> npt.NDArray[np.int64]:
    """For each of ``count`` numbers the smallest number of its cluster.

    Clusters are joined while their mean score is ``least`` or more; ``unlike`` is the score of a pair that is
    not there. No two numbers for which ``apart`` has the same mark, but for -1, come into one cluster. The
    order of the pairs changes nothing.

    >>> chain = [(0, 1, 2.0), (1, 2, 1.0)]
    >>> gather(Scores(chain), 4, unlike=-2.0).tolist()
    [0, 0, 2, 3]
    >>> gather(Scores([*chain, (0, 2, 0.5)]), 4, unlike=-2.0).tolist()
    [0, 0, 0, 3]
    >>> gather(Scores([*chain, (0, 2, 0.5)]), 4, unlike=-2.0, apart=np.array([5, -1, 5, -1])).tolist()
    [0, 0, 2, 3]
    """
    codes, values = np.asarray(scores.codes), np.asarray(scores.values)
    linked = codes[values >= least]
    marks = np.full(count, -1) if apart is None else apart
    parts = connect(linked >> np.uint64(32), linked & np.uint64(0xFFFFFFFF), count)
    low, high = (codes >> np.uint64(32)).astype(np.int64), (codes & np.uint64(0xFFFFFFFF)).astype(np.int64)
    inside = np.flatnonzero(parts[low] == parts[high])
    inside = inside[np.argsort(codes[inside])]
    found = np.arange(count)
    for places in find_parts(parts[low[inside]]):
        part = inside[places]
        pairs = zip(low[part].tolist(), high[part].tolist(), values[part].tolist(), strict=True)
        numbers = np.unique(np.concatenate([low[part], high[part]])).tolist()
        held = {number: {int(marks[number])} - {-1} for number in numbers}
        for one, other in _merge(pairs, held, unlike, least):
            found[other] = one
    return _climb(found)


def find_parts(names: npt.NDArray[np.int64]) -> Iterator[npt.NDArray[np.int64]]:
    """The places of each name, in order; names in order.

    >>> [places.tolist() for places in find_parts(np.array([7, 3, 7]))]
    [[1], [0, 2]]
    """
    order = np.argsort(names, kind="stable")
    cuts = np.flatnonzero(np.diff(names[order])) + 1
    for start, end in pairwise(np.concatenate(([0], cuts, [len(order)]))):
        if start < end:
            yield order[start:end]


def find_runs(names: npt.NDArray[np.int64]) -> Iterator[slice]:
    """Where equal names stand in a row.

    >>> list(find_runs(np.array([7, 7, 3])))
    [slice(0, 2, None), slice(2, 3, None)]
    """
    cuts = np.flatnonzero(np.diff(names)) + 1
    for start, end in pairwise([0, *cuts.tolist(), len(names)]):
        if start < end:
            yield slice(start, end)


def connect(one: npt.NDArray[np.uint64], other: npt.NDArray[np.uint64], count: int) -> npt.NDArray[np.int64]:
    """For each of ``count`` numbers the smallest that pairs connect it with, through others too.

    >>> connect(np.array([0, 1], np.uint64), np.array([2, 3], np.uint64), 5).tolist()
    [0, 1, 0, 1, 4]
    """
    low, high = one.astype(np.int64), other.astype(np.int64)
    roots = np.arange(count)
    while True:
        here, there = roots[low], roots[high]
        apart = here != there
        if not apart.any():
            return roots
        low, high, here, there = low[apart], high[apart], here[apart], there[apart]
        np.minimum.at(roots, np.maximum(here, there), np.minimum(here, there))
        roots = _climb(roots)


def _climb(above: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """For each number the top of those above it."""
    while not np.array_equal(higher := above[above], above):
        above = higher
    return above


def _merge(
    pairs: Iterable[tuple[int, int, float]], held: dict[int, set[int]], unlike: float, least: float
) -> list[tuple[int, int]]:
    """The joins made within one connected part, each named by the smallest members. ``held`` has the marks of
    each, and no cluster gets one twice. The heap holds the pairs that may be joined as they are: a mean that
    is too low rises by no join but one of its own clusters."""
    gains: dict[int, dict[int, float]] = defaultdict(dict)
    for one, other, score in pairs:
        gains[one][other] = gains[other][one] = score - unlike
    size = dict.fromkeys(gains, 1)

    def mean(one: int, other: int) -> float:
        return round(gains[one][other] / (size[one] * size[other]) + unlike, 6)

    heap = [
        (-found, one, other)
        for one in gains
        for other in gains[one]
        if one < other and (found := mean(one, other)) >= least
    ]
    heapq.heapify(heap)
    joins = []
    while heap:
        score, one, other = heapq.heappop(heap)
        if one not in gains or other not in gains[one] or -score != mean(one, other):
            continue
        if held[one] & held[other]:
            continue
        held[one] |= held.pop(other)
        joins.append((one, other))
        for third, gain in sorted(gains.pop(other).items()):
            del gains[third][other]
            if third != one:
                gains[one][third] = gains[third][one] = gains[one].get(third, 0.0) + gain
        size[one] += size.pop(other)
        for third in gains[one]:
            if (found := mean(one, third)) >= least:
                heapq.heappush(heap, (-found, min(one, third), max(one, third)))
    return joins
