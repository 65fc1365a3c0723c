"""Who says a quotation that no cue introduces: whoever the sentence before it quotes.

News gives a speaker once and goes on: the next sentence, the next paragraphs are quoted alone. Whoever the
paragraph behind them quotes has words of his own there. A quotation is looked at if it is a sentence or more
and stands alone; where the sentence before tells no speaker, it is left as it was read, but for a speaker
whom only the text behind names.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from onrecord.model import Attribution, Document, Span
from onrecord.overlap import Overlaps

__all__ = ["carry_speakers"]

LEAST = 4
"""Words of a quotation that is nobody's title or term at least. A choice, not measured."""

SURE = 0.5
"""What a reader's confidence in a quotation would be that it did not mark. A choice, not measured."""

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_ENDS = re.compile(r"[.!?…][\"”’'`)\]]*\s*\Z|[.!?…]\s*\Z")
_OPENS = re.compile(r"[\"“‘'`«\[(\s…]*[A-Z0-9]")
_BLANK = re.compile(r"[\s\"“”‘’'`]*")


@dataclass(frozen=True, slots=True)
class Voiced:
    """Quotations and what is attributed in one text."""

    document: Document
    attributions: Sequence[Attribution]
    over: Overlaps
    owners: Sequence[int]

    def around(self, start: int, end: int) -> list[Attribution]:
        """The attributions with words in [start, end)."""
        return [self.attributions[n] for n in sorted({self.owners[p] for p in self.over.over(start, end)})]


def _gather(document: Document, attributions: Sequence[Attribution]) -> Voiced:
    owned = [(s, n) for n, a in enumerate(attributions) for s in (*a.content, *a.cues, *a.speakers)]
    owned.sort(key=lambda pair: (pair[0].start, pair[0].end))
    return Voiced(document, attributions, Overlaps([s for s, _ in owned]), [n for _, n in owned])


def stands_alone(text: str, quotation: Span) -> bool:
    """Whether a quotation is a sentence or more that opens behind the end of another or opens a paragraph,
    and that nothing follows in its own sentence.

    >>> text = 'He left. "We had no water at all." She said "no" twice and "we had to go".'
    >>> [stands_alone(text, s) for s in (Span(9, 34), Span(44, 48), Span(59, 73))]
    [True, False, False]
    """
    words = text[quotation.start : quotation.end]
    before = text[max(0, quotation.start - 8) : quotation.start]
    opens = not before.strip() or "\n" in before or _ENDS.search(before.rstrip(" ")) is not None
    whole = _OPENS.match(words) is not None and _ENDS.search(words) is not None
    return whole and opens and len(_WORD.findall(words)) >= LEAST


def _sentence_before(document: Document, offset: int) -> Span | None:
    """The sentence that ends right before an offset."""
    end = offset
    while end > 0 and document.text[end - 1] in " \n\t\r\"“”‘’'`\u00a0":
        end -= 1
    return document.sentence_at(end - 1) if end > 0 else None


def find_carried(voiced: Voiced, quotation: Span) -> tuple[Span, ...]:
    """The speakers of what the sentence right before a quotation reports, if they are the only ones there."""
    sentence = _sentence_before(voiced.document, quotation.start)
    if sentence is None or voiced.document.text.count("\n", sentence.end, quotation.start) > 3:
        return ()
    told = [
        a
        for a in voiced.around(sentence.start, sentence.end)
        if a.cues and a.speakers and any(sentence.start <= c.start < sentence.end for c in a.cues)
    ]
    if not told or any(a.speakers != told[0].speakers for a in told):
        return ()
    return told[0].speakers


def _needs_speaker(text: str, attribution: Attribution) -> bool:
    """Whether a quotation has no cue, or one that stands in a later paragraph with another's words."""
    if attribution.quote_type != "direct":
        return False
    if not attribution.cues:
        return True
    return _is_later(text, attribution.content[-1], attribution.cues[0])


def _is_later(text: str, content: Span, other: Span) -> bool:
    """Whether other words stand in a later paragraph."""
    return other.start >= content.end and "\n" in text[content.end : other.start]


def carry_speakers(
    document: Document, attributions: Sequence[Attribution], quotations: Iterable[Span]
) -> list[Attribution]:
    """The attributions, quotations without a cue given to whoever the sentence before quotes.

    >>> text = '"It burned," Ruiz said. He was tired.\\n\\nRuiz said they dug. "We had no water left."'
    >>> document = Document(text, (), (Span(0, 23), Span(24, 37), Span(39, 58), Span(59, 82)))
    >>> dug = Attribution((Span(49, 57),), (Span(44, 48),), (Span(39, 43),), "indirect", 0.9)
    >>> [_, found] = carry_speakers(document, [dug], [Span(0, 12), Span(59, 82)])
    >>> [(text[s.start : s.end]) for s in (*found.content, *found.speakers)]
    ['"We had no water left."', 'Ruiz']
    """
    text = document.text
    alone = [quotation for quotation in quotations if stands_alone(text, quotation)]
    found = list(attributions)
    carried: dict[int, tuple[Span, ...]] = {}
    voiced = _gather(document, attributions)
    numbers = {id(a): number for number, a in enumerate(attributions)}
    ends: dict[int, tuple[Span, ...]] = {}
    for quotation in alone:
        holders = [
            a
            for a in voiced.around(quotation.start, quotation.end)
            if any(c.start < quotation.end and quotation.start < c.end for c in a.content)
        ]
        if any(not _needs_speaker(text, a) for a in holders):
            continue
        speakers = find_carried(voiced, quotation) or _carried_on(text, quotation, ends)
        for a in holders:
            if a.content[0].start >= quotation.start - 1:
                carried[numbers[id(a)]] = speakers
        if speakers:
            ends[quotation.end] = speakers
            if not holders:
                found.append(Attribution((quotation,), (), speakers, "direct", SURE))
    for number, speakers in carried.items():
        found[number] = _give(text, found[number], speakers)
    return found


def _carried_on(text: str, quotation: Span, ends: dict[int, tuple[Span, ...]]) -> tuple[Span, ...]:
    """The speakers of the lone quotation that ends right before this one."""
    for end, speakers in ends.items():
        if end <= quotation.start and _BLANK.fullmatch(text, end, quotation.start):
            return speakers
    return ()


def _give(text: str, attribution: Attribution, speakers: tuple[Span, ...]) -> Attribution:
    """The quotation with the speakers that the sentence before it tells; without those that stand only in a
    later paragraph, whose words are their own."""
    if speakers:
        return replace(attribution, cues=(), speakers=speakers)
    if attribution.speakers and not attribution.cues:
        later = all(_is_later(text, attribution.content[-1], s) for s in attribution.speakers)
        return replace(attribution, speakers=()) if later else attribution
    return attribution
