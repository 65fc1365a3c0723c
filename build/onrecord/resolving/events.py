"""Events of articles that tell one happening are one event.

Which are compared is in ``event_pairs``, what makes two of them one in ``same_events``; here they are
gathered and what holds of the whole event is said.
"""

import re
from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import get_args

import msgspec
import numpy as np
import numpy.typing as npt

from onrecord import words
from onrecord.dates.edtf import judge_precision, says_less
from onrecord.english.alike import stem_word
from onrecord.gather import find_heads, find_parts, gather
from onrecord.kept import FORGETFUL, Memory
from onrecord.model import Annotated, EventMention, EventStatus, LocalEvent, ParticipantRole, make_id
from onrecord.overlap import Overlaps
from onrecord.resolving.event_pairs import UNLIKE, Notes, Told, score_pairs, take_down
from onrecord.resolving.plover import judge_type
from onrecord.resolving.stories import Stories, telling_words
from onrecord.spool import HashIds, Spool, hash_of
from onrecord.world import Entity, Event, EventParticipant

LEAST = -0.25
"""Least mean log odds within an event."""
TELLING = 2
"""Telling words of a label beyond which more tell no more."""
BESIDE = 60
"""Characters on either side of a mention in which its nearby words stand."""
LEAD = 400
"""Characters of an article that hold its first sentences."""
ROLES: Sequence[ParticipantRole] = get_args(ParticipantRole)

Places = npt.NDArray[np.int64]

_BEFORE = re.compile(r"(?:[\w-]+ ){0,2}\Z")
_STOP = re.compile(r"[.!?][\"”’')]*\s+(?=[\"“‘'(]*[A-Z0-9])|\n")


def _tells(word: str) -> bool:
    empty = word in words.load("verb_particles") or word.endswith(("self", "selves"))
    return not empty and next(telling_words(word), None) is not None


@cache
def _bases() -> Mapping[str, str]:
    return words.values("irregular_forms")


@lru_cache(maxsize=100_000)
def stem_of(text: str) -> str:
    """The stem of the last word of a trigger that carries meaning, by its base form.

    >>> [stem_of(words) for words in ("signed", "had been signing", "shot down", "turned himself in")]
    ['sign', 'sign', 'shoot', 'turn']
    """
    parts = re.findall(r"[^\W_]+", text.casefold()) or [text.casefold()]
    telling = [word for word in parts if _tells(word)]
    last = (telling or parts)[-1]
    return stem_word(_bases().get(last, last))


def judge_status(event: EventMention) -> EventStatus:
    """What an event's certainty, polarity and time make of it.

    >>> judge_status(EventMention(0, 4, "certain", "pos", "future", None, None, (), "", 1.0))
    'planned'
    >>> judge_status(EventMention(0, 4, "possible", "pos", "future", None, None, (), "", 1.0))
    'hypothetical'
    """
    if event.polarity == "neg":
        return "denied"
    if event.certainty in ("possible", "unknown"):
        return "hypothetical"
    if event.time == "future":
        return "planned"
    return "occurred"


def finest(dates: Collection[str]) -> str | None:
    """The date that says most where all others only say less of the same, such as its year; else null.

    >>> finest({"2026", "2026-03"}), finest({"2026-03", "2026-04"}), finest(())
    ('2026-03', None, None)
    """
    best = max(dates, key=lambda date: (len(date), not date.startswith("X"), date), default=None)
    return best if best is not None and all(says_less(date, best) for date in dates) else None


def sentence_at(text: str, start: int, end: int) -> tuple[int, int]:
    """The offsets of the sentence that holds [start, end), at most 400 characters to either side.

    >>> text = "It rained. The dam broke at dawn. Nobody slept."
    >>> begin, stop = sentence_at(text, 19, 24)
    >>> text[begin:stop]
    'The dam broke at dawn. '
    """
    low, high = max(0, start - 400), min(len(text), end + 400)
    before = [match.end() for match in _STOP.finditer(text, low, start)]
    after = _STOP.search(text, end, high)
    return (before[-1] if before else low), (after.end() if after else high)


