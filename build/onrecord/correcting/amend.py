"""Corrections carried out on the rows of one article, before anything is counted or compared.

A row is found by its words: the exact text and the number of its occurrence. What it holds now is written out
in the form that a correction is written in, and must be what the correction expects. Rows that a correction
makes or changes have the method (dates: the rule) "corrected" and confidence 1. What follows from other rows,
which entities a claim names, inside which claim an event stands, is worked out anew.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

from onrecord.correcting.amend_claims import correct_claim
from onrecord.correcting.amend_words import (
    PART,
    Pairs,
    choose,
    find_border,
    find_near,
    find_span,
    write_event,
)
from onrecord.correcting.corrections import Correction
from onrecord.correcting.draft import METHOD, Draft, entity_at, entity_of, pick
from onrecord.errors import CorrectionError
from onrecord.model import (
    Annotated,
    Certainty,
    Claim,
    Date,
    DateKind,
    EntityType,
    EventMention,
    Form,
    LocalEntity,
    Mention,
    Participant,
    ParticipantRole,
    Polarity,
    Span,
    Time,
    innermost,
)

__all__ = ["METHOD", "correct_article"]

_ORDER = {"entity_mentions": 0, "dates": 1, "claims": 2, "event_mentions": 3}


def correct_article(annotated: Annotated, lines: Sequence[Correction]) -> Annotated:
    """The article's rows after the corrections, those of one table in the order given.

    Raises CorrectionError where a correction finds nothing, several rows, or not what it expects.
    """
    draft = Draft(
        annotated.article.text,
        list(annotated.entities),
        list(annotated.mentions),
        list(annotated.dates),
        list(annotated.claims),
        [(e, annotated.dates[e.date] if e.date is not None else None) for e in annotated.events],
    )
    act = {
        "entity_mentions": _correct_mention,
        "dates": _correct_date,
        "claims": correct_claim,
        "event_mentions": _correct_event,
    }
    for line in sorted(lines, key=lambda line: _ORDER[line.table]):
        act[line.table](draft, line)
    return _settle(annotated, draft)


def _correct_mention(draft: Draft, line: Correction) -> None:
    span = find_span(draft.text, line.text, line.occurrence, line)
    here = [n for n, m in enumerate(draft.mentions) if (m.start, m.end) == (span.start, span.end)]
    value = dict(line.value)

    def present(number: int) -> Pairs:
        mention = draft.mentions[number]
        return {
            "entity": draft.entities[mention.chain].name,
            "form": mention.form,
            "type": mention.type,
        }

    if line.action == "add":
        name = value["entity"] or ""
        if any(present(n)["entity"] == name for n in here):
            raise CorrectionError(f"{line.place}: {line.text!r} is a mention of {name!r} already")
        known = [entity.type for entity in draft.entities if entity.name == name]
        kind = choose(line, value, "type", EntityType, known[0] if known else None)
        form = choose(line, value, "form", Form, "name")
        chain = entity_of(draft, name, kind)
        draft.mentions.append(Mention(span.start, span.end, form, kind, chain, 1.0, METHOD))
        return
    number = pick(here, present, line)
    mention = draft.mentions[number]
    if line.action == "drop":
        del draft.mentions[number]
        return
    if line.action == "confirm":
        draft.mentions[number] = replace(mention, confidence=1.0, method=METHOD)
        return
    (place,) = _move(draft, line, span)
    kind = choose(line, value, "type", EntityType, mention.type)
    form = choose(line, value, "form", Form, mention.form)
    chain = entity_of(draft, value["entity"] or "", kind) if "entity" in value else mention.chain
    if chain != mention.chain:
        draft.moved.setdefault(mention.chain, set()).add(chain)
    draft.mentions[number] = Mention(place.start, place.end, form, kind, chain, 1.0, METHOD)
    if place != span and chain == mention.chain:
        _rename(draft, chain, draft.text[span.start : span.end], draft.text[place.start : place.end])


def _move(draft: Draft, line: Correction, span: Span) -> tuple[Span, ...]:
    """Where the words of a row stand: at other borders where the line tells its new ``text``."""
    words = dict(line.value).get("text")
    return (span,) if words is None else find_border(draft.text, words, (span,), line)


def _rename(draft: Draft, number: int, old: str, new: str) -> None:
    """Give an entity the name whose border was moved, where no other mention bears the one it had."""
    held = {draft.text[m.start : m.end] for m in draft.mentions if m.chain == number}
    if draft.entities[number].name == old and old not in held:
        draft.entities[number] = replace(draft.entities[number], name=new)
        draft.named.add(number)


def _correct_date(draft: Draft, line: Correction) -> None:
    span = find_span(draft.text, line.text, line.occurrence, line)
    here = [n for n, d in enumerate(draft.dates) if (d.start, d.end) == (span.start, span.end)]
    value = dict(line.value)
    if line.action == "add":
        if here:
            raise CorrectionError(f"{line.place}: {line.text!r} is a date already; use change")
        kind = choose(line, value, "kind", DateKind, None)
        draft.dates.append(Date(span.start, span.end, kind, value["value"], METHOD, value.get("anchor")))
        return

    def present(number: int) -> Pairs:
        date = draft.dates[number]
        return {"kind": date.kind, "value": date.value, "anchor": date.anchor}

    number = pick(here, present, line)
    old = draft.dates.pop(number)
    new = None
    if line.action == "confirm":
        new = replace(old, rule=METHOD)
        draft.dates.append(new)
    elif line.action == "change":
        (place,) = _move(draft, line, span)
        kind = choose(line, value, "kind", DateKind, old.kind)
        new = Date(
            place.start,
            place.end,
            kind,
            value.get("value", old.value),
            METHOD,
            value.get("anchor", old.anchor),
        )
        draft.dates.append(new)
    draft.events = [(event, new if date is old else date) for event, date in draft.events]


def _correct_event(draft: Draft, line: Correction) -> None:
    span = find_span(draft.text, line.text, line.occurrence, line)
    here = [n for n, (e, _) in enumerate(draft.events) if (e.start, e.end) == (span.start, span.end)]

    def present(number: int) -> Pairs:
        event, date = draft.events[number]
        names = [draft.entities[part.chain].name for part in event.participants]
        return write_event(draft.text, event, date, names)

    value: Pairs = dict(line.value)
    if line.action == "add":
        if here:
            raise CorrectionError(f"{line.place}: {line.text!r} tells an event already; use change")
        told: Pairs = {"event": None, "date": None, "participants": None, "certainty": "certain"}
        told |= {"polarity": "pos", "time": "non_future", **value}
        draft.events.append(_make_event(draft, line, span, told))
        return
    number = pick(here, present, line)
    if line.action == "drop":
        del draft.events[number]
        return
    event, date = draft.events[number]
    if line.action == "confirm":
        draft.events[number] = (replace(event, confidence=1.0, method=METHOD), date)
        return
    (place,) = _move(draft, line, span)
    kept = {**present(number), "participants": None, **value}
    made, dated = _make_event(draft, line, place, kept)
    if "participants" not in value:
        made = replace(made, participants=event.participants)
        if "event" not in value:
            made = replace(made, local=event.local, unnamed=event.unnamed)
    draft.events[number] = (made, dated if "date" in value else date)


def _make_event(draft: Draft, line: Correction, span: Span, told: Pairs) -> tuple[EventMention, Date | None]:
    event = EventMention(
        span.start,
        span.end,
        choose(line, told, "certainty", Certainty, None),
        choose(line, told, "polarity", Polarity, None),
        choose(line, told, "time", Time, None),
        None,
        None,
        tuple(
            sorted(
                {
                    _make_participant(draft, cell, line)
                    for cell in (told["participants"] or "").split(PART)
                    if cell
                },
                key=lambda p: (get_args(ParticipantRole).index(p.role), p.chain),
            )
        ),
        METHOD,
        1.0,
        told["event"],
    )
    if told["date"] is None:
        return event, None
    place = find_near(draft.text, told["date"], (span,), line)
    dates = [date for date in draft.dates if (date.start, date.end) == (place.start, place.end)]
    if not dates:
        raise CorrectionError(f"{line.place}: {told['date']!r} is no row of dates; add it")
    return event, dates[0]


def _make_participant(draft: Draft, cell: str, line: Correction) -> Participant:
    name, _, role = cell.rpartition(" ")
    chains = [n for n, entity in enumerate(draft.entities) if entity.name == name]
    held = [chain for chain in chains if any(m.chain == chain for m in draft.mentions)]
    if not held:
        raise CorrectionError(f"{line.place}: {line.source} has no entity {name!r}; write 'name role'")
    return Participant(held[0], choose(line, {"role": role}, "role", ParticipantRole, None))


def _settle(annotated: Annotated, draft: Draft) -> Annotated:
    """Rows in order, chains without mentions gone, and all that follows from other rows worked out anew."""
    held = sorted({mention.chain for mention in draft.mentions})
    number = {chain: place for place, chain in enumerate(held)}
    for chain, targets in draft.moved.items():
        if chain not in number and len(targets) == 1:
            number[chain] = number[next(iter(targets))]
    mentions = sorted(
        (replace(m, chain=number[m.chain]) for m in draft.mentions), key=lambda m: (m.start, m.end, m.chain)
    )
    dates = sorted(draft.dates, key=lambda d: (d.start, d.end))
    claims = sorted(
        (_follow(claim, mentions, number) for claim in draft.claims),
        key=lambda c: (c.quote_type == "none", c.content[0].start, c.content[-1].end, c.speakers[:1] != ()),
    )
    events = []
    for event, date in sorted(draft.events, key=lambda told: (told[0].start, told[0].end)):
        parts = {Participant(number[p.chain], p.role) for p in event.participants if p.chain in number}
        order = sorted(parts, key=lambda p: (get_args(ParticipantRole).index(p.role), p.chain))
        events.append(
            replace(
                event,
                date=dates.index(date) if date in dates else None,
                claim=innermost(claims, event),
                participants=tuple(order),
            )
        )
    entities = tuple(_name_entity(draft, chain) for chain in held)
    return replace(
        annotated,
        entities=entities,
        mentions=tuple(mentions),
        dates=tuple(dates),
        claims=tuple(claims),
        events=tuple(events),
    )


def _name_entity(draft: Draft, chain: int) -> LocalEntity:
    """The entity with the names that its mentions now give it."""
    old = draft.entities[chain]
    mentions = [m for m in draft.mentions if m.chain == chain]
    if not any(m.method == METHOD for m in mentions) and chain not in draft.named:
        return old
    names = {draft.text[m.start : m.end] for m in mentions if m.form == "name"}
    kinds = Counter(m.type for m in mentions)
    kind = min(kinds, key=lambda k: (-kinds[k], k != old.type, k))
    return LocalEntity(old.name, kind, tuple(sorted(names - {old.name})))


def _follow(claim: Claim, mentions: Sequence[Mention], number: dict[int, int]) -> Claim:
    def renumber(chain: int | None) -> int | None:
        return number.get(chain) if chain is not None else None

    def settle(span: Span, chain: int | None) -> int | None:
        found = entity_at(mentions, span)
        return renumber(chain) if found is None else found

    inside = {
        mention.chain
        for mention in mentions
        if any(part.start <= mention.start and mention.end <= part.end for part in claim.content)
    }
    hops = tuple(
        replace(hop, chain=settle(Span(hop.start, hop.end), hop.chain)) if hop.agent else hop
        for hop in claim.hops
    )
    speaker = settle(claim.speakers[0], claim.speaker_chain) if claim.speakers else None
    return replace(claim, hops=hops, chains=tuple(sorted(inside)), speaker_chain=speaker)
