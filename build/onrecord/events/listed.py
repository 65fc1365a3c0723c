"""Events that a reader lists ready-made, taken into the list of an article."""

from collections.abc import Mapping, Sequence

from onrecord.events.scene import Scene
from onrecord.model import (
    EventMention,
    EventStatus,
    ListedEvent,
    LocalEvent,
    Participant,
    Span,
    Sureness,
    Unnamed,
)
from onrecord.overlap import Overlaps

__all__ = ["take_listed"]

SURENESS: Mapping[EventStatus, Sureness] = {
    "occurred": Sureness("certain", "pos", "non_future"),
    "ongoing": Sureness("certain", "pos", "non_future"),
    "planned": Sureness("probable", "pos", "future"),
    "hypothetical": Sureness("possible", "pos", "unknown"),
    "denied": Sureness("certain", "neg", "unknown"),
}
"""What a status says of certainty, polarity and time."""


def take_listed(
    scene: Scene, listed: Sequence[ListedEvent], first: int, method: str
) -> tuple[tuple[EventMention, ...], tuple[LocalEvent, ...]]:
    """The mentions of listed events and the events, numbered from ``first`` on.

    A date phrase is given to a mention where it stands in the mention's sentence and has the event's value.
    """
    days = Overlaps(scene.dates)
    mentions = []
    for number, event in enumerate(listed, first):
        named = [Participant(p.entity, p.role) for p in event.participants if p.entity is not None]
        unnamed = tuple(Unnamed(p.words, p.role) for p in event.participants if p.words and p.entity is None)
        sure = SURENESS[event.status]
        mentions += [
            EventMention(
                start=span.start,
                end=span.end,
                certainty=sure.certainty,
                polarity=sure.polarity,
                time=sure.time,
                date=_told_date(scene, days, span, event.date),
                claim=scene.claim_around(span),
                participants=tuple(dict.fromkeys(named)),
                method=method,
                confidence=event.confidence,
                local=number,
                unnamed=unnamed if span == event.mentions[0] else (),
            )
            for span in event.mentions
        ]
    events = tuple(
        LocalEvent(label=e.label, kind=e.kind, status=e.status, date=e.date, type=e.type, worded=True)
        for e in listed
    )
    return tuple(mentions), events


def _told_date(scene: Scene, days: Overlaps, span: Span, value: str | None) -> int | None:
    sentence = scene.text.document.sentence_at(span.start)
    if sentence is None or value is None:
        return None
    return next((n for n in days.over(sentence.start, sentence.end) if scene.dates[n].value == value), None)
