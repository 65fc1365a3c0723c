"""Event triggers of one article, with who takes part, when, and inside whose claim."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import TypeVar

from onrecord.happening.parts import find_participants, list_pairs
from onrecord.happening.timing import date_events
from onrecord.model import Claim, Date, Document, EventMention, Mention, Participant, Span, Trigger
from onrecord.overlap import Overlaps

Item = TypeVar("Item")


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
    mentions = sorted(mentions, key=lambda m: (m.start, m.end, m.chain))
    triggers = sorted(triggers, key=lambda t: (t.start, t.end))
    spans = [Span(trigger.start, trigger.end) for trigger in triggers]
    days = [index for index, date in enumerate(dates) if date.kind in ("date", "time")]
    days.sort(key=lambda index: dates[index].start)
    said = _Said(claims)
    events = []
    for sentence, told in groupby(triggers, lambda trigger: find_sentence(document, trigger.start)):
        near = begun_in(sentence, mentions, lambda mention: mention.start)
        beside = begun_in(sentence, spans, lambda span: span.start)
        here = begun_in(sentence, days, lambda index: dates[index].start)
        dated = date_events(document, sentence, beside, {index: dates[index] for index in here})
        for trigger in told:
            span = Span(trigger.start, trigger.end)
            found = find_participants(list_pairs(document.text, sentence, span, near, beside))
            events.append(
                EventMention(
                    trigger.start,
                    trigger.end,
                    trigger.certainty,
                    trigger.polarity,
                    trigger.time,
                    dated.get(span),
                    said.claim_around(span),
                    with_speaker(found, said.speakers_by(span)),
                    method,
                    trigger.confidence,
                )
            )
    return tuple(events)


class _Said:
    """The claims of an article that have a speaker, and all cues, by where they stand."""

    def __init__(self, claims: Sequence[Claim]) -> None:
        reported = [(index, claim) for index, claim in enumerate(claims) if claim.quote_type != "none"]
        self._contents = [(part, index) for index, claim in reported for part in claim.content]
        self._cues = [(cue, claim.speaker_chain) for claim in claims for cue in claim.cues]
        self._over_contents = Overlaps([part for part, _ in self._contents])
        self._over_cues = Overlaps([cue for cue, _ in self._cues])

    def claim_around(self, span: Span) -> int | None:
        """The number of the innermost claim whose content holds a span."""
        over = self._over_contents.over(span.start, span.end)
        return innermost([self._contents[place] for place in over], span)

    def speakers_by(self, span: Span) -> list[int | None]:
        """Who speaks where a span is a cue or part of one."""
        return [self._cues[place][1] for place in self._over_cues.over(span.start, span.end)]


def find_sentence(document: Document, start: int) -> Span:
    """The sentence in which a trigger begins, or the next; the last behind all, the text where there is none.

    >>> document = Document("Ships left. Two sank.", (), (Span(0, 11), Span(12, 21)))
    >>> find_sentence(document, 6), find_sentence(document, 11)
    (Span(start=0, end=11), Span(start=12, end=21))
    """
    sentences = document.sentences
    place = bisect_right(sentences, start, key=lambda sentence: sentence.end)
    return sentences[min(place, len(sentences) - 1)] if sentences else Span(0, len(document.text))


def begun_in(sentence: Span, items: Sequence[Item], start: Callable[[Item], int]) -> Sequence[Item]:
    """Those of the items, sorted by where they start, that start in a sentence."""
    low, high = (bisect_left(items, place, key=start) for place in (sentence.start, sentence.end))
    return items[low:high]


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
