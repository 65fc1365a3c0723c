"""Which of many spans overlap a stretch of text, found by bisection, and what is said by the same words."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Protocol

__all__ = ["HasOffsets", "Overlaps", "same_said", "share"]


class HasOffsets(Protocol):
    """Anything with offsets: a span, a name, a mention."""

    @property
    def start(self) -> int: ...

    @property
    def end(self) -> int: ...


class Overlaps:
    """Spans in any order, which may nest, for many questions of what overlaps a stretch of one text.

    Offsets are Unicode code points, half open. A question costs two bisections and a look at what stands
    between.

    >>> from onrecord.model import Span
    >>> overlaps = Overlaps([Span(20, 30), Span(0, 5), Span(0, 25)])
    >>> overlaps.over(5, 21), overlaps.over(4, 10), overlaps.over(30, 40)
    ([0, 2], [1, 2], [])
    """

    def __init__(self, spans: Sequence[HasOffsets]) -> None:
        self._order = sorted(range(len(spans)), key=lambda i: spans[i].start)
        self._starts = [spans[i].start for i in self._order]
        self._ends = [spans[i].end for i in self._order]
        self._reach = list(accumulate(self._ends, max))

    def over(self, start: int, end: int) -> list[int]:
        """The places in the sequence, ascending, of the spans that share a character with [start, end)."""
        low, high = bisect_right(self._reach, start), bisect_left(self._starts, end)
        return sorted(self._order[i] for i in range(low, high) if self._ends[i] > start)


SAME_WORDS = 0.5
"""Share of the shorter of two contents from which both are the same words. A choice, not measured."""


class Said(Protocol):
    """Anything that says something: an attribution, a claim."""

    @property
    def content(self) -> Sequence[HasOffsets]: ...

    @property
    def quote_type(self) -> str: ...


def same_said(one: Said, other: Said) -> bool:
    """Whether two say the same by the same words, both in the article's own voice or neither."""
    own = one.quote_type == "none"
    return own == (other.quote_type == "none") and share(one.content, other.content) >= SAME_WORDS


def share(one: Sequence[HasOffsets], other: Sequence[HasOffsets]) -> float:
    """How much of the shorter of two contents stands in both, 0 to 1.

    >>> from onrecord.model import Span
    >>> share([Span(0, 10)], [Span(5, 8), Span(9, 20)])
    0.4
    """
    both = sum(max(0, min(a.end, b.end) - max(a.start, b.start)) for a in one for b in other)
    shorter = min(sum(span.end - span.start for span in side) for side in (one, other))
    return both / shorter if shorter else 0.0
