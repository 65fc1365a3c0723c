"""Where spans begin and end: without datelines, and without the blanks and marks left at their ends."""

import re
from collections.abc import Callable, Collection, Mapping

from onrecord.model import Span

EDGE = " \t\r\n\f\v\u00a0,—–"
"""What no span begins or ends with. On PolNeAR's development part contents are exact 0.1 points oftener with
marks counted; sources, of which annotators keep the comma behind an apposition, 3.4 less often."""

_CAPITALS = r"[A-Z][A-Z.'’]+"
_DAY = r"(?:Jan|Feb|March|April|May|June|July|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.? \d{1,2}(?:, \d{4})?"
_DATELINE = re.compile(
    rf"{_CAPITALS}(?:[ -]{_CAPITALS}){{0,2}}(?:, [A-Z][\w.]+(?: [A-Z][\w.]+)?)?(?:, {_DAY})?"
    r"(?: (?:\([A-Z][\w ]+\)|/[A-Z][\w .-]+/))?"
    r"\s*(?:-{1,2}|[—–―])\s+(?=\S)"
)
LONGEST_DATELINE = 120
"""Characters of a dateline at most. A choice; it bounds the work on hostile texts."""

_PAIRS = {")": "(", "”": "“", "]": "["}


def skip_dateline(text: str, start: int) -> int:
    """Where the words behind a dateline begin, where one begins at ``start`` and opens a line.

    >>> skip_dateline("LINDHOLM, Norway, Sept. 2 (AP) — The port closed.", 0), skip_dateline("The port", 0)
    (33, 0)
    >>> skip_dateline("LINDHOLM, Norway, Sept. 2, 2024 /NordicWire/ -- The port closed.", 0)
    48
    """
    opens = start == 0 or text[start - 1] == "\n"
    dateline = _DATELINE.match(text, start) if opens else None
    return dateline.end() if dateline else start


def in_dateline(text: str, start: int, end: int) -> bool:
    """Whether words stand in a dateline and nowhere else.

    >>> text = "LINDHOLM, Norway (AP) — The port closed."
    >>> in_dateline(text, 0, 8), in_dateline(text, 0, 28), in_dateline(text, 24, 32)
    (True, False, False)
    """
    floor = max(0, start - LONGEST_DATELINE)
    line = text.rfind("\n", floor, start) + 1 or floor
    return end <= skip_dateline(text, line)


def cut_dateline(text: str, span: Span) -> Span:
    """The span without the dateline that opens it; as it is where it holds nothing else."""
    behind = skip_dateline(text, span.start)
    return Span(behind, span.end) if behind < span.end else span


def cut_marks(text: str, span: Span) -> Span:
    """The span without the blanks, commas and dashes at its ends; as it is where it holds nothing else.

    >>> found = cut_marks("the mayor, he said", Span(0, 11))
    >>> found.start, found.end
    (0, 9)
    """
    inner = text[span.start : span.end]
    left, right = len(inner) - len(inner.lstrip(EDGE)), len(inner) - len(inner.rstrip(EDGE))
    return Span(span.start + left, span.end - right) if left < len(inner) else span


def cut_closing_mark(text: str, span: Span) -> Span:
    """The span without a closing mark at its end that nothing in it opens, and what stood before that."""
    last = text[span.end - 1]
    if last in _PAIRS and span.end - span.start > 1 and _PAIRS[last] not in text[span.start : span.end]:
        return cut_marks(text, Span(span.start, span.end - 1))
    return span


RULES: Mapping[str, Callable[[str, Span], Span]] = {"dateline": cut_dateline, "edge_marks": cut_marks}
"""What is cut off every span, in this order, by the rule's name."""
NAME_RULES: Mapping[str, Callable[[str, Span], Span]] = {**RULES, "closing_mark": cut_closing_mark}
"""The same for words that name a voice."""


def trim(text: str, start: int, end: int, disabled: Collection[str] = ()) -> Span:
    """The span without the dateline that opens it and the blanks, commas and dashes at its ends.

    It stays as it is where it holds nothing else. No source or content of PolNeAR's training part holds the
    dateline before it. ``disabled`` names rules of ``RULES`` to switch off.

    >>> text = "LINDHOLM, Norway (AP) — Ana Ruiz, the mayor, said"
    >>> [text[s.start : s.end] for s in (trim(text, 0, 33), trim(text, 32, 44))]
    ['Ana Ruiz', 'the mayor']
    """
    return _cut(RULES, text, Span(start, end), disabled)


def trim_name(text: str, start: int, end: int, disabled: Collection[str] = ()) -> Span:
    """The same for words that name a voice: a closing mark that nothing in them opens goes as well.

    >>> text = "as “the Cape Times” wrote"
    >>> span = trim_name(text, 4, 19)
    >>> text[span.start : span.end]
    'the Cape Times'
    """
    return _cut(NAME_RULES, text, Span(start, end), disabled)


def _cut(
    rules: Mapping[str, Callable[[str, Span], Span]], text: str, span: Span, disabled: Collection[str]
) -> Span:
    for name, rule in rules.items():
        if name not in disabled:
            span = rule(text, span)
    return span
