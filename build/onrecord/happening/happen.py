"""Event triggers of one article, with who takes part, when, and inside whose claim.

There is no parser: participants are the nearest names of the same clause, by the order English puts them in
(agent, event, patient) and by the prepositions that mark the others. An entity further than ``REACH`` words
away, or beyond a clause boundary, takes no part. With MEANTIME's own events and mentions, 78 % of the
participants found are right and 78 % of its participants are found; with their part as well, 64 % of agents
and 55 % of patients are right.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import get_args

from onrecord import words
from onrecord.model import (
    Attribution,
    Date,
    Document,
    EventMention,
    Mention,
    Participant,
    ParticipantRole,
    Span,
    Trigger,
)
from onrecord.overlap import Overlaps

REACH = 12
"""Words between an event and a participant at most; on MEANTIME 95 % of participants are nearer."""

_BOUNDARY = re.compile(
    r"[;:.!?“”\"]|\s[—–-]\s|,?\s(?:although|because|but|that|though|when|where|whereas|which|while|who)\s",
    re.IGNORECASE,
)
_PASSIVE = re.compile(r"\b(?:am|are|be|been|being|is|was|were)\s+(?:\w+ly\s+)?$", re.IGNORECASE)
_PLACE = re.compile(r"\b(?:at|in|near|outside)\s+(?:the\s+)?$", re.IGNORECASE)
_RECIPIENT = re.compile(r"\b(?:to|for)\s+(?:the\s+)?$", re.IGNORECASE)
_BY = re.compile(r"\bby\s+(?:the\s+)?$", re.IGNORECASE)
_OTHER = re.compile(
    r"\b(?:about|after|against|among|as|before|between|from|into|on|over|since|than|through|under|until|with|within)"
    r"\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_ORDER: dict[str, int] = {role: number for number, role in enumerate(get_args(ParticipantRole))}


def same_clause(text: str, start: int, end: int) -> bool:
    """Whether no clause boundary stands in ``text[start:end]`` and it is at most ``REACH`` words long.

    >>> same_clause("Ministers met rebels", 9, 14)
    True
    >>> same_clause("Ministers left; rebels stayed", 9, 16)
    False
    """
    between = text[start:end]
    return len(between.split(None, REACH)) <= REACH and _BOUNDARY.search(between) is None


def judge_role(text: str, trigger: Span, mention: Mention) -> ParticipantRole | None:
    """The part that a mention takes in an event, by word order and preposition; null for none.

    >>> text = "The ministry was sued by Shell in London"
    >>> sued = Span(17, 21)
    >>> shell = Mention(25, 30, "name", "organization", 0, 1.0, "")
    >>> london = Mention(34, 40, "name", "place", 1, 1.0, "")
    >>> judge_role(text, sued, shell), judge_role(text, sued, london)
    ('agent', 'place')
    >>> judge_role(text, sued, Mention(4, 12, "nominal", "organization", 2, 1.0, ""))
    'patient'
    """
    left = text[max(0, mention.start - 16) : mention.start]
    if mention.end <= trigger.start:
        if not same_clause(text, mention.end, trigger.start):
            return None
        if mention.type == "place" and _PLACE.search(left):
            return "place"
        return "patient" if _PASSIVE.search(text[max(0, trigger.start - 24) : trigger.start]) else "agent"
    if mention.start < trigger.end or not same_clause(text, trigger.end, mention.start):
        return None
    if mention.type == "place" and _PLACE.search(left):
        return "place"
    if _BY.search(left):
        return "agent"
    if _RECIPIENT.search(left):
        return "recipient"
    reports = text[trigger.start : trigger.end].casefold() in words.load("cue_verbs")
    return None if reports or _OTHER.search(left) else "patient"


def find_participants(text: str, trigger: Span, mentions: Sequence[Mention]) -> tuple[Participant, ...]:
    """The nearest mention for each role but ``place`` and ``other``, which may have several."""
    found: dict[tuple[str, int], Participant] = {}
    nearest: dict[str, int] = {}
    for mention in sorted(mentions, key=lambda m: (_distance(trigger, m), m.start, m.chain)):
        role = judge_role(text, trigger, mention)
        if role is None or (role != "place" and nearest.setdefault(role, mention.start) != mention.start):
            continue
        found.setdefault((role, mention.chain), Participant(mention.chain, role))
    return tuple(sorted(found.values(), key=lambda p: (_ORDER[p.role], p.chain)))


def _distance(trigger: Span, mention: Mention) -> int:
    return trigger.start - mention.end if mention.end <= trigger.start else mention.start - trigger.end


def find_date(trigger: Span, dates: Sequence[Date], near: Sequence[int]) -> int | None:
    """The nearest of the dates whose indexes are in ``near``, the following one on a tie."""
    inside = [
        (min(abs(date.start - trigger.end), abs(trigger.start - date.end)), -date.start, index)
        for index in near
        for date in (dates[index],)
    ]
    return min(inside)[2] if inside else None


def assemble_events(
    document: Document,
    triggers: Sequence[Trigger],
    mentions: Sequence[Mention],
    dates: Sequence[Date],
    claims: Sequence[Attribution],
    method: str,
) -> tuple[EventMention, ...]:
    """One event mention for each trigger, in order of the text.

    ``claims`` are the article's attributions; an event that stands in the content of one (the innermost, if
    they nest) carries its index.
    """
    sentences = document.sentences
    mentions = sorted(mentions, key=lambda m: (m.start, m.end, m.chain))
    starts = [mention.start for mention in mentions]
    stated = [
        (part, index)
        for index, claim in enumerate(claims)
        if claim.quote_type != "none"
        for part in claim.content
    ]
    contents = Overlaps([part for part, _ in stated])
    days = [index for index, date in enumerate(dates) if date.kind in ("date", "time")]
    days.sort(key=lambda index: dates[index].start)
    events, position = [], 0
    for trigger in sorted(triggers, key=lambda t: (t.start, t.end)):
        while position + 1 < len(sentences) and sentences[position].end <= trigger.start:
            position += 1
        sentence = sentences[position] if sentences else Span(0, len(document.text))
        near = mentions[bisect_left(starts, sentence.start) : bisect_left(starts, sentence.end)]
        span = Span(trigger.start, trigger.end)
        holding = [stated[place] for place in contents.over(span.start, span.end)]
        low = bisect_left(days, sentence.start, key=lambda index: dates[index].start)
        high = bisect_left(days, sentence.end, key=lambda index: dates[index].start)
        events.append(
            EventMention(
                trigger.start,
                trigger.end,
                trigger.certainty,
                trigger.polarity,
                trigger.time,
                find_date(span, dates, days[low:high]),
                innermost(holding, span),
                find_participants(document.text, span, near),
                method,
                trigger.confidence,
            )
        )
    return tuple(events)


def innermost(contents: Sequence[tuple[Span, int]], span: Span) -> int | None:
    """The index beside the shortest of the contents that holds the span, or null where none does."""
    holding = [
        (part.end - part.start, index)
        for part, index in contents
        if part.start <= span.start and span.end <= part.end
    ]
    return min(holding)[1] if holding else None
