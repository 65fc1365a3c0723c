"""What the reader's model sees of a text: word pieces, the shape of each word and where it stands.

Training and reading call the same functions, so that the model never meets a feature it was not trained on.
A word is what BERT's first step makes of a text: a run of letters and digits, or one punctuation mark.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from onrecord.tagging.pieces import WordPieces

SHAPES = 16
CONTEXTS = 4
WORD_SHAPES = range(1, 8)  # the shapes of words with a letter or digit in them
OPENS_LINE, INSIDE_QUOTES = 1, 2
MAX_PIECES_PER_WORD = 8  # longer words are web addresses and noise: their first pieces say enough

_FINAL = frozenset(".!?…")
_COMMA = frozenset(",;:")
_DASH = frozenset("-–—")
_OPENING = frozenset("“«")
_CLOSING = frozenset("”»")
_STRAIGHT = frozenset('"')
_SINGLE = frozenset("'‘’`")
_BRACKETS = frozenset("()[]{}")


def shape_of(word: str) -> int:
    """The class of a word's form, 1 to 14; 0 is kept for the marks at the ends of a window.

    >>> [shape_of(w) for w in ("said", "Lagos", "NATO", "A", "iPhone", "2026", "A380", ".", "“")]
    [1, 2, 3, 4, 5, 6, 7, 8, 11]
    """
    if word.isalpha():
        if word.islower():
            return 1
        if len(word) == 1:
            return 4
        if word.isupper():
            return 3
        return 2 if word[0].isupper() and word[1:].islower() else 5
    if word.isdigit():
        return 6
    if any(c.isalnum() for c in word):
        return 7
    mark = word[0]
    for number, marks in enumerate(
        (_FINAL, _COMMA, _DASH, _OPENING | _CLOSING | _STRAIGHT, _SINGLE, _BRACKETS), start=8
    ):
        if mark in marks:
            return number
    return 14


def contexts_of(words: Sequence[str], opens_line: Sequence[bool]) -> list[int]:
    """For each word OPENS_LINE where it opens a line, plus INSIDE_QUOTES where it stands in double quotation
    marks.

    A quotation that is never closed ends with its line.

    >>> contexts_of(["“", "Yes", ",", "”", "she", "said"], [True, False, False, False, False, False])
    [3, 2, 2, 2, 0, 0]
    """
    contexts = []
    inside = False
    for word, opens in zip(words, opens_line, strict=True):
        mark = word[0]
        if opens:
            inside = False
        closes = False
        if mark in _OPENING:
            inside = True
        elif mark in _CLOSING:
            closes = inside
        elif mark in _STRAIGHT:
            closes = inside
            inside = True
        contexts.append(OPENS_LINE * opens + INSIDE_QUOTES * inside)
        if closes:
            inside = False
    return contexts


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text. ``pieces[i]`` are the vocabulary numbers of word i, at least one."""

    starts: list[int]
    ends: list[int]
    pieces: list[list[int]]
    shapes: list[int]
    contexts: list[int]

    def __len__(self) -> int:
        return len(self.starts)


def split_words(vocabulary: WordPieces, text: str, start: int = 0, end: int | None = None) -> Words:
    """The words of ``text[start:end]`` with their features; offsets are code points of ``text``."""
    part = text[start:end]
    starts: list[int] = []
    ends: list[int] = []
    pieces: list[list[int]] = []
    for a, b, known in vocabulary.words(part):
        starts.append(a)
        ends.append(b)
        pieces.append(known[:MAX_PIECES_PER_WORD])
    words = [part[a:b] for a, b in zip(starts, ends, strict=True)]
    opens_line = [i == 0 or "\n" in part[ends[i - 1] : a] for i, a in enumerate(starts)]
    return Words(
        [start + a for a in starts],
        [start + b for b in ends],
        pieces,
        [shape_of(word) for word in words],
        contexts_of(words, opens_line),
    )
