"""Voices set off from the words they attribute: ", [Ana Ruiz] [said]." with no content found for it.

A reader marks no word twice. Where a sentence reports a report ("The firm denied it, a spokeswoman said."),
it gives the inner attribution and leaves the outer voice without words; what that voice attributes is the
rest of the sentence.
"""

import re

from onrecord import words
from onrecord.claims.edges import trim
from onrecord.claims.joining import Fragment, is_phrase
from onrecord.model import Document, Span

BETWEEN = 2
"""Words between a speaker and a cue at most: "[Ruiz] has also [said]". A choice, not measured."""

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_SET_OFF = re.compile(r"[,;—–?!-][\"”’']*\s*(?:as\s+)?\Z", re.IGNORECASE)
_TAIL = re.compile(
    r"(?:\s+(?:reporters|journalists|(?:on |the )?[A-Z][\w.&’'-]*(?:\s+[A-Z][\w.&’'-]*){0,3}))?\W*"
    r"(?:, wh(?:o|ich|ose)\b.*)?",
    re.DOTALL,
)
_GOES_ON = re.compile(r"\s*,")
_CONNECTIVE = re.compile(r"(?:but|however|still|yet|meanwhile|moreover|indeed)\b,?\s*", re.IGNORECASE)
_SUBORDINATE = re.compile(r"(?:asked|if|as|when|while|although|though|because|before|after)\b", re.IGNORECASE)


def reports(cue: str) -> bool:
    """Whether a cue reports words and nothing else.

    >>> [reports(cue) for cue in ("according to", "has said", "had a question for", "booed")]
    [True, True, False, False]
    """
    found = _WORD.findall(cue.lower())
    return is_phrase(cue) or (0 < len(found) <= 3 and found[-1] in words.load("report_verbs"))


def find_aside(document: Document, cue: Fragment, source: Fragment) -> tuple[Span, ...]:
    """The words that a cue and its source attribute from behind or from between, or none.

    Both stand together in one sentence, behind a comma, and close it, but for who was told, or stand before
    another comma. The words are the rest of the sentence, without the connective that opens it (PolNeAR
    leaves out "but" more often than not and keeps "and").

    >>> text = "But the firm denied the leak, a spokeswoman said."
    >>> document = Document(text, (), (Span(0, 49),))
    >>> source = Fragment(30, 43, "source", 1.0, 1, 1, False, False)
    >>> cue = Fragment(44, 48, "cue", 1.0, 1, 1, False, False)
    >>> [text[s.start : s.end] for s in find_aside(document, cue, source)]
    ['the firm denied the leak']
    """
    text, sentence = document.text, document.sentence_at(cue.start)
    start, end = min(cue.start, source.start), max(cue.end, source.end)
    if sentence is None or not (sentence.start < start and end <= sentence.end):
        return ()
    gap = text[min(cue.end, source.end) : max(cue.start, source.start)]
    set_off = _SET_OFF.search(text, sentence.start, start)
    if not set_off or len(_WORD.findall(gap)) > BETWEEN or not reports(text[cue.start : cue.end]):
        return ()
    connective = _CONNECTIVE.match(text, sentence.start)
    first = connective.end() if connective else sentence.start
    before = _bare(text, first, set_off.start())
    if not before or _SUBORDINATE.match(text, first):
        return ()
    if _TAIL.fullmatch(text, end, sentence.end):
        return before
    goes_on = _GOES_ON.match(text, end)
    after = _bare(text, goes_on.end(), sentence.end) if goes_on else ()
    return (*before, *after) if after else ()


def _bare(text: str, start: int, end: int) -> tuple[Span, ...]:
    """The span without blanks and commas at its ends, where it holds a word."""
    return (trim(text, start, end),) if _WORD.search(text, start, end) else ()
