"""How a correction's cells point at words of an article, and how rows are written in that form."""

import re
from collections.abc import Sequence
from typing import Any, get_args

from onrecord.correcting.corrections import NOTHING, Correction
from onrecord.errors import CorrectionError
from onrecord.model import GAP, Claim, Date, EventMention, Hop, Span

__all__ = [
    "PART",
    "STEP",
    "Pairs",
    "choose",
    "find_border",
    "find_near",
    "find_pieces",
    "find_span",
    "guard",
    "only",
    "write_claim",
    "write_content",
    "write_event",
    "write_hops",
]

STEP, PART = " < ", " ; "
"""Between the hops of a chain, and the parts of a hop or an event's participants."""

_NUMBERED = re.compile(r"(?P<text>.+)#(?P<nth>[1-9]\d*)", re.DOTALL)

Pairs = dict[str, str | None]


def find_span(text: str, words: str, nth: int, line: Correction, after: int = 0) -> Span:
    """The ``nth`` place of the words, from ``after`` on; raises CorrectionError where there is none."""
    start = after - 1
    for found in range(nth):
        start = text.find(words, start + 1)
        if start < 0:
            raise CorrectionError(
                f"{line.place}: {line.source} has {words!r} {found} times, occurrence {nth} is asked for"
            )
    return Span(start, start + len(words))


def find_pieces(text: str, cell: str, nth: int, line: Correction) -> tuple[Span, ...]:
    """The pieces of a content: the ``nth`` place of the first, the next place after it of each other.

    Where the article has the words as they stand, with the mark between pieces in them, they are one piece.
    """
    if cell in text:
        return (find_span(text, cell, nth, line),)
    first, *others = cell.split(GAP)
    spans = [find_span(text, first, nth, line)]
    for piece in others:
        spans.append(find_span(text, piece, 1, line, spans[-1].end))
    return tuple(spans)


def find_border(text: str, cell: str, old: Sequence[Span], line: Correction) -> tuple[Span, ...]:
    """The pieces of a row whose border is moved: where these words stand nearest to where it was.

    Raises CorrectionError where the article does not have the words, or has them beside the old ones only.
    """
    first, *others = [cell] if cell in text else cell.split(GAP)
    starts = [m.start() for m in re.finditer(re.escape(first), text)]
    if not first or not starts:
        raise CorrectionError(f"{line.place}: {line.source} does not have the words {first!r}")

    def distance(start: int) -> tuple[bool, int]:
        apart = all(start + len(first) <= part.start or part.end <= start for part in old)
        return apart, abs(start - old[0].start)

    start = min(starts, key=distance)
    spans = [Span(start, start + len(first))]
    for piece in others:
        spans.append(find_span(text, piece, 1, line, spans[-1].end))
    if all(one.end <= part.start or part.end <= one.start for one in spans for part in old):
        raise CorrectionError(
            f"{line.place}: {cell!r} shares no words with {line.text!r}; drop and add instead"
        )
    return tuple(spans)


def find_near(text: str, words: str, content: Sequence[Span], line: Correction) -> Span:
    """The place of the words nearest to a content, outside it if it can be; ``words#2`` means the second."""
    numbered = _NUMBERED.fullmatch(words)
    if numbered and words not in text:
        return find_span(text, numbered["text"], int(numbered["nth"]), line)
    spans = [Span(m.start(), m.end()) for m in re.finditer(re.escape(words), text)]
    if not spans:
        raise CorrectionError(f"{line.place}: {line.source} does not have the words {words!r}")

    def distance(span: Span) -> tuple[bool, int, int]:
        inside = any(span.start < part.end and part.start < span.end for part in content)
        gaps = [max(part.start - span.end, span.start - part.end, 0) for part in content]
        return inside, min(gaps), span.start

    return min(spans, key=distance)


def only(found: Sequence[int], line: Correction, what: str) -> int:
    """The one number; raises CorrectionError where there are none or several rows of ``what``."""
    if len(found) == 1:
        return found[0]
    if not found:
        raise CorrectionError(
            f"{line.place}: {line.source} has no row of {what} at {line.text!r}, occurrence {line.occurrence}"
        )
    raise CorrectionError(
        f"{line.place}: {len(found)} rows of {what} stand at {line.text!r}; tell which one by expects"
    )


def guard(line: Correction, present: Pairs) -> None:
    """Raise CorrectionError where a row holds something other than the line expects."""
    for name, expected in line.expects:
        if name in present and present[name] != expected:
            told, held = (NOTHING if cell is None else repr(cell) for cell in (expected, present[name]))
            raise CorrectionError(f"{line.place}: expects {name} to be {told}, it is {held}")


def choose(line: Correction, value: Pairs, name: str, literal: Any, default: Any) -> Any:
    """A field's value, or the default; raises CorrectionError where the type does not allow it."""
    given = value.get(name, default)
    if given not in get_args(literal):
        raise CorrectionError(
            f"{line.place}: {name} is {given!r}; values: {', '.join(map(str, get_args(literal)))}"
        )
    return given


def write_content(text: str, spans: Sequence[Span]) -> str:
    """The pieces of a content, cue or speaker as one cell."""
    return GAP.join(text[span.start : span.end] for span in spans)


def write_hops(hops: Sequence[Hop]) -> str | None:
    """A chain of hops as one cell, the nearest voice first; null where there is none.

    >>> write_hops([Hop(0, 8, "An aide", "told", None, "unnamed", "person")])
    'An aide ; unnamed ; person ; told'
    """
    cells = [PART.join((hop.agent or "-", hop.anonymity, hop.kind, hop.cue or "-")) for hop in hops]
    return STEP.join(cells) or None


def write_claim(text: str, claim: Claim) -> Pairs:
    """The fields of a claim as cells, null where it has none; ``text`` is its article's."""
    return {
        "content": write_content(text, claim.content),
        "speaker": write_content(text, claim.speakers) or None,
        "cue": write_content(text, claim.cues) or None,
        "quote_type": claim.quote_type,
        "kind": claim.kind,
        "hops": write_hops(claim.hops),
        "certainty": claim.certainty,
        "polarity": claim.polarity,
        "time": claim.time,
    }


def write_event(text: str, event: EventMention, date: Date | None, names: Sequence[str]) -> Pairs:
    """The fields of an event mention as cells; ``names`` are those of its participants, in their order."""
    parts = [f"{name} {part.role}" for name, part in zip(names, event.participants, strict=True)]
    return {
        "event": event.event,
        "certainty": event.certainty,
        "polarity": event.polarity,
        "time": event.time,
        "date": text[date.start : date.end] if date else None,
        "participants": PART.join(parts) or None,
    }
