"""Which mentions of happenings are compared, and how likely each two tell one.

Only mentions of one article or of two that tell the same story are compared, and of these only such as have
one stem or two that may mean the same. Memory holds numbers: of mentions, and of what they are looked up by.
"""

import struct
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from heapq import merge
from itertools import groupby
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from onrecord.gather import Scores
from onrecord.kept import Memory, hash_of
from onrecord.resolving.labels import SAME_LABEL, may_be_one, number_label
from onrecord.resolving.sameness import (
    NEVER,
    Ceilings,
    Pair,
    Told,
    compare_told,
    find_traits,
    words_alike,
)
from onrecord.resolving.stories import WITHIN, Nearness, number_of
from onrecord.spool import Spool

__all__ = ["UNLIKE", "Notes", "score_pairs", "take_down"]

UNLIKE = -0.5
"""Log odds of a pair that is not compared; like ``events.LEAST`` chosen on ECB+ (training part) and MEANTIME,
topics left out."""
REPEATED = 64
"""Mentions of an article that another mention is compared with because of its stem, at most: in a text that
says one thing a thousand times, the nearest. Two of 1,699 articles (ECB+, PolNeAR, MEANTIME) have more."""
OPEN = 4096
"""Mentions that are held in memory at a time; it bounds memory, not results."""

_ENCODER = msgspec.msgpack.Encoder(order="deterministic")


@cache
def _numbers_alike() -> Mapping[int, tuple[int, ...]]:
    return {number_of(stem): tuple(map(number_of, others)) for stem, others in words_alike().items()}


@dataclass(frozen=True, slots=True)
class _Taken:
    """The mentions of an article, encoded, and in arrays, eight bytes each, what stands for them: the number
    of the stem, 0 if a reviewer has named it, its traits, which listed event it tells or -1, and the number
    of that one's label or 0. ``reviewed`` are the names that a reviewer gave, by the places of mentions."""

    told: tuple[bytes, ...]
    stems: bytes
    traits: bytes
    listed: bytes
    labels: bytes
    reviewed: tuple[tuple[int, str], ...]


_DECODER = msgspec.msgpack.Decoder(_Taken)


def take_down(mentions: Iterable[Told]) -> bytes:
    """The mentions of one article, encoded for ``Notes``."""
    told: list[bytes] = []
    stems, traits, listed, labels = array("Q"), array("Q"), array("q"), array("Q")
    reviewed: list[tuple[int, str]] = []
    for mention in mentions:
        named = mention.event is not None
        if mention.event is not None:
            reviewed.append((len(told), mention.event))
        stems.append(0 if named else number_of(mention.stem))
        traits.append(find_traits(mention))
        listed.append(-1 if named or mention.local is None else mention.local)
        labels.append(0 if named or mention.listed is None else number_label(mention.listed))
        told.append(_ENCODER.encode(mention))
    taken = _Taken(
        tuple(told),
        stems.tobytes(),
        traits.tobytes(),
        listed.tobytes(),
        labels.tobytes(),
        tuple(reviewed),
    )
    return _ENCODER.encode(taken)


class Notes:
    """The mentions of all articles in the order they come, on disk; a few are held, and of each some numbers:
    those of ``_Taken``, with the article's above that of the listed event."""

    def __init__(self, scratch: Path | None) -> None:
        self.told = Spool(Told, scratch)
        self.ends = array("Q", [0])
        self.stems, self.traits, self.groups, self.labels = array("Q"), array("Q"), array("q"), array("Q")
        self.reviewed: dict[int, str] = {}
        self.marks: list[bytes] = []
        """For each article, what stands for all that its mentions say."""
        self._open: dict[int, Told] = {}

    def add(self, taken: bytes) -> None:
        """Take the mentions of an article."""
        found = _DECODER.decode(taken)
        self.reviewed |= {len(self.told) + place: name for place, name in found.reviewed}
        self.stems.frombytes(found.stems)
        self.traits.frombytes(found.traits)
        self.labels.frombytes(found.labels)
        listed = np.frombuffer(found.listed, np.int64)
        self.groups.frombytes(np.where(listed < 0, -1, len(self.ends) << 32 | listed).tobytes())
        for mention in found.told:
            self.told.add_encoded(mention)
        self.ends.append(len(self.told))
        self.marks.append(hash_of(taken))

    def __getitem__(self, place: int) -> Told:
        if place not in self._open:
            if len(self._open) >= OPEN:
                del self._open[next(iter(self._open))]
            self._open[place] = self.told[place]
        return self._open[place]

    def of_article(self, number: int) -> range:
        """The places of an article's mentions."""
        return range(self.ends[number], self.ends[number + 1])

    def find_wanted(self, number: int) -> Mapping[int, Sequence[int]]:
        """The places of an article's mentions by the stems that they are compared with: their own, and such
        as may mean the same."""
        found: dict[int, list[int]] = defaultdict(list)
        for place in self.of_article(number):
            if stem := self.stems[place]:
                for wanted in (stem, *_numbers_alike().get(stem, ())):
                    found[wanted].append(place)
        return dict(found)

    def find_labels(self, number: int) -> Mapping[int, int]:
        """The place of an article's first mention of each label."""
        return {label: place for place in reversed(self.of_article(number)) if (label := self.labels[place])}


