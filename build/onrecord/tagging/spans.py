"""From the model's scores for each word to spans: lawful chains of tags and whole fragments.

A tag is O, or an edge and a label: B, I, L and U open, continue, close and are a whole span (or B and I
alone).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

FORBIDDEN = -1e4


@dataclass(frozen=True, slots=True)
class Run:
    """Words [first, last) with one label; ``confidence`` is the mean probability of their tags."""

    first: int
    last: int
    label: str
    confidence: float


def softmax(scores: Floats) -> Floats:
    """Probabilities over the last axis."""
    raised: Floats = np.exp(scores - scores.max(axis=-1, keepdims=True))
    total: Floats = raised.sum(axis=-1, keepdims=True)
    return raised / total


def may_follow(tags: Sequence[str]) -> Floats:
    """For each pair of tags 0 where the second may follow the first and FORBIDDEN elsewhere.

    >>> tags = ("O", "B-cue", "I-cue")
    >>> may_follow(tags)[:, 2].tolist()
    [-10000.0, 0.0, 0.0]
    """
    closes = any(tag.startswith("L-") for tag in tags)
    table = np.full((len(tags), len(tags)), FORBIDDEN, np.float32)
    for i, before in enumerate(tags):
        for j, after in enumerate(tags):
            same = before[2:] == after[2:]
            if closes:
                inside = before[0] in "BI"
                lawful = (after[0] in "IL" and same) if inside else after[0] in "OBU"
            else:
                lawful = after[0] in "OB" or (before[0] in "BI" and same)
            if lawful:
                table[i, j] = 0.0
    return table


def best_chains(scores: Sequence[Floats], transitions: Floats) -> list[Ints]:
    """The best chain of tags for each window (Viterbi), all windows at once.

    ``scores`` are one array [words, tags] a window. A chain may begin and end within a span: what a window
    cuts is joined afterwards.
    """
    counts = np.array([len(part) for part in scores])
    order = np.argsort(-counts, kind="stable")
    longest, tags = int(counts.max(initial=0)), transitions.shape[0]
    padded = np.zeros((longest, len(scores), tags), np.float32)
    for row, number in enumerate(order):
        padded[: counts[number], row] = scores[number]
    alive = [int((counts > t).sum()) for t in range(longest)]
    back = np.zeros((longest, len(scores), tags), np.int64)
    best = padded[0].copy() if longest else np.zeros((len(scores), tags), np.float32)
    for t in range(1, longest):
        n = alive[t]
        through = best[:n, :, None] + transitions
        back[t, :n] = through.argmax(axis=1)
        best[:n] = np.take_along_axis(through, back[t, :n, None, :], axis=1)[:, 0] + padded[t, :n]
    chains: list[Ints] = [np.zeros(0, np.int64)] * len(scores)
    for row, number in enumerate(order):
        chain = np.zeros(counts[number], np.int64)
        if len(chain):
            chain[-1] = best[row].argmax()
            for t in range(len(chain) - 1, 0, -1):
                chain[t - 1] = back[t, row, chain[t]]
        chains[number] = chain
    return chains


def runs_of(chain: Sequence[int], tags: Sequence[str], chances: Floats) -> Iterator[Run]:
    """The spans of a chain of tags. A span that a window's edge cut goes on where the next tag continues
    it."""
    first = 0
    label = ""
    sure = 0.0
    for i, number in enumerate(chain):
        tag = tags[number]
        goes_on = tag[0] in "IL" and tag[2:] == label
        if label and not goes_on:
            yield Run(first, i, label, sure / (i - first))
            label = ""
        if tag != "O" and not label:
            first, label, sure = i, tag[2:], 0.0
        if label:
            sure += float(chances[i, number])
    if label:
        yield Run(first, len(chain), label, sure / (len(chain) - first))


def likely_runs(chances: Floats, tags: Sequence[str], threshold: float, opens: Bools) -> Iterator[Run]:
    """Spans of words that are more likely than ``threshold`` within one, cut at B and where ``opens`` is true
    (the word opens a line); the label is the most likely one over the whole span. ``tags`` are O and then B
    and I for each label.

    >>> chances = np.array([[0.1, 0.9, 0.0], [0.2, 0.1, 0.7], [0.9, 0.1, 0.0]], np.float32)
    >>> runs = likely_runs(chances, ("O", "B-date", "I-date"), 0.5, np.zeros(3, bool))
    >>> [(run.first, run.last, run.label) for run in runs]
    [(0, 2, 'date')]
    """
    labels = [tag[2:] for tag in tags[1::2]]
    begins, goes_on = chances[:, 1::2], chances[:, 2::2]
    within = 1.0 - chances[:, 0] > threshold
    starts = within & (opens | (begins.sum(axis=1) >= goes_on.sum(axis=1)))
    i, size = 0, len(chances)
    for place in np.flatnonzero(within).tolist():
        if place < i:
            continue
        i = place + 1
        while i < size and within[i] and not starts[i]:
            i += 1
        by_label = begins[place:i].sum(axis=0) + goes_on[place:i].sum(axis=0)
        label = int(by_label.argmax())
        yield Run(place, i, labels[label], float(by_label[label]) / (i - place))
