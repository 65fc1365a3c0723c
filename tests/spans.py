"""Spans of a text for tests: by the words they cover, or any that there are."""

import re

from hypothesis import strategies as st

from onrecord.model import Document, EventWord, Span, Token


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


def read_words(text: str, *told: str) -> tuple[tuple[Token, ...], tuple[EventWord, ...]]:
    """The words of a text, each hanging on the first, and of them those that tell events which occurred."""
    found = [
        Token(
            start=match.start(),
            end=match.end(),
            tag="VERB" if match[0] in told else "NOUN",
            form="fin-past" if match[0] in told else "sing",
            head=0 if number else None,
            relation="dep" if number else "root",
            sentence=0,
        )
        for number, match in enumerate(re.finditer(r"\w+|[^\w\s]", text))
    ]
    words = [
        EventWord(
            start=token.start,
            end=token.end,
            token=number,
            likely=0.95,
            status=(0.96, 0.01, 0.01, 0.01, 0.01),
            report=0.0,
            types=(1.0, *(0.0,) * 16),
            links={},
            same={},
        )
        for number, token in enumerate(found)
        if token.tag == "VERB"
    ]
    return tuple(found), tuple(words)
