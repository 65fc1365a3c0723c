"""The events of each article, which of two articles' are compared, and how likely each two are one.

Only the events of two articles that may tell the same story are compared.
"""

import re
import struct
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path

import msgspec
import numpy as np

from onrecord.gather import Scores
from onrecord.kept import Memory, hash_of
from onrecord.model import EventStatus, LocalEvent, ParticipantRole
from onrecord.resolving.same_events import NEVER, Side, Unit, compare_units, number_label, propose
from onrecord.resolving.stories import Nearness
from onrecord.spool import Spool

__all__ = ["UNLIKE", "Notes", "Told", "score_pairs", "take_down", "unite"]

UNLIKE = -0.5
"""Log odds of a pair that is not compared; like ``events.LEAST`` chosen on ECB+ (training part) and MEANTIME,
topics left out."""
OPEN = 256
"""Articles whose events are held in memory at a time; it bounds memory, not results."""

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_ENCODER = msgspec.msgpack.Encoder(order="deterministic")


@dataclass(frozen=True, slots=True)
class Told:
    """An event mention as its event is put together: its words as stems, and what stands around it.

    ``sentence`` and ``nearby`` are the telling stems of its sentence and of the few words beside it, without
    its own; ``lead`` is set in the first sentences of an article and ``says`` for words of saying.
    ``phrase`` tells it in a few words of the text, ``subjects`` are the entities that stand before those;
    ``report`` is set for an act of saying. ``listed`` is the event that it tells as the article's reader has
    it, ``local`` the number of that.
    """

    mention_id: str
    source_id: str
    published: str | None
    text: str
    stem: str
    sentence: frozenset[str]
    nearby: frozenset[str]
    lead: bool
    says: bool
    date: str | None
    status: EventStatus
    parts: tuple[tuple[str, ParticipantRole], ...]
    origin_id: str | None
    confidence: float
    event: str | None
    phrase: str
    subjects: tuple[str, ...]
    report: bool
    local: int | None = None
    listed: LocalEvent | None = None
    unnamed: tuple[tuple[str, ParticipantRole], ...] = ()
    vector: bytes = b""


def unite(mentions: Sequence[Told]) -> Unit:
    """The event that some mentions of one article tell, as it is compared with others."""
    stems = Counter(mention.stem for mention in mentions)
    sentence = frozenset[str]().union(*(mention.sentence for mention in mentions)).difference(stems)
    listed = mentions[0].listed
    return Unit(
        source_id=mentions[0].source_id,
        published=mentions[0].published,
        stems=tuple(stem for stem, _ in stems.most_common()),
        sentence=sentence,
        nearby=frozenset[str]().union(*(mention.nearby for mention in mentions)).difference(stems),
        figures=frozenset(word for word in sentence if word[0].isdigit()),
        lead=any(mention.lead for mention in mentions),
        says=any(mention.says for mention in mentions),
        report=mentions[0].report,
        date=mentions[0].date,
        status=mentions[0].status,
        type=listed.type if listed is not None else None,
        players=frozenset(part for mention in mentions for part in mention.parts),
        years=tuple(sorted({year for mention in mentions for year in _years_before(mention)})),
        label=number_label(listed),
        vectors=b"".join(mention.vector for mention in mentions),
    )


def _years_before(mention: Told) -> Iterator[int]:
    """The year that stands before the words that tell an event: "the 2011 quake"."""
    yield from map(int, _YEAR.findall(mention.phrase.partition(mention.text)[0])[-1:])


@dataclass(frozen=True, slots=True)
class _Taken:
    """The mentions of an article and its events, encoded; the event of each mention, by its place; whether
    each event is of the article's list, and the names that a reviewer gave, by the places of events."""

    told: tuple[bytes, ...]
    units: tuple[bytes, ...]
    unit_of: tuple[int, ...]
    is_listed: tuple[bool, ...]
    reviewed: tuple[tuple[int, str], ...]


_DECODER = msgspec.msgpack.Decoder(_Taken)


