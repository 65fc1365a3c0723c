"""From scores of pairs to clusters: average link on a sparse graph.

Two clusters become one while the mean score over all pairs of their members says so (Sokal and Michener
1958). A pair that was never scored counts as unlike, so that a chain of likenesses does not make one cluster
of many.
"""

import heapq
from array import array
from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from onrecord.resolving.clusters import Clusters

__all__ = ["Scores", "gather"]


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


def gather(scores: Scores, count: int, unlike: float, least: float = 0.0) -> list[int]:
    """For each of ``count`` numbers the smallest number of its cluster.

    Clusters are joined while their mean score is ``least`` or more; ``unlike`` is the score of a pair that is
    not there. The order of the pairs changes nothing.

    >>> chain = [(0, 1, 2.0), (1, 2, 1.0)]
    >>> gather(Scores(chain), 4, unlike=-2.0), gather(Scores([*chain, (0, 2, 0.5)]), 4, unlike=-2.0)
    ([0, 0, 2, 3], [0, 0, 0, 3])
    """
    codes, values = np.frombuffer(scores.codes, np.uint64), np.frombuffer(scores.values, np.float64)
    linked = Clusters[int]()
    for code in codes[values >= least].tolist():
        linked.join(code >> 32, code & 0xFFFFFFFF)
    roots = np.array([linked.root(number) for number in range(count)], np.int64)
    low, high = (codes >> np.uint64(32)).astype(np.int64), (codes & np.uint64(0xFFFFFFFF)).astype(np.int64)
    inside = np.flatnonzero(roots[low] == roots[high]) if count else np.zeros(0, np.int64)
    order = inside[np.lexsort((codes[inside], roots[low[inside]]))]
    found = Clusters[int]()
    for part in np.split(order, np.flatnonzero(np.diff(roots[low[order]])) + 1):
        pairs = zip(low[part].tolist(), high[part].tolist(), values[part].tolist(), strict=True)
        for one, other in _merge(pairs, unlike, least):
            found.join(one, other)
    smallest: dict[int, int] = {}
    return [smallest.setdefault(found.root(number), number) for number in range(count)]


def _merge(pairs: Iterable[tuple[int, int, float]], unlike: float, least: float) -> list[tuple[int, int]]:
    """The joins made within one connected part, each named by the smallest members."""
    gains: dict[int, dict[int, float]] = defaultdict(dict)
    for one, other, score in pairs:
        gains[one][other] = gains[other][one] = score - unlike
    size = dict.fromkeys(gains, 1)

    def mean(one: int, other: int) -> float:
        return round(gains[one][other] / (size[one] * size[other]) + unlike, 6)

    heap = [(-mean(one, other), one, other) for one in gains for other in gains[one] if one < other]
    heapq.heapify(heap)
    joins = []
    while heap:
        score, one, other = heapq.heappop(heap)
        if -score < least:
            break
        if one not in gains or other not in gains[one] or -score != mean(one, other):
            continue
        joins.append((one, other))
        for third, gain in sorted(gains.pop(other).items()):
            del gains[third][other]
            if third != one:
                gains[one][third] = gains[third][one] = gains[one].get(third, 0.0) + gain
        size[one] += size.pop(other)
        for third in gains[one]:
            first, second = (one, third) if one < third else (third, one)
            heapq.heappush(heap, (-mean(one, third), first, second))
    return joins