def tell(annotated: Annotated, ids: Sequence[str], origins: Sequence[str | None]) -> tuple[Told, ...]:
    """The mentions of one article as they are compared."""
    text = annotated.article.text
    stems = [stem_of(text[event.start : event.end]) for event in annotated.events]
    cues = Overlaps([cue for claim in annotated.claims for cue in claim.cues])
    before: dict[int, list[int]] = defaultdict(list)
    for mention in annotated.mentions:
        insort(before[mention.chain], mention.start)

    @cache
    def told_within(low: int, high: int) -> frozenset[str]:
        return frozenset(word for word, _ in telling_words(text[low:high]))

    told = []
    for index, (event, stem) in enumerate(zip(annotated.events, stems, strict=True)):
        start, end = sentence_at(text, event.start, event.end)
        near = max(start, event.start - BESIDE), min(end, event.end + BESIDE)
        own = {stem, *told_within(event.start, event.end)}
        sentence = told_within(start, end) - own
        says = text[event.start : event.end].casefold() in words.load("cue_verbs")
        leading = [
            part
            for part in event.participants
            if bisect_left(before[part.chain], start) < bisect_left(before[part.chain], event.start)
        ]
        agents = [part.chain for part in leading if part.role == "agent"]
        subjects = agents or [part.chain for part in leading if part.role == "patient"]
        words_told = Told(
            annotated.event_mention_id(index),
            annotated.article.source_id,
            annotated.article.published,
            text[event.start : event.end],
            stem,
            sentence,
            told_within(*near) - own,
            event.start < LEAD,
            says,
            annotated.dates[event.date].value if event.date is not None else None,
            judge_status(event),
            tuple((ids[part.chain], part.role) for part in event.participants),
            origins[event.claim] if event.claim is not None else None,
            event.confidence,
            event.event,
            text[_begin_phrase(text, start, event.start) : event.end],
            tuple(dict.fromkeys(ids[chain] for chain in subjects)),
            says and stem not in _deeds() and bool(cues.over(event.start, event.end)),
            event.local,
            unnamed=tuple((text[u.words.start : u.words.end], u.role) for u in event.unnamed),
            vector=event.vector,
        )
        listed = None if event.local is None else annotated.listed[event.local]
        told.append(words_told if listed is None else _as_listed(words_told, listed))
    return tuple(told)


def _begin_phrase(text: str, sentence: int, start: int) -> int:
    """Where the two words before a mention begin, which may tell it from another: "the 2011 quake"."""
    before = _BEFORE.search(text, sentence, start)
    return before.start() if before else start


def _as_listed(mention: Told, listed: LocalEvent) -> Told:
    """The mention as its article's list has the event; what a reviewer said of its words stays."""
    if mention.event is not None:
        return replace(mention, listed=listed)
    report = listed.kind == "report"
    return replace(mention, listed=listed, date=listed.date, status=listed.status, report=report)


@cache
def _deeds() -> frozenset[str]:
    """Stems of verbs that attribute words and yet are deeds: "agreed to delay the vote"."""
    return frozenset(stem_word(verb) for verb in words.load("deeds"))


def link_events(
    articles: Iterable[Annotated],
    entity_ids: Sequence[tuple[str, ...]],
    origin_ids: Iterable[tuple[str | None, ...]],
    entities: Sequence[Entity],
    stories: Stories,
    scratch: Path | None = None,
    memory: Memory = FORGETFUL,
) -> tuple[Sequence[tuple[str, ...]], Iterable[Event], Iterable[EventParticipant]]:
    """Event ids by event index for each article in turn, and the rows of ``events`` and their participants.

    Mentions to which a reviewer gave one name are one event, and no others are joined with them. The id of an
    event comes from its first mention, by the day its article was published: what comes in later does not
    rename it. The order of the articles changes nothing. The rows lie on disk, in ``scratch``, and come in no
    order.
    """
    notes, order = Notes(scratch), stories.order
    for number, (annotated, ids, origins) in enumerate(zip(articles, entity_ids, origin_ids, strict=True)):
        make = partial(_tell_all, annotated, ids, origins)
        notes.add(memory.of_article(number, "events told", make, repr((ids, origins)).encode()))
    ends = np.asarray(notes.ends)
    lies = np.concatenate([np.arange(ends[n], ends[n + 1]) for n in order] or [ends[:0]]).astype(np.int64)
    numbers = np.argsort(lies)
    apart = np.asarray(notes.apart)
    units = gather(score_pairs(notes, stories.near, order, memory), len(apart), UNLIKE, LEAST, apart=apart)
    named: dict[str, int] = {}
    for unit, name in sorted(notes.reviewed.items()):
        units[unit] = named.setdefault(name, unit)
    roots = find_heads(units[np.asarray(notes.unit_of).astype(np.int64)][lies])
    table = _Table(notes, lies, roots, entities, scratch)
    _tabulate(notes, order, roots, table, entity_ids, memory)
    return HashIds("evt", table.hashes[numbers], notes.ends), table.events, table.participants


