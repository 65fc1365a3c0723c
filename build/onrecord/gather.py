"""From scores of pairs to clusters: average link on a sparse graph.

Two clusters become one while the mean score over all pairs of their members says so (Sokal and Michener
1958). A pair that was never scored counts as unlike, so that a chain of likenesses does not make one cluster
of many.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping

from onrecord.clusters import Clusters

__all__ = ["gather"]


def gather(scores: Mapping[tuple[str, str], float], unlike: float, least: float = 0.0) -> Clusters[str]:
    """Clusters of the items in ``scores`` whose mean score is ``least`` or more; ``unlike`` is the score of a
    pair that is not there. The order of the pairs changes nothing.

    >>> chain = {("a", "b"): 2.0, ("b", "c"): 1.0}
    >>> gather(chain, unlike=-2.0).sets("abc")
    {'a': ['a', 'b'], 'c': ['c']}
    >>> gather({**chain, ("a", "c"): 0.5}, unlike=-2.0).sets("abc")
    {'a': ['a', 'b', 'c']}
    """
    found = Clusters[str]()
    linked = Clusters[str]()
    for (one, other), score in scores.items():
        if score >= least:
            linked.join(one, other)
    parts: dict[str, list[tuple[str, str, float]]] = defaultdict(list)
    for (one, other), score in scores.items():
        if linked.root(one) == linked.root(other):
            parts[linked.root(one)].append((one, other, score))
    for pairs in parts.values():
        for one, other in _merge(pairs, unlike, least):
            found.join(one, other)
    return found


def _merge(pairs: Iterable[tuple[str, str, float]], unlike: float, least: float) -> list[tuple[str, str]]:
    """The joins made within one connected part, each named by the smallest members."""
    gains: dict[str, dict[str, float]] = defaultdict(dict)
    for one, other, score in sorted(pairs):
        gains[one][other] = gains[other][one] = score - unlike
    size = dict.fromkeys(gains, 1)

    def mean(one: str, other: str) -> float:
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
            first, second = sorted((one, third))
            heapq.heappush(heap, (-mean(one, third), first, second))
    return joins
