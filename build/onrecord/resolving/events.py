"""Mentions of one happening are one event, within and across articles.

Only mentions of one article or of two that tell the same story are compared, and of these only such as have
one stem or two that may mean the same. What makes two mentions one happening is in ``sameness``; here they
are gathered and what holds of the whole event is said.
"""

import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from heapq import merge
from pathlib import Path

import numpy as np
import numpy.typing as npt

from onrecord import words
from onrecord.happening.wording import is_report, is_under_way, word_event
from onrecord.model import (
    Annotated,
    DatePrecision,
    Document,
    Entity,
    Event,
    EventMention,
    EventParticipant,
    EventStatus,
    Span,
    make_id,
)
from onrecord.overlap import Overlaps
from onrecord.resolving.gather import Scores, gather
from onrecord.resolving.plover import judge_type
from onrecord.resolving.sameness import NEVER, Told, compare_told, words_alike
from onrecord.resolving.stories import WITHIN, Nearness, near_articles, outline, stem_word, telling_words
from onrecord.spool import HashIds, Spool, hash_of

UNLIKE = -1.0
"""Log odds of a pair that is not compared; like ``LEAST`` chosen on ECB+ (training part) and MEANTIME,
topics left out."""
LEAST = -0.25
"""Least mean log odds within an event."""
BESIDE = 60
"""Characters on either side of a mention in which its nearby words stand."""
LEAD = 400
"""Characters of an article that hold its first sentences."""
OPEN = 512
"""Articles whose mentions are held in memory at a time; it bounds memory, not results."""

_STOP = re.compile(r"[.!?][\"”’')]*\s+(?=[\"“‘'(]*[A-Z0-9])|\n")


def _tells(word: str) -> bool:
    return word not in words.load("verb_particles") and next(telling_words(word), None) is not None


@cache
def _bases() -> Mapping[str, str]:
    return {row["form"]: row["base"] for row in words.table("irregular_forms")}


@lru_cache(maxsize=100_000)
def stem_of(text: str) -> str:
    """The stem of the last word of a trigger that carries meaning, by its base form.

    >>> stem_of("signed"), stem_of("had been signing"), stem_of("shot down")
    ('sign', 'sign', 'shoot')
    """
    parts = re.findall(r"[^\W_]+", text.casefold()) or [text.casefold()]
    telling = [word for word in parts if _tells(word)]
    last = (telling or parts)[-1]
    return stem_word(_bases().get(last, last))