def _tell_all(annotated: Annotated, ids: Sequence[str], origins: Sequence[str | None]) -> bytes:
    return take_down(tell(annotated, ids, origins))


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows of events and their participants, encoded, and of each mention of the events the number in its
    event's id, eight bytes each."""

    events: tuple[bytes, ...]
    participants: tuple[bytes, ...]
    hashes: bytes


_DECODER = msgspec.msgpack.Decoder(_Rows)


class _Table:
    """The rows of events as gathered; of each mention ``lies`` gives the place in ``notes``, ``roots`` the
    first mention of its event."""

    def __init__(
        self, notes: Notes, lies: Places, roots: Places, entities: Sequence[Entity], scratch: Path | None
    ) -> None:
        self._told, self._lies, self._roots = notes.told, lies, roots
        self._labels = {row.entity_id: row.name for row in entities}
        self.events, self.participants = Spool(Event, scratch), Spool(EventParticipant, scratch)
        self.hashes = np.empty(len(roots), np.uint64)

    def make(self, held: Places) -> bytes:
        """The rows of whole events, told by the mentions at these places."""
        rows, participants = list[bytes](), list[bytes]()
        hashes = np.empty(len(held), np.uint64)
        for part in find_parts(self._roots[held]):
            mentions = [self._told[place] for place in self._lies[held[part]].tolist()]
            event_id = make_id("evt", mentions[0].mention_id)
            hashes[part] = hash_of(event_id)
            rows.append(_ENCODER.encode(_event(event_id, mentions, self._labels)))
            participants += map(_ENCODER.encode, _participants(event_id, mentions, self._labels))
        return _ENCODER.encode(_Rows(tuple(rows), tuple(participants), hashes.tobytes()))

    def add(self, made: bytes, held: Places) -> None:
        """Take rows that were made of the mentions at these places."""
        found = _DECODER.decode(made)
        for event in found.events:
            self.events.add_encoded(event)
        for participant in found.participants:
            self.participants.add_encoded(participant)
        self.hashes[held] = np.frombuffer(found.hashes, np.uint64)

    def name(self, ids: Iterable[str]) -> bytes:
        """The names of entities, as labels show them."""
        return "\n".join([self._labels[made] for made in ids]).encode()


_ENCODER = msgspec.msgpack.Encoder()


def _tabulate(
    notes: Notes,
    order: Sequence[int],
    roots: Places,
    table: _Table,
    entity_ids: Sequence[Sequence[str]],
    memory: Memory,
) -> None:
    """Fill the table: events that stand in one article by themselves, then those of several."""
    ends = np.asarray(notes.ends).astype(np.int64)
    counts = (ends[1:] - ends[:-1])[np.asarray(order, np.int64)]
    article = np.repeat(np.arange(len(order)), counts)
    first = article[roots]
    several = np.zeros(len(roots), bool)
    several[roots[first != article]] = True
    several = several[roots]
    starts = np.concatenate(([0], np.cumsum(counts)))
    for place, number in enumerate(order):
        held = np.arange(starts[place], starts[place + 1])
        held = held[~several[held]]
        if len(held):
            inside = np.stack((held, roots[held])) - starts[place]
            parts = (notes.marks[number], inside.tobytes(), table.name(entity_ids[number]))
            table.add(memory.recall("events of one article", parts, partial(table.make, held)), held)
    held = np.flatnonzero(several)
    for part in find_parts(roots[held]):
        table.add(table.make(held[part]), held[part])


