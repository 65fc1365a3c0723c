"""Spans of a text for tests: by the words they cover, or any that there are."""

from hypothesis import strategies as st

from onrecord.model import Document, Span


def place(text: str, words: str) -> tuple[int, int]:
    """Where the words stand first; ValueError where they do not."""
    start = text.index(words)
    return start, start + len(words)


def one_sentence(text: str) -> Document:
    """The text as one sentence without blocks."""
    return Document(text, (), (Span(0, len(text)),))


def any_span(text: str) -> st.SearchStrategy[tuple[int, int]]:
    """Spans of at least one character of a text that has one."""
    offsets = st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))
    return offsets.map(lambda ends: (min(ends), max(ends))).filter(lambda ends: ends[0] < ends[1])