def take_down(mentions: Sequence[Told]) -> bytes:
    """The mentions of one article, encoded for ``Notes``: those that its reader lists as one event are one,
    all others are each by themselves."""
    groups: dict[tuple[bool, int], list[Told]] = {}
    keys = []
    for place, mention in enumerate(mentions):
        is_listed = mention.event is None and mention.local is not None
        keys.append((is_listed, mention.local or 0 if is_listed else place))
        groups.setdefault(keys[-1], []).append(mention)
    places = {key: place for place, key in enumerate(groups)}
    taken = _Taken(
        tuple(_ENCODER.encode(mention) for mention in mentions),
        tuple(_ENCODER.encode(unite(group)) for group in groups.values()),
        tuple(places[key] for key in keys),
        tuple(is_listed for is_listed, _ in groups),
        tuple((places[key], m.event) for key, m in zip(keys, mentions, strict=True) if m.event is not None),
    )
    return _ENCODER.encode(taken)


class Notes:
    """The mentions of all articles and the events that they tell, in the order they come, on disk; memory
    holds which mention tells which event, and the events of a few articles."""

    def __init__(self, scratch: Path | None) -> None:
        self.told, self.units = Spool(Told, scratch), Spool(Unit, scratch)
        self.ends, self.unit_ends = array("Q", [0]), array("Q", [0])
        self.unit_of, self.apart = array("Q"), array("q")
        """The event of each mention; of each event the article that lists it, or -1."""
        self.reviewed: dict[int, str] = {}
        self.marks: list[bytes] = []
        """For each article, what stands for all that its mentions say."""
        self._open: dict[int, tuple[Sequence[int], Side]] = {}

    def add(self, taken: bytes) -> None:
        """Take the mentions of an article."""
        found, first = _DECODER.decode(taken), len(self.units)
        self.reviewed |= {first + place: name for place, name in found.reviewed}
        self.unit_of.extend(first + place for place in found.unit_of)
        self.apart.extend(len(self.marks) if is_listed else -1 for is_listed in found.is_listed)
        for mention in found.told:
            self.told.add_encoded(mention)
        for unit in found.units:
            self.units.add_encoded(unit)
        self.ends.append(len(self.told))
        self.unit_ends.append(len(self.units))
        self.marks.append(hash_of(taken))

    def of_article(self, article: int) -> tuple[Sequence[int], Side]:
        """The places among an article's events of those that no reviewer named, and these events."""
        if article not in self._open:
            if len(self._open) >= OPEN:
                del self._open[next(iter(self._open))]
            first, end = self.unit_ends[article], self.unit_ends[article + 1]
            places = [place for place in range(end - first) if first + place not in self.reviewed]
            self._open[article] = places, Side([self.units[first + place] for place in places])
        return self._open[article]


_Beside = Sequence[tuple[int, Nearness]]
"""The numbers of articles, each with how near it is."""


def score_pairs(
    notes: Notes, near: Mapping[tuple[int, int], Nearness], order: Sequence[int], memory: Memory
) -> Scores:
    """Log odds of the events that are compared and are not plainly unlike, by their numbers in ``notes``;
    ``near`` names articles by their places in ``order``. What an article and those beside it bring is found
    out anew only where one of them has changed."""
    scores = Scores()
    starts = np.asarray(notes.unit_ends).astype(np.int64)
    for here, group in groupby(near.items(), key=lambda item: order[item[0][0]]):
        beside = [(order[place], nearness) for (_, place), nearness in group]
        make = partial(_score_beside, notes, here, beside)
        found = memory.recall("events of near articles", _tell_apart(notes, here, beside), make)
        rows = np.frombuffer(found, _SCORED)
        there = np.array([article for article, _ in beside])
        ones = starts[here] + rows["place"].astype(np.int64)
        others = starts[there[rows["beside"]]] + rows["match"].astype(np.int64)
        scores.extend(ones, others, rows["score"])
    return scores


_SCORED = np.dtype([("place", "<u4"), ("beside", "<u4"), ("match", "<u4"), ("score", "<f8")])
"""An event of one article, the place among those beside it of another, an event of that, and log odds."""


def _tell_apart(notes: Notes, here: int, beside: _Beside) -> Iterator[bytes]:
    """All that the scores of an article and those beside it depend on."""
    yield notes.marks[here]
    for there, near in beside:
        yield notes.marks[there]
        yield struct.pack("<dd?", near.cosine, near.contrast, near.one_story)


def _score_beside(notes: Notes, here: int, beside: _Beside) -> bytes:
    rows = []
    places, side = notes.of_article(here)
    for number, (there, nearness) in enumerate(beside):
        matches, other = notes.of_article(there)
        for i, j, pair in propose(side, other, nearness, UNLIKE):
            score = compare_units(pair)
            if score > UNLIKE or score == NEVER:
                rows.append((places[i], number, matches[j], score))
    return np.array(rows, _SCORED).tobytes()
