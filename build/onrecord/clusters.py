"""Union-find with names that do not depend on the order in which things were joined; pairs that tie many."""

from collections.abc import Hashable, Iterable, Iterator
from itertools import combinations, pairwise
from typing import Generic, TypeVar

Item = TypeVar("Item", bound=Hashable)
Ordered = TypeVar("Ordered", int, str)

PAIRED = 16
"""Articles up to which each is paired with each; of more, each is tied to the next alone, so that the rows
grow with the articles and not with their square."""


def tie(held: Iterable[Ordered]) -> Iterator[tuple[Ordered, Ordered]]:
    """Pairs that hang items together, the smaller first: all pairs of few, neighbours in order of many.

    >>> list(tie(["c", "a", "b"]))
    [('a', 'b'), ('a', 'c'), ('b', 'c')]
    >>> len(list(tie(str(number) for number in range(1000))))
    999
    """
    ordered = sorted(set(held))
    yield from combinations(ordered, 2) if len(ordered) <= PAIRED else pairwise(ordered)


class Clusters(Generic[Item]):
    """Disjoint sets of hashable items; an item that was never joined is a set of its own.

    >>> clusters = Clusters[str]()
    >>> clusters.join("a", "b"); clusters.join("c", "b")
    >>> clusters.root("a") == clusters.root("c"), clusters.root("z")
    (True, 'z')
    """

    def __init__(self) -> None:
        self._parent: dict[Item, Item] = {}

    def root(self, item: Item) -> Item:
        """The set's present representative; it may change when sets are joined."""
        parent = self._parent
        top = item
        while (above := parent.get(top, top)) != top:
            top = above
        while (above := parent.get(item, item)) != top:
            parent[item], item = top, above
        return top

    def join(self, one: Item, other: Item) -> None:
        """Make one set of two."""
        one, other = self.root(one), self.root(other)
        if one != other:
            self._parent[other] = one

    def sets(self, items: Iterable[Item]) -> dict[Item, list[Item]]:
        """The items of each set in the order given, by representative."""
        found: dict[Item, list[Item]] = {}
        for item in items:
            found.setdefault(self.root(item), []).append(item)
        return found
