"""A second copy of a text with other names in it, so that heads learn what surrounds a name, not the name.

Mention replacement (Dai and Adel 2020, "An Analysis of Simple Data Augmentation for Named Entity
Recognition"): persons, organizations and places get names drawn from lists, one string one new string
throughout a text, a surname the surname of its full name.
"""

import random
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Callable

from train.corpora import Names

from onrecord import words

SHARE = 0.7  # of the strings of a text that change
Pools = dict[str, list[str]]


def pools_of(named: list[tuple[str, str]]) -> Pools:
    """Lists to draw from: census given names, cities, and surnames and organizations of ``named``, which are
    (name, kind)."""
    return {
        "given": sorted(words.load("given_female") | words.load("given_male")),
        "family": sorted({n.split()[-1] for n, kind in named if kind == "person" and " " in n}),
        "organization": sorted(
            {n for n, kind in named if kind == "organization"} | {r["name"] for r in words.table("outlets")}
        ),
        "place": sorted(words.load("cities") | {r["place"] for r in words.table("demonyms")}),
    }


def new_names(text: str, named: Names, pools: Pools, rng: random.Random) -> dict[str, str]:
    """What each name that changes becomes."""
    new: dict[str, str] = {}
    strings = [(text[a:b], kind) for a, b, kind in named if kind != "place" or text[a - 4 : a] != "the "]
    for name, kind in strings:
        if kind == "person" and " " in name and name not in new and rng.random() < SHARE:
            given, family = rng.choice(pools["given"]), rng.choice(pools["family"])
            new[name] = f"{given} {family}"
            new.setdefault(name.split()[0], given)
            new.setdefault(name.split()[-1], family)
    for name, kind in strings:
        if kind in ("organization", "place") and name not in new and rng.random() < SHARE:
            new[name] = rng.choice(pools[kind])
    return {name: drawn.upper() if len(name) > 4 and name.isupper() else drawn for name, drawn in new.items()}


def swap(
    key: str, text: str, named: Names, pools: Pools
) -> tuple[str, Callable[[int, int], tuple[int, int]]]:
    """The new text, and a function from a span of the old text to the same span of the new. The same ``key``
    gives the same names."""
    rng = random.Random(zlib.crc32(key.encode()))  # noqa: S311 - wants the same numbers each time
    new = new_names(text, named, pools, rng)
    parts, at, size = [], 0, 0
    old_starts, old_ends, new_starts, new_ends = [], [], [], []
    for a, b, kind in sorted(named, key=lambda n: (n[0], -n[1])):
        if a < at or kind not in ("person", "organization", "place") or text[a:b] not in new:
            continue
        drawn = new[text[a:b]]
        parts += [text[at:a], drawn]
        size += a - at
        old_starts.append(a)
        new_starts.append(size)
        size += len(drawn)
        old_ends.append(b)
        new_ends.append(size)
        at = b
    parts.append(text[at:])

    def moved(old: int, edge: Callable[[list[int], int], int], within: list[int]) -> int:
        number = edge(old_starts, old) - 1
        if number < 0:
            return old
        return within[number] if old < old_ends[number] else new_ends[number] + old - old_ends[number]

    def move(start: int, end: int) -> tuple[int, int]:
        return moved(start, bisect_right, new_starts), moved(end, bisect_left, new_ends)

    return "".join(parts), move