def judge_status(event: EventMention, under_way: bool = False) -> EventStatus:
    """What an event's certainty, polarity and time make of it; ``under_way`` is set where it goes on.

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
    return "ongoing" if under_way else "occurred"


def judge_precision(date: str) -> DatePrecision:
    """How fine an EDTF value is.

    >>> [judge_precision(d) for d in ("2026-04-29", "2026-04", "2026-22", "199X", "2026-04-27/2026-05-01")]
    ['day', 'month', 'season', 'decade', 'interval']
    """
    bare = date.rstrip("~?%")
    if "/" in bare:
        return "interval"
    if "T" in bare:
        return "time"
    if bare.endswith("XX"):
        return "century"
    if bare.endswith("X"):
        return "decade"
    if len(bare) == 7:
        return "month" if int(bare[5:]) <= 12 else "season"
    return "year" if len(bare) == 4 else "day"


def finest(dates: Collection[str]) -> str | None:
    """The date that says most where all others only say less of the same, such as its year; else null.

    >>> finest({"2026", "2026-03"}), finest({"2026-03", "2026-04"}), finest(())
    ('2026-03', None, None)
    """
    best = max(dates, key=lambda date: (len(date), date), default=None)
    return best if best is not None and all(_says_less(date, best) for date in dates) else None


def _says_less(date: str, fine: str) -> bool:
    return date == fine or (fine.startswith(f"{date}-") and "/" not in fine)


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
    often = Counter(stems)
    cues = Overlaps([cue for claim in annotated.claims for cue in claim.cues])
    before: dict[int, list[int]] = defaultdict(list)
    for mention in annotated.mentions:
        before[mention.chain].append(mention.start)

    @cache
    def told_within(low: int, high: int) -> frozenset[str]:
        return frozenset(word for word, _ in telling_words(text[low:high]))

    told = []
    for index, (event, stem) in enumerate(zip(annotated.events, stems, strict=True)):
        start, end = sentence_at(text, event.start, event.end)
        near = max(start, event.start - BESIDE), min(end, event.end + BESIDE)
        own = {stem, *told_within(event.start, event.end)}
        sentence = told_within(start, end) - own
        whole, span = Span(start, end), Span(event.start, event.end)
        says = text[event.start : event.end].casefold() in words.load("cue_verbs")
        leading = [p for p in event.participants if any(start <= at < event.start for at in before[p.chain])]
        agents = [part.chain for part in leading if part.role == "agent"]
        subjects = agents or [part.chain for part in leading if part.role == "patient"]
        told.append(
            Told(
                annotated.event_mention_id(index),
                annotated.article.source_id,
                annotated.article.published,
                text[event.start : event.end],
                stem,
                sentence,
                told_within(*near) - own,
                frozenset(word for word in sentence if word[0].isdigit()),
                event.start < LEAD,
                says,
                annotated.dates[event.date].value if event.date is not None else None,
                judge_status(event, is_under_way(text, whole, span)),
                tuple((ids[part.chain], part.role) for part in event.participants),
                often[stem],
                origins[event.claim] if event.claim is not None else None,
                event.confidence,
                event.event,
                word_event(Document(text, (), (whole,)), whole, span, bool(subjects)),
                tuple(dict.fromkeys(ids[chain] for chain in subjects)),
                is_report(stem) or (says and bool(cues.over(event.start, event.end))),
            )
        )
    return tuple(told)


def pairs_to_compare(one: Sequence[Told], other: Sequence[Told]) -> Iterator[tuple[int, int]]:
    """Places of the mentions of two articles, or of one given twice, whose stems are the same or may mean the
    same."""
    by_stem: dict[str, list[int]] = defaultdict(list)
    for place, told in enumerate(other):
        by_stem[told.stem].append(place)
    for place, told in enumerate(one):
        for stem in (told.stem, *words_alike().get(told.stem, ())):
            yield from (
                (place, match) for match in by_stem.get(stem, ()) if one is not other or place < match
            )


class _Notes:
    """The mentions of all articles, on disk; those of a few articles are held at a time."""

    def __init__(self, scratch: Path | None) -> None:
        self._told = Spool(tuple[Told, ...], scratch)
        self._open: dict[int, tuple[Told, ...]] = {}
        self.counts = array("I")

    def __len__(self) -> int:
        return len(self._told)

    def add(self, told: tuple[Told, ...]) -> None:
        self._told.add(told)
        self.counts.append(len(told))

    def __getitem__(self, number: int) -> tuple[Told, ...]:
        if number not in self._open:
            if len(self._open) >= OPEN:
                del self._open[next(iter(self._open))]
            self._open[number] = self._told[number]
        return self._open[number]


def score_pairs(
    notes: Sequence[tuple[Told, ...]] | _Notes,
    near: Mapping[tuple[int, int], Nearness],
    order: Sequence[int],
    first: Sequence[int],
) -> Scores:
    """Log odds of the pairs that are compared and are not plainly unlike; ``near`` names articles by their
    places in ``order``, ``first`` is the number of each article's first mention."""
    scores = Scores()
    within = (((place, place), WITHIN) for place in range(len(order)))
    for (one, other), nearness in merge(within, near.items(), key=lambda item: item[0]):
        here, there = order[one], order[other]
        told, others = notes[here], notes[there]
        for place, match in pairs_to_compare(told, others):
            if told[place].event is None and others[match].event is None:
                score = compare_told(told[place], others[match], nearness)
                if score > UNLIKE or score == NEVER:
                    scores.add(first[here] + place, first[there] + match, score)
    return scores