def _participants(
    event_id: str, mentions: Sequence[Told], labels: Mapping[str, str]
) -> Iterator[EventParticipant]:
    """Who takes part in an event, by role, those with a name first."""
    named = Counter((role, entity) for mention in mentions for entity, role in set(mention.parts))
    unnamed = Counter((role, text) for mention in mentions for text, role in set(mention.unnamed))
    rows: list[tuple[int, int, str | None, str, int]] = [
        (ROLES.index(role), 0, entity, labels[entity], count) for (role, entity), count in named.items()
    ]
    rows += [(ROLES.index(role), 1, None, text, count) for (role, text), count in unnamed.items()]
    rows.sort(key=lambda row: (row[0], row[1], row[2] or row[3]))
    for seq, (role, _, entity, text, count) in enumerate(rows, start=1):
        yield EventParticipant(event_id, seq, entity, text, ROLES[role], count)


def judge_types(mentions: Sequence[Told]) -> str | None:
    """The PLOVER type of an event: that to which at least half of its mentions point, if no mention points to
    another."""
    types = Counter(judge_type(mention.text, mention.stem, mention.parts) for mention in mentions)
    unknown = types.pop(None, 0)
    return next(iter(types)) if len(types) == 1 and 2 * unknown <= len(mentions) else None


def _event(event_id: str, mentions: Sequence[Told], labels: Mapping[str, str]) -> Event:
    date = finest({mention.date for mention in mentions if mention.date})
    listed = _most_told([mention.listed for mention in mentions if mention.listed is not None])
    return Event(
        event_id,
        _label(mentions, labels) if listed is None or mentions[0].event is not None else listed.label,
        "report" if 2 * sum(mention.report for mention in mentions) > len(mentions) else "happening",
        judge_types(mentions) if listed is None else listed.type,
        _status_of(mentions),
        date,
        judge_precision(date) if date else None,
        len(mentions),
        len({mention.source_id for mention in mentions}),
        len({mention.origin_id for mention in mentions if mention.origin_id}),
        round(sum(mention.confidence for mention in mentions) / len(mentions), 2),
    )


def _most_told(listed: Sequence[LocalEvent]) -> LocalEvent | None:
    """The listed event that most mentions tell, the first of equals."""
    return max(listed, key=Counter(listed).__getitem__, default=None)


def _status_of(mentions: Sequence[Told]) -> EventStatus:
    """What most mentions say; what has begun goes on where one of the latest published says so."""
    statuses = Counter(mention.status for mention in mentions)
    most = min(statuses, key=lambda status: (-statuses[status], status))
    if most == "occurred" and statuses["ongoing"]:
        begun = [mention for mention in mentions if mention.status in ("occurred", "ongoing")]
        latest = max(mention.published or "" for mention in begun)
        if any(m.status == "ongoing" and (m.published or "") == latest for m in begun):
            return "ongoing"
    return most


def _measure_telling(mention: Told) -> tuple[int, bool, int, float]:
    """How much the words of a mention tell: of who takes part first, then of what happens ("the fire that
    destroyed the mill" before "the fire")."""
    told = sum(1 for _ in telling_words(mention.phrase))
    return len(mention.parts), bool(mention.subjects), min(told, TELLING), mention.confidence


def _label(mentions: Sequence[Told], labels: Mapping[str, str]) -> str:
    """What a reviewer calls it, else the words of the mention that tells most, led by who stands before them:
    "Tellmark and Norfield have signed a lease"."""
    if mentions[0].event is not None:
        return mentions[0].event
    told = max(mentions, key=_measure_telling)
    names = list(dict.fromkeys(labels[entity] for entity in told.subjects))
    missing = [name for name in names if name not in told.phrase]
    led = " and ".join([", ".join(missing[:-1]), missing[-1]] if missing[1:] else missing)
    return f"{led} {told.phrase}" if led else told.phrase