_Beside = Sequence[tuple[int, Nearness]]
"""The numbers of articles, each with how near it is."""


def score_pairs(
    notes: Notes,
    near: Mapping[tuple[int, int], Nearness],
    order: Sequence[int],
    numbers: npt.NDArray[np.int64],
    memory: Memory,
) -> Scores:
    """Log odds of the pairs that are compared and are not plainly unlike; ``near`` names articles by their
    places in ``order``, ``numbers`` are those of the mentions by their places in ``notes``. What an article
    and those beside it bring is found out anew only where one of them has changed."""
    scores, ceilings = Scores(), Ceilings()
    within = (((place, place), WITHIN) for place in range(len(order)))
    pairs = merge(within, near.items(), key=lambda item: item[0])
    for here, group in groupby(pairs, key=lambda item: order[item[0][0]]):
        beside = [(order[place], nearness) for (_, place), nearness in group]
        make = partial(_score_beside, notes, here, beside, ceilings)
        found = memory.recall("events of near articles", _tell_apart(notes, here, beside), make)
        rows = np.frombuffer(found, _SCORED)
        starts = np.array([notes.ends[there] for there, _ in beside])
        ones = numbers[notes.ends[here] + rows["place"].astype(np.int64)]
        others = numbers[starts[rows["beside"]] + rows["match"].astype(np.int64)]
        scores.extend(ones, others, rows["score"])
    return scores


_SCORED = np.dtype([("place", "<u4"), ("beside", "<u4"), ("match", "<u4"), ("score", "<f8")])
"""A mention of one article, the place among those beside it of another, a mention of that, and log odds."""


def _tell_apart(notes: Notes, here: int, beside: _Beside) -> Iterator[bytes]:
    """All that the scores of an article and those beside it depend on."""
    yield notes.marks[here]
    for there, near in beside:
        yield notes.marks[there]
        yield struct.pack("<dd??", near.cosine, near.contrast, near.one_story, there == here)


def _score_beside(notes: Notes, here: int, beside: _Beside, ceilings: Ceilings) -> bytes:
    rows = []
    wanted = notes.find_wanted(here)
    for number, (there, nearness) in enumerate(beside):
        first, start = notes.ends[here], notes.ends[there]
        found = (
            (place, match)
            for match in notes.of_article(there)
            for place in _nearest(wanted.get(notes.stems[match], ()), match if here == there else None)
        )
        for place, match in _worth_comparing(notes, found, nearness, ceilings):
            score = compare_told(notes[place], notes[match], nearness)
            if score > UNLIKE or score == NEVER:
                rows.append((place - first, number, match - start, score))
        for place, match in _same_labels(notes, here, there):
            if may_be_one(Pair(notes[place], notes[match], nearness)):
                rows.append((place - first, number, match - start, SAME_LABEL))
    return np.array(rows, _SCORED).tobytes()


def _same_labels(notes: Notes, here: int, there: int) -> Iterator[tuple[int, int]]:
    """The first mentions of events that two articles list in the same words."""
    if here != there:
        labels = notes.find_labels(here)
        for label, match in notes.find_labels(there).items():
            if label in labels:
                yield labels[label], match


def _nearest(places: Sequence[int], before: int | None) -> Sequence[int]:
    """The last ``REPEATED`` of some places before one; null: the first of all.

    >>> list(_nearest([2, 5, 7], 7)), len(_nearest(range(5000), None))
    ([2, 5], 64)
    """
    if before is None:
        return places[:REPEATED]
    end = bisect_left(places, before)
    return places[max(0, end - REPEATED) : end]


def _worth_comparing(
    notes: Notes, pairs: Iterable[tuple[int, int]], near: Nearness, ceilings: Ceilings
) -> Iterator[tuple[int, int]]:
    """The pairs of mentions of two articles that may be more than unlike."""
    articles: float | None = None
    for place, match in pairs:
        if articles is None:
            articles = ceilings.of_articles(notes[place], notes[match], near)
        numbers = notes.stems[place], notes.stems[match]
        stems = ceilings.of_stems(numbers, map(notes.__getitem__, (place, match)))
        if articles + stems + ceilings.of_traits(notes.traits[place] & notes.traits[match]) > UNLIKE:
            yield place, match
