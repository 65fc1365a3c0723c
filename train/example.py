"""One annotated text, as the steps of training hand it on."""

import bisect
from dataclasses import dataclass, field

import numpy as np

from onrecord.tagging.features import Words


@dataclass
class Example:
    """One text: its words, sentence starts (word numbers), tags per head.

    ``taught`` is how likely teachers hold each tag of each word to be, [words, tags], for the heads they
    teach. ``twin`` is the same text with other names in it.
    """

    corpus: str
    id: str
    split: str
    words: Words
    sentences: list[int]
    tags: dict[str, np.ndarray]
    taught: dict[str, np.ndarray] = field(default_factory=dict)
    twin: "Example | None" = None

    def within(self, start: int, end: int) -> tuple[int, int]:
        """Numbers [first, last) of the words that overlap characters [start, end)."""
        return bisect.bisect_right(self.words.ends, start), bisect.bisect_left(self.words.starts, end)
