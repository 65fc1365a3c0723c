"""Windows of whole sentences in which an article is read, and what the network sees of one."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onrecord.model import Document
from onrecord.tagging.features import Words

LONGEST = 128
"""Pieces in a window. Content exact F1 on PolNeAR dev with 96, 128, 192, 256: 67.8, 68.6, 67.7, 67.7."""
LEAD = 32
"""Pieces of an article's opening that each later window sees before its own: what an editor lists is a matter
of the article."""
OPENING, CLOSING = 101, 102  # MiniLM's [CLS] and [SEP]


@dataclass(frozen=True, slots=True)
class Window:
    """Words [first, last) of an article."""

    first: int
    last: int


def word_ranges(words: Words, document: Document) -> list[tuple[int, int]]:
    """The document's sentences as numbers [first, last) of the words that begin in them."""
    return [
        (bisect_left(words.starts, sentence.start), bisect_left(words.starts, sentence.end))
        for sentence in document.sentences
    ]


def cut_windows(words: Words, sentences: Sequence[tuple[int, int]], longest: int = LONGEST) -> list[Window]:
    """Windows of whole sentences of about equal size; a sentence longer than a window is cut between words.

    ``sentences`` are word numbers [first, last). Neighbours that do not touch (furniture stands between them)
    do not share a window.
    """
    sizes = [0]
    for pieces in words.pieces:
        sizes.append(sizes[-1] + len(pieces))
    stretches: list[list[tuple[int, int]]] = []
    for first, last in sentences:
        if first >= last:
            continue
        if stretches and stretches[-1][-1][1] == first:
            stretches[-1].append((first, last))
        else:
            stretches.append([(first, last)])
    return [window for stretch in stretches for window in _cut_stretch(sizes, stretch, longest)]


def _cut_stretch(sizes: list[int], stretch: list[tuple[int, int]], longest: int) -> Iterator[Window]:
    total = sizes[stretch[-1][1]] - sizes[stretch[0][0]]
    target = total / -(-total // longest)
    begin = end = stretch[0][0]
    for first, last in stretch:
        size = sizes[end] - sizes[begin]
        added = sizes[last] - sizes[first]
        if size and (size + added > longest or size + added / 2 > target):
            yield Window(begin, end)
            begin = first
        end = last
        while sizes[end] - sizes[begin] > longest:
            cut = max(begin + 1, bisect_right(sizes, sizes[begin] + longest) - 1)
            yield Window(begin, cut)
            begin = cut
    if begin < end:
        yield Window(begin, end)


def lead_of(words: Words, first: int) -> list[int]:
    """The words from number ``first`` on that make the lead: at most LEAD pieces."""
    lead, size = [], 0
    for i in range(first, len(words)):
        size += len(words.pieces[i])
        if size > LEAD:
            break
        lead.append(i)
    return lead


def inputs_of(words: Words, window: Window, lead: Sequence[int]) -> dict[str, NDArray[np.int64]]:
    """What the network is given: pieces, shapes and contexts, and the place of each word's first piece."""
    pieces, shapes, contexts, first = [OPENING], [0], [0], []

    def add(i: int) -> None:
        own = words.pieces[i]
        pieces.extend(own)
        shapes.extend([words.shapes[i]] * len(own))
        contexts.extend([words.contexts[i]] * len(own))

    def close() -> None:
        pieces.append(CLOSING)
        shapes.append(0)
        contexts.append(0)

    if lead and window.first > lead[-1]:
        for i in lead:
            add(i)
        close()
    for i in range(window.first, window.last):
        first.append(len(pieces))
        add(i)
    close()
    feed = {"pieces": pieces, "shapes": shapes, "contexts": contexts, "first": first}
    return {name: np.array(values, np.int64) for name, values in feed.items()}
