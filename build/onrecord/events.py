"""Mentions of one happening are one event, within and across articles."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import snowballstemmer

from onrecord import words
from onrecord.clusters import Clusters
from onrecord.model import (
    Annotated,
    DatePrecision,
    Entity,
    Event,
    EventMention,
    EventParticipant,
    EventStatus,
    ParticipantRole,
    make_id,
)

CORE: frozenset[ParticipantRole] = frozenset({"agent", "patient", "recipient"})
_STEMMER = snowballstemmer.stemmer("english")


@dataclass(frozen=True, slots=True)
class _Told:
    """An event mention as it is compared with others."""

    mention_id: str
    source_id: str
    text: str
    stem: str
    date: str | None
    status: EventStatus
    parts: tuple[tuple[str, ParticipantRole], ...]
    origin_id: str | None
    confidence: float


@cache
def stem_of(text: str) -> str:
    """The stem of the last word of a trigger.

    >>> stem_of("signed"), stem_of("had been signing")
    ('sign', 'sign')
    """
    return str(_STEMMER.stemWord(text.split()[-1].casefold()))


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
    return "planned" if event.time == "future" else "occurred"


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


@cache
def _plover() -> dict[str, str]:
    return {stem_of(row["word"]): row["type"] for row in words.table("plover")}


def same_event(one: _Told, other: _Told) -> bool:
    """Whether two mentions with one stem tell one happening: a core participant in the same part, nobody else
    in that part's place, and no two dates that differ."""
    if one.date and other.date and one.date != other.date:
        return False
    if one.status != other.status:
        return False
    shared = False
    for role in CORE:
        here = {entity for entity, part in one.parts if part == role}
        there = {entity for entity, part in other.parts if part == role}
        if here and there:
            if not here & there:
                return False
            shared = True
    return shared


def link_events(
    articles: Iterable[Annotated],
    entity_ids: Sequence[tuple[str, ...]],
    origin_ids: Sequence[tuple[str | None, ...]],
    entities: Sequence[Entity],
) -> tuple[list[tuple[str, ...]], tuple[Event, ...], tuple[EventParticipant, ...]]:
    """Event ids by event index for each article in turn, and the rows of ``events`` and their participants.

    Only mentions with the same stem and a core participant in common are compared (the blocking key).
    """
    told: dict[str, _Told] = {}
    order = []
    for annotated, ids, origins in zip(articles, entity_ids, origin_ids, strict=True):
        row = []
        for index, event in enumerate(annotated.events):
            text = annotated.article.text[event.start : event.end]
            date = annotated.dates[event.date].value if event.date is not None else None
            mention = _Told(
                annotated.event_mention_id(index),
                annotated.article.source_id,
                text,
                stem_of(text),
                date,
                judge_status(event),
                tuple((ids[p.chain], p.role) for p in event.participants),
                origins[event.claim] if event.claim is not None else None,
                event.confidence,
            )
            told[mention.mention_id] = mention
            row.append(mention.mention_id)
        order.append(row)

    clusters = Clusters[str]()
    blocks: dict[tuple[str, str], list[_Told]] = defaultdict(list)
    for mention in told.values():
        for entity, role in mention.parts:
            if role in CORE:
                blocks[mention.stem, entity].append(mention)
    for block in blocks.values():
        for number, one in enumerate(block):
            for other in block[number + 1 :]:
                if same_event(one, other):
                    clusters.join(one.mention_id, other.mention_id)

    labels = {entity.entity_id: entity.name for entity in entities}
    event_ids: dict[str, str] = {}
    events, participants = [], []
    for held in clusters.sets(told).values():
        event_id = make_id("evt", min(held))
        event_ids.update(dict.fromkeys(held, event_id))
        mentions = [told[mention_id] for mention_id in sorted(held)]
        parts = Counter((entity, role) for mention in mentions for entity, role in mention.parts)
        events.append(_event(event_id, mentions, parts, labels))
        participants += [EventParticipant(event_id, e, role, count) for (e, role), count in parts.items()]
    placed = [tuple(event_ids[mention_id] for mention_id in row) for row in order]
    participants.sort(key=lambda row: (row.event_id, row.entity_id, row.role))
    return placed, tuple(sorted(events, key=lambda e: e.event_id)), tuple(participants)


def _event(
    event_id: str,
    mentions: Sequence[_Told],
    parts: Counter[tuple[str, ParticipantRole]],
    labels: dict[str, str],
) -> Event:
    dates = {mention.date for mention in mentions if mention.date}
    date = dates.pop() if len(dates) == 1 else None
    statuses = Counter(mention.status for mention in mentions)
    types = {_plover().get(mention.stem) for mention in mentions} - {None}
    return Event(
        event_id,
        _label(mentions, parts, labels),
        types.pop() if len(types) == 1 else None,
        min(statuses, key=lambda status: (-statuses[status], status)),
        date,
        judge_precision(date) if date else None,
        len(mentions),
        len({mention.source_id for mention in mentions}),
        len({mention.origin_id for mention in mentions if mention.origin_id}),
        round(sum(mention.confidence for mention in mentions) / len(mentions), 2),
    )


def _label(
    mentions: Sequence[_Told], parts: Counter[tuple[str, ParticipantRole]], labels: dict[str, str]
) -> str:
    """Agent, words of the event, patient: "Pentagon · designated · Anthropic"."""
    texts = Counter(" ".join(mention.text.split()) for mention in mentions)
    trigger = min(texts, key=lambda text: (-texts[text], len(text), text))

    def named(role: ParticipantRole) -> str | None:
        found = [(-count, labels[entity]) for (entity, part), count in parts.items() if part == role]
        return min(found)[1] if found else None

    return " · ".join(part for part in (named("agent"), trigger, named("patient")) if part)
