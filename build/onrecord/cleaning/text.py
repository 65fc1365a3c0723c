"""Where sentences begin and end: rules over characters, so that no offset ever moves.

``split_sentences`` works within one block (see ``clean``), where a single line break is a blank. The
rules look at a stop, the token before it and the word after it, in the manner of Mikheev (2002, "Periods,
Capitalized Words, etc."); abbreviations and the words that open sentences are data. Text that was tokenised
beforehand ("he said . '' But") is understood as well as running text.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from onrecord.model import Span
from onrecord.words import load, values

_MARKS = "\"'“”‘’«»()[]`"
_JOINTS = re.compile(r"[-–—/]")
_STOP = re.compile(
    r"""
    (?<![.!?…])                                        # a run is looked at once, and not again from within
    (?P<stop> (?<!\.[ \u00a0]) (?> \.(?:[ \u00a0]?\.){2,} ) | [.!?…]++ )
    (?P<close> ["'”’»)\]]* (?: [ ]? \[[ ]?\d{1,3}[ ]?\] )*
               (?: [ ] (?: '' | [”’)\]] )(?=\s|\Z) )* )
    (?: (?P<gap>\s+) | (?<=[”»])(?=[^\W\d_]|[“«(]) | (?=[“«]) )
    (?= (?P<open> (?: ["'“‘«(\[`-] \s? ){0,4} ) (?P<next>\w*) )
    """,
    re.VERBOSE,
)
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
_ACRONYM = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]\Z")
_LONGEST_TOKEN = 24
LONGEST_SENTENCE = 2_000
"""Characters from which a sentence is cut at a blank: PolNeAR's longest has 1,094, FactAppeal's 591."""


@cache
def _kinds() -> Mapping[str, str]:
    return values("abbreviations")


@cache
def _starters() -> frozenset[str]:
    return load("sentence_starters")


def ends_sentence(before: str, stop: str, following: str, opened: bool = False) -> bool:
    """Whether a stop ends its sentence, given the token before it and the word after it.

    ``opened`` says that a quotation mark or bracket opens before ``following``.

    >>> ends_sentence("talks", ".", "Ministers")
    True
    >>> ends_sentence("Gov", ".", "Hochul"), ends_sentence("No", ".", "10"), ends_sentence("J", ".", "Powell")
    (False, False, False)
    >>> ends_sentence("U.S", ".", "The"), ends_sentence("U.S", ".", "Treasury")
    (True, False)
    >>> ends_sentence("leave", "?", "she"), ends_sentence("well", "...", "maybe")
    (False, False)
    """
    if following[:1].islower():
        return not opened and following[1:2].isupper() and before not in _kinds()
    if stop == ".":
        kind = _kinds().get(before)
        if kind == "number":
            return not following[:1].isdigit()
        if kind == "title":
            return False
        if kind == "final" or _is_initials(before):
            return following in _starters() or (opened and kind == "final")
    if stop == "!" and _kinds().get(before) == "name":
        return following in _starters()
    return True


def _is_initials(token: str) -> bool:
    """Whether a token is written as initials are: one capital, or letters between full stops.

    >>> _is_initials("F"), _is_initials("U.N"), _is_initials("7"), _is_initials("x")
    (True, True, False, False)
    """
    return token.isalpha() and token.isupper() if len(token) == 1 else bool(_ACRONYM.match(token))


def _token_before(text: str, start: int, stop: int) -> str:
    """The run of characters without blanks that ends at ``stop``, less the marks around it.

    In tokenised text the stop stands apart: the token counts only if it is written with a stop.

    >>> _token_before('asked "Mr. Cole', 0, 9), _token_before("asked Mr . Cole", 0, 9)
    ('Mr', 'Mr')
    >>> _token_before("They left .", 0, 10)
    ''
    """
    tail = text[max(start, stop - _LONGEST_TOKEN) : stop]
    pieces = tail.split()
    if not pieces:
        return ""
    token = _JOINTS.split(pieces[-1])[-1].strip(_MARKS)
    apart = tail[-1].isspace()
    return "" if apart and token not in _kinds() and not _is_initials(token) else token


def _is_numbering(token: str, token_start: int, sentence_start: int) -> bool:
    """Whether the token only numbers a list item: "2. Cut red tape" is one sentence.

    >>> _is_numbering("2", 40, 40), _is_numbering("2024", 40, 40), _is_numbering("2", 44, 40)
    (True, False, False)
    """
    return token_start == sentence_start and (token.isdigit() or token.isupper()) and len(token) <= 2


def _is_aside(after: str, opened: str, gap: str) -> bool:
    """Whether what follows the stop cannot open a sentence: more punctuation, a dash, or nothing."""
    return not after.strip() or after in ".,;:!?…)" or (opened[:1] == "-" and gap != "")


def _boundaries(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """(end of a sentence, least start of the next) for each boundary within text[start:end]."""
    found: list[tuple[int, int]] = []
    sentence = counted = start
    quotes = 0
    for match in _STOP.finditer(text, start, end):
        stop_start, stop_end = match.span("stop")
        sentence_end, next_start = match.end("close"), match.end()
        opened, following = match["open"], match["next"]
        quotes += text.count('"', counted, sentence_end)
        counted = sentence_end
        if quotes % 2 and opened[:1] == '"' and opened[1:2].isspace():
            sentence_end = next_start = next_start + 1
            opened = opened[2:]
        after = next_start + len(opened)
        if not following and _is_aside(text[after : min(after + 1, end)], opened, match["gap"] or ""):
            continue
        before = _token_before(text, sentence, stop_start)
        if _is_numbering(before, stop_start - len(before), sentence):
            continue
        if ends_sentence(before, text[stop_start:stop_end], following, bool(opened.strip())):
            found.append((sentence_end, next_start))
            sentence = next_start
    return found


def _trim(text: str, start: int, end: int) -> Span | None:
    """The span without blanks at its ends, or None where nothing else is in it."""
    piece = text[start:end]
    left = start + len(piece) - len(piece.lstrip())
    right = end - len(piece) + len(piece.rstrip())
    return Span(left, right) if left < right else None


def _cut_long(text: str, start: int, end: int) -> Iterator[Span]:
    """A sentence in pieces of at most ``LONGEST_SENTENCE`` characters, cut at blanks where there are any."""
    while end - start > LONGEST_SENTENCE:
        blank = text.rfind(" ", start + LONGEST_SENTENCE // 2, start + LONGEST_SENTENCE)
        cut = blank if blank >= 0 else start + LONGEST_SENTENCE
        yield Span(start, cut)
        start = cut
    yield Span(start, end)


def split_sentences(text: str, start: int, end: int) -> list[Span]:
    """The sentences of text[start:end], in order and trimmed; together they hold all that is not blank.

    A blank line always ends a sentence; a single line break does not. What goes on for more than
    ``LONGEST_SENTENCE`` characters without a stop is cut at blanks.

    >>> line = 'Sen. Amy Ruiz (D-Calif.) spoke at 9 a.m. Friday. “We won. Now work,” she said. Mr. Lee left.'
    >>> [line[s.start:s.end] for s in split_sentences(line, 0, len(line))]  # doctest: +NORMALIZE_WHITESPACE
    ['Sen. Amy Ruiz (D-Calif.) spoke at 9 a.m. Friday.', '“We won.', 'Now work,” she said.',
     'Mr. Lee left.']
    """
    spans: list[Span] = []
    edges = [start, *(at for gap in _BLANK_LINE.finditer(text, start, end) for at in gap.span()), end]
    for low, high in zip(edges[::2], edges[1::2], strict=True):
        at = low
        for sentence_end, next_start in _boundaries(text, low, high):
            spans.append(Span(at, sentence_end))
            at = next_start
        spans.append(Span(at, high))
    pieces = (piece for span in spans for piece in _cut_long(text, span.start, span.end))
    return [kept for piece in pieces if (kept := _trim(text, piece.start, piece.end))]
