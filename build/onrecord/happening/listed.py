"""Events that a reader lists ready-made, on their way through the same steps as single words."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from onrecord.model import (
    Date,
    Document,
    EventMention,
    EventStatus,
    ListedEvent,
    LocalEvent,
    Participant,
    Sureness,
    Trigger,
)
from onrecord.overlap import Overlaps

__all__ = ["as_local", "as_triggers", "take_listed"]

SURENESS: Mapping[EventStatus, Sureness] = {
    "occurred": Sureness("certain", "pos", "non_future"),
    "ongoing": Sureness("certain", "pos", "non_future"),
    "planned": Sureness("probable", "pos", "future"),
    "hypothetical": Sureness("possible", "pos", "unknown"),
    "denied": Sureness("certain", "neg", "unknown"),
}
"""What a status says of certainty, polarity and time."""


def as_local(event: ListedEvent) -> LocalEvent:
    """What holds of a listed event as a whole."""
    return LocalEvent(
        label=event.label, kind=event.kind, status=event.status, date=event.date, type=event.type
    )


def as_triggers(listed: Sequence[ListedEvent]) -> list[Trigger]:
    """The words that tell the listed events, in order of the text."""
    found = [
        Trigger(
            span.start,
            span.end,
            SURENESS[event.status].certainty,
            SURENESS[event.status].polarity,
            SURENESS[event.status].time,
            event.confidence,
        )
        for event in listed
        for span in event.mentions
    ]
    return sorted(found, key=lambda trigger: (trigger.start, trigger.end))


def take_listed(
    document: Document,
    mentions: Sequence[EventMention],
    listed: Sequence[ListedEvent],
    dates: Sequence[Date],
    method: str,
) -> tuple[EventMention, ...]:
    """The mentions, those of a listed event with its number, its participants and its date.

    A date phrase is given to a mention where it stands in the mention's sentence and has the event's value.
    Participants without a name have no row yet and are left out.
    """
    owner = {(span.start, span.end): n for n, event in enumerate(listed) for span in event.mentions}
    days = Overlaps(dates)

    def told_date(mention: EventMention, value: str | None) -> int | None:
        sentence = document.sentence_at(mention.start)
        if sentence is None or value is None:
            return None
        return next((n for n in days.over(sentence.start, sentence.end) if dates[n].value == value), None)

    def take(mention: EventMention) -> EventMention:
        number = owner.get((mention.start, mention.end))
        if number is None:
            return mention
        event = listed[number]
        named = [Participant(p.entity, p.role) for p in event.participants if p.entity is not None]
        return replace(
            mention,
            date=told_date(mention, event.date),
            participants=tuple(dict.fromkeys(named)),
            method=method,
            local=number,
        )

    return tuple(map(take, mentions))