def link_events(
    articles: Iterable[Annotated],
    entity_ids: Iterable[tuple[str, ...]],
    origin_ids: Iterable[tuple[str | None, ...]],
    entities: Sequence[Entity],
    scratch: Path | None = None,
) -> tuple[Sequence[tuple[str, ...]], Iterable[Event], Iterable[EventParticipant]]:
    """Event ids by event index for each article in turn, and the rows of ``events`` and their participants.

    Mentions to which a reviewer gave one name are one event, and no others are joined with them. The id of an
    event comes from its first mention, by the day its article was published: what comes in later does not
    rename it. The order of the articles changes nothing. The rows lie on disk, in ``scratch``, and come in no
    order.
    """
    notes, ages = _Notes(scratch), list[tuple[str, str]]()
    outlines = Spool(str, scratch)
    for annotated, ids, origins in zip(articles, entity_ids, origin_ids, strict=True):
        notes.add(tell(annotated, ids, origins))
        outlines.add(annotated.article.text)
        ages.append((annotated.article.published or "9999", annotated.article.source_id))
    order = sorted(range(len(ages)), key=lambda number: ages[number])
    ages.clear()
    near = near_articles((outline(outlines[number]) for number in order), scratch)
    first = array("Q", bytes(8 * len(notes)))
    count = 0
    for number in order:
        first[number] = count
        count += notes.counts[number]
    roots = gather(score_pairs(notes, near, order, first), count, UNLIKE, LEAST)
    return _tabulate(notes, order, first, roots, {row.entity_id: row.name for row in entities}, scratch)


def _tabulate(
    notes: _Notes,
    order: Sequence[int],
    first: Sequence[int],
    roots: npt.NDArray[np.int64],
    labels: Mapping[str, str],
    scratch: Path | None,
) -> tuple[Sequence[tuple[str, ...]], Iterable[Event], Iterable[EventParticipant]]:
    """Ids and rows of the events as gathered; ``roots`` gives of each mention the first of its event."""
    told = Spool(Told, scratch)
    reviewed: dict[str, int] = {}
    for number in order:
        for mention in notes[number]:
            if mention.event is not None:
                roots[len(told)] = reviewed.setdefault(mention.event, int(roots[len(told)]))
            told.add(mention)
    hashes = np.empty(len(roots), np.uint64)
    events, participants = Spool(Event, scratch), Spool(EventParticipant, scratch)
    together = np.argsort(roots, kind="stable")
    for held in np.split(together, np.flatnonzero(np.diff(roots[together])) + 1):
        mentions = [told[number] for number in held.tolist()]
        if not mentions:
            continue
        event_id = make_id("evt", mentions[0].mention_id)
        hashes[held] = hash_of(event_id)
        parts = Counter((entity, role) for mention in mentions for entity, role in mention.parts)
        events.add(_event(event_id, mentions, labels))
        participants.extend(EventParticipant(event_id, e, role, count) for (e, role), count in parts.items())
    ends, places = array("Q", [0]), np.empty(len(roots), np.int64)
    for number in range(len(notes)):
        start, size = ends[-1], notes.counts[number]
        places[start : start + size] = np.arange(first[number], first[number] + size)
        ends.append(start + size)
    return HashIds("evt", hashes[places], ends), events, participants


def judge_types(mentions: Sequence[Told]) -> str | None:
    """The PLOVER type of an event: that to which at least half of its mentions point, if no mention points to
    another."""
    types = Counter(judge_type(mention.text, mention.stem, mention.parts) for mention in mentions)
    unknown = types.pop(None, 0)
    return next(iter(types)) if len(types) == 1 and 2 * unknown <= len(mentions) else None


def _event(
    event_id: str,
    mentions: Sequence[Told],
    labels: Mapping[str, str],
) -> Event:
    date = finest({mention.date for mention in mentions if mention.date})
    statuses = Counter(mention.status for mention in mentions)
    return Event(
        event_id,
        _label(mentions, labels),
        "report" if 2 * sum(mention.report for mention in mentions) > len(mentions) else "happening",
        judge_types(mentions),
        min(statuses, key=lambda status: (-statuses[status], status)),
        date,
        judge_precision(date) if date else None,
        len(mentions),
        len({mention.source_id for mention in mentions}),
        len({mention.origin_id for mention in mentions if mention.origin_id}),
        round(sum(mention.confidence for mention in mentions) / len(mentions), 2),
    )


def _label(mentions: Sequence[Told], labels: Mapping[str, str]) -> str:
    """What a reviewer calls it, else the words of the mention that tells most, led by who stands before them:
    "Tellmark and Norfield have signed a lease"."""
    if mentions[0].event is not None:
        return mentions[0].event
    told = max(mentions, key=lambda mention: (len(mention.parts), bool(mention.subjects), mention.confidence))
    names = list(dict.fromkeys(labels[entity] for entity in told.subjects))
    missing = [name for name in names if name not in told.phrase]
    led = " and ".join([", ".join(missing[:-1]), missing[-1]] if missing[1:] else missing)
    return f"{led} {told.phrase}" if led else told.phrase
