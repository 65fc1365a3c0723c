"""Event triggers of one article, with who takes part, when, and inside whose claim."""

from bisect import bisect_left
from collections.abc import Sequence

from onrecord.happening.parts import find_participants, list_pairs
from onrecord.happening.timing import date_events
from onrecord.model import Claim, Date, Document, EventMention, Mention, Participant, Span, Trigger
from onrecord.overlap import Overlaps


def assemble_events(
    document: Document,
    triggers: Sequence[Trigger],
    mentions: Sequence[Mention],
    dates: Sequence[Date],
    claims: Sequence[Claim],
    method: str,
) -> tuple[EventMention, ...]:
    """One event mention for each trigger, in order of the text.

    An event that stands in the content of a claim with a speaker (the innermost, if they nest) carries its
    index. Where the trigger is the cue of a claim, the one who speaks is its agent.
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
    spoken = [(cue, claim.speaker_chain) for claim in claims for cue in claim.cues]
    cues = Overlaps([cue for cue, _ in spoken])
    days = [index for index, date in enumerate(dates) if date.kind in ("date", "time")]
    days.sort(key=lambda index: dates[index].start)
    dated: dict[Span, int] = {}
    events, position, before = [], 0, -1
    triggers = sorted(triggers, key=lambda t: (t.start, t.end))
    spans = [Span(trigger.start, trigger.end) for trigger in triggers]
    begins = [span.start for span in spans]
    for trigger, span in zip(triggers, spans, strict=True):
        while position + 1 < len(sentences) and sentences[position].end <= trigger.start:
            position += 1
        sentence = sentences[position] if sentences else Span(0, len(document.text))
        near = mentions[bisect_left(starts, sentence.start) : bisect_left(starts, sentence.end)]
        beside = spans[bisect_left(begins, sentence.start) : bisect_left(begins, sentence.end)]
        if position != before:
            before = position
            low = bisect_left(days, sentence.start, key=lambda index: dates[index].start)
            high = bisect_left(days, sentence.end, key=lambda index: dates[index].start)
            dated = date_events(document, sentence, beside, {index: dates[index] for index in days[low:high]})
        found = find_participants(list_pairs(document.text, sentence, span, near, beside))
        speakers = [spoken[place][1] for place in cues.over(span.start, span.end)]
        holding = [stated[place] for place in contents.over(span.start, span.end)]
        events.append(
            EventMention(
                trigger.start,
                trigger.end,
                trigger.certainty,
                trigger.polarity,
                trigger.time,
                dated.get(span),
                innermost(holding, span),
                with_speaker(found, speakers),
                method,
                trigger.confidence,
            )
        )
    return tuple(events)


def with_speaker(found: tuple[Participant, ...], speakers: Sequence[int | None]) -> tuple[Participant, ...]:
    """The participants of an act of speech: whoever speaks is the agent, unless the agents hold them already.

    >>> with_speaker((Participant(4, "agent"), Participant(2, "recipient")), [0])
    (Participant(chain=0, role='agent'), Participant(chain=2, role='recipient'))
    """
    chain = next((speaker for speaker in speakers if speaker is not None), None)
    if chain is None or Participant(chain, "agent") in found:
        return found
    return (Participant(chain, "agent"), *(p for p in found if p.role != "agent" and p.chain != chain))


def innermost(contents: Sequence[tuple[Span, int]], span: Span) -> int | None:
    """The index beside the shortest of the contents that holds the span, or null where none does."""
    holding = [
        (part.end - part.start, index)
        for part, index in contents
        if part.start <= span.start and span.end <= part.end
    ]
    return min(holding)[1] if holding else None
