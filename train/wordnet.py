"""Which words share a sense in WordNet 3.0 (Miller 1995): "theft" and "steal", "quake" and "earthquake".

A verb and a noun derived from it, or the other way, are one sense. How much a sense is a word's own is told
by how often WordNet's own texts have it, against the sense that is most frequent.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from math import sqrt
from pathlib import Path

FILES = {"noun": "n", "verb": "v", "adj": "a"}
PARTS = {"1": "n", "2": "v", "3": "a", "5": "a"}
UNSEEN, FIRST = 0.5, 1.0
"""Added to how often a sense was seen; more for the sense that WordNet lists first."""
DERIVED = 0.95
"""How much a sense is a word's own that belongs to a word derived from it."""
OWN = 0.3
"""From here on a sense counts as one of a word's own."""
HAPPENS = frozenset({4, 10, 11, 19, 21, 22, 26})
"""WordNet's files of nouns for acts, communication, events, phenomena, possession, processes and states."""

Sense = tuple[str, str]
"""Part of speech and offset."""


class Senses:
    """The senses of stems; ``folder`` holds WordNet's database files, ``stem_of`` says a word's stem."""

    def __init__(self, folder: Path, stem_of: Callable[[str], str]) -> None:
        self._derived: dict[Sense, list[Sense]] = {}
        self._file: dict[Sense, int] = {}
        for name, part in FILES.items():
            for row in _rows(folder / f"data.{name}"):
                self._take(part, row)
        self._listed: dict[str, dict[Sense, float]] = defaultdict(dict)
        seen = _counts(folder)
        for name, part in FILES.items():
            for row in _rows(folder / f"index.{name}"):
                if row[0].isalpha():
                    held = self._listed[stem_of(row[0])]
                    for place, offset in enumerate(row[-int(row[2]) :], 1):
                        count = seen.get((row[0], part, place), 0) + (FIRST if place == 1 else UNSEEN)
                        held[part, offset] = max(held.get((part, offset), 0.0), count)

    def _take(self, part: str, row: list[str]) -> None:
        """Keep what a line of a data file says: the noun's or verb's file and the derived words."""
        start = 4 + 2 * int(row[3], 16)
        pointers = (row[at : at + 4] for at in range(start + 1, start + 1 + 4 * int(row[start]), 4))
        self._file[part, row[0]] = int(row[1])
        self._derived[part, row[0]] = [(kind, to) for sign, to, kind, _ in pointers if sign == "+"]

    def of(self, stem: str) -> Mapping[Sense, float]:
        """The senses of a stem as noun and verb, 1 for the most frequent of each."""
        listed = self._listed.get(stem, {})
        most: dict[str, float] = defaultdict(float)
        for (part, _), count in listed.items():
            most[part] = max(most[part], count)
        own = {sense: count / most[sense[0]] for sense, count in listed.items()}
        found = dict(own)
        for sense, share in own.items():
            for derived in self._derived[sense]:
                found[derived] = max(found.get(derived, 0.0), share * DERIVED)
        return {sense: share for sense, share in found.items() if sense[0] in "nv"}

    def happens(self, stem: str) -> bool:
        """Whether a stem may tell that something happens."""
        return any(
            share >= OWN and (sense[0] == "v" or self._file[sense] in HAPPENS)
            for sense, share in self.of(stem).items()
        )

    def shared(self, stems: Iterable[str], least: float) -> Iterator[tuple[str, str, float]]:
        """All pairs of stems, in order, that share a sense at least so much: 1 is the main sense of both."""
        holders: dict[Sense, list[tuple[str, float]]] = defaultdict(list)
        for stem in sorted(stems):
            for sense, share in self.of(stem).items():
                holders[sense].append((stem, share))
        best: dict[tuple[str, str], float] = {}
        for held in holders.values():
            for place, (one, share) in enumerate(held):
                for other, part in held[place + 1 :]:
                    if (score := sqrt(share * part)) >= least:
                        best[one, other] = max(best.get((one, other), 0.0), score)
        yield from ((one, other, round(score, 2)) for (one, other), score in sorted(best.items()))


def _rows(path: Path) -> Iterator[list[str]]:
    """The fields of each line but the licence, which is indented, and what stands behind a bar."""
    for line in path.read_text(encoding="latin-1").splitlines():
        if not line.startswith(" "):
            yield line.split("|", 1)[0].split()


def _counts(folder: Path) -> dict[tuple[str, str, int], int]:
    """How often a word was seen in a sense: by word, part of speech and the sense's place."""
    found = {}
    for key, place, count in _rows(folder / "cntlist.rev"):
        word, kind = key.split("%")
        if kind[0] in PARTS:
            found[word, PARTS[kind[0]], int(place)] = int(count)
    return found
