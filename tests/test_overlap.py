"""Spans that overlap a stretch, against a look at every span."""

from hypothesis import given
from hypothesis import strategies as st

from onrecord.cleaning.text import LONGEST_SENTENCE, split_sentences
from onrecord.model import Span
from onrecord.overlap import Overlaps

PLACES = st.tuples(st.integers(0, 30), st.integers(1, 12))


@given(st.lists(PLACES, max_size=12), PLACES)
def test_same_as_looking_at_every_span(places: list[tuple[int, int]], asked: tuple[int, int]) -> None:
    spans = [Span(start, start + length) for start, length in places]
    start, end = asked[0], asked[0] + asked[1]
    expected = [i for i, span in enumerate(spans) if span.start < end and start < span.end]
    assert Overlaps(spans).over(start, end) == expected


def test_words_without_end_are_cut_at_blanks() -> None:
    text = "the ferry sails on and " * 2_000
    sentences = split_sentences(text, 0, len(text))
    assert len(sentences) > 1
    assert all(s.end - s.start <= LONGEST_SENTENCE for s in sentences)
    assert " ".join(text[s.start : s.end] for s in sentences) == text.strip()


def test_one_word_without_end_is_cut_too() -> None:
    text = "a" * (2 * LONGEST_SENTENCE + 1)
    assert [s.end for s in split_sentences(text, 0, len(text))] == [
        LONGEST_SENTENCE,
        2 * LONGEST_SENTENCE,
        2 * LONGEST_SENTENCE + 1,
    ]
