"""One annotated text, as the steps of training hand it on."""

import bisect
from dataclasses import dataclass, field

import numpy as np

from onrecord.tagging.features import Words


@dataclass
class Example:
    """One text: its words, sentence starts (word numbers), tags per head.

    ``heads`` and ``relations`` are the tree: for each word the number of its head (its own where it is a
    root) and a number of ``RELATIONS``; null where no tree is known. ``taught`` is how likely the reader
    before holds each tag of each word to be, [words, tags]. ``events`` are the numbers of the words that
    tell each event; ``links`` are (event word, other word, number of ``LINKS``). ``shared`` names each event
    as the other texts of the same ``topic`` do, where a corpus follows events across texts.
    """

    corpus: str
    id: str
    split: str
    words: Words
    sentences: list[int]
    tags: dict[str, np.ndarray]
    heads: np.ndarray | None = None
    relations: np.ndarray | None = None
    taught: dict[str, np.ndarray] = field(default_factory=dict)
    events: list[list[int]] = field(default_factory=list)
    links: list[tuple[int, int, int]] = field(default_factory=list)
    topic: str = ""
    shared: list[str] = field(default_factory=list)

    def within(self, start: int, end: int) -> tuple[int, int]:
        """Numbers [first, last) of the words that overlap characters [start, end)."""
        return bisect.bisect_right(self.words.ends, start), bisect.bisect_left(self.words.starts, end)
