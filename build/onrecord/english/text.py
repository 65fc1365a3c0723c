"""An article that has been analysed once: its words with tags and heads, which rules ask."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property

from onrecord.english.inflection import base_of
from onrecord.model import Document, Span, Token

PARTS = frozenset({"part", "flat", "fixed", "goeswith", "compound:prt"})
"""Relations by which words are one with their head."""


class Text:
    """The words of a document by number; ``heads`` of sentences that were not read are roots."""

    def __init__(self, document: Document, tokens: Sequence[Token]) -> None:
        self.document = document
        self.text = document.text
        self.tokens = tokens
        self._starts = [token.start for token in tokens]
        self._ends = [token.end for token in tokens]

    def __len__(self) -> int:
        return len(self.tokens)

    @cached_property
    def children(self) -> Sequence[Sequence[int]]:
        """The numbers of the words that hang on each word, in order."""
        found: list[list[int]] = [[] for _ in self.tokens]
        for number, token in enumerate(self.tokens):
            if token.head is not None:
                found[token.head].append(number)
        return found

    def word(self, number: int) -> str:
        """The word as it is written, with its later pieces."""
        return self.text[self.tokens[number].start : self.end_of(number)]

    def end_of(self, number: int) -> int:
        """Where the word and its later pieces end."""
        end = self.tokens[number].end
        for child in self.children[number]:
            if self.tokens[child].relation == "part" and self.tokens[child].start <= end + 1:
                end = max(end, self.tokens[child].end)
        return end

    def lower(self, number: int) -> str:
        """The word in small letters."""
        return self.word(number).casefold()

    def lemma(self, number: int) -> str:
        """The base form of a verb or noun, any other word in small letters."""
        tag = self.tokens[number].tag
        word = self.lower(number)
        if tag in ("VERB", "AUX"):
            return base_of(word, "verb")
        return base_of(word, "noun") if tag == "NOUN" else word

    def within(self, start: int, end: int) -> range:
        """The words that overlap characters [start, end)."""
        return range(bisect_right(self._ends, start), bisect_left(self._starts, end))

    def head_of(self, start: int, end: int) -> int | None:
        """The word of a span on which its other words hang: the first whose head lies outside it."""
        numbers = self.within(start, end)
        for number in numbers:
            head = self.tokens[number].head
            if self.tokens[number].tag != "PUNCT" and (head is None or head not in numbers):
                return number
        return numbers[-1] if numbers else None

    def below(self, number: int, without: frozenset[str] = frozenset()) -> list[int]:
        """The word and all that hangs on it, in order, without what hangs by one of some relations."""
        found, open_ = [], [number]
        while open_:
            at = open_.pop()
            found.append(at)
            open_.extend(c for c in self.children[at] if self.tokens[c].relation not in without)
        return sorted(found)

    def child(self, number: int, *relations: str) -> int | None:
        """The first word that hangs on another by one of some relations."""
        return next((c for c in self.children[number] if self.tokens[c].relation in relations), None)

    def above(self, number: int) -> Iterator[int]:
        """The heads of a word, nearest first."""
        at = self.tokens[number].head
        for _ in range(len(self.tokens)):
            if at is None:
                return
            yield at
            at = self.tokens[at].head

    def span(self, numbers: Sequence[int]) -> Span:
        """From the start of the first to the end of the last of some words."""
        return Span(self.tokens[numbers[0]].start, self.tokens[numbers[-1]].end)
