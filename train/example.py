"""One annotated text, as the steps of training hand it on."""

import bisect
from dataclasses import dataclass, field

import numpy as np

from onrecord.tagging.features import Words


@dataclass
class Example:
    """One text: its words, sentence starts (word numbers), tags per head."""

    corpus: str
    id: str
    split: str
    words: Words
    sentences: list[int]
    tags: dict[str, np.ndarray]
    extra: dict[str, object] = field(default_factory=dict)

    def within(self, start: int, end: int) -> tuple[int, int]:
        """Numbers [first, last) of the words that overlap characters [start, end)."""
        return bisect.bisect_right(self.words.ends, start), bisect.bisect_left(self.words.starts, end)
