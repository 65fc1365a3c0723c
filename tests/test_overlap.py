"""Spans that overlap a stretch, against a look at every span."""

from hypothesis import given
from hypothesis import strategies as st

from onrecord.model import Span
from onrecord.overlap import Overlaps

PLACES = st.tuples(st.integers(0, 30), st.integers(1, 12))


@given(st.lists(PLACES, max_size=12), PLACES)
def test_same_as_looking_at_every_span(places: list[tuple[int, int]], asked: tuple[int, int]) -> None:
    spans = [Span(start, start + length) for start, length in places]
    start, end = asked[0], asked[0] + asked[1]
    expected = [i for i, span in enumerate(spans) if span.start < end and start < span.end]
    assert Overlaps(spans).over(start, end) == expected
