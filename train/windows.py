"""Windows of whole sentences cut from the examples, and batches of windows of like length."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from train.example import Example
from train.labels import HEADS, IGNORED, TAUGHT_HEADS

from onrecord.tagging.features import INSIDE_QUOTES, shape_of
from onrecord.tagging.reader import CLOSING, OPENING
from onrecord.tagging.spans import FORBIDDEN

MASK = 103  # MiniLM's [MASK]
LENGTHS = (96, 128, 160, 224)  # pieces in a window; drawn anew for each text and epoch
LOWERED, RAISED = 0.08, 0.03  # part of the windows seen without capitals, or in capitals only
SWAPPED = 0.2  # of the texts that have a twin are seen with its names
MASKED = 0.1  # of the words are hidden in training, so that no head leans on single names
TAUGHT = 0.25  # of what is wanted of a word's role is what teachers say, the rest its tag
LOWER_SHAPE, RAISED_SHAPE = shape_of("said"), shape_of("NATO")
LETTERS = frozenset(map(shape_of, ("said", "Lagos", "NATO", "A", "iPhone")))  # words of nothing but letters


@dataclass
class Window:
    """Consecutive words of one example."""

    example: Example
    first: int
    last: int
    size: int


def cut(example: Example, longest: int) -> list[Window]:
    """Whole sentences up to ``longest`` pieces; a longer sentence is cut between words."""
    sizes = [len(p) for p in example.words.pieces]
    ends = [*example.sentences[1:], len(sizes)]
    windows: list[Window] = []
    first = size = 0
    for start, end in zip(example.sentences, ends, strict=True):
        weight = sum(sizes[start:end])
        if size and size + weight > longest:
            windows.append(Window(example, first, start, size))
            first, size = start, 0
        if weight > longest:
            for i in range(start, end):
                if size + sizes[i] > longest:
                    windows.append(Window(example, first, i, size))
                    first, size = i, 0
                size += sizes[i]
        else:
            size += weight
    if first < len(sizes):
        windows.append(Window(example, first, len(sizes), size))
    return windows


def joined(examples: list[Example], rng: random.Random) -> list[Example]:
    """Unrelated one-sentence texts set one after another, as sentences of articles stand."""
    order = examples[:]
    rng.shuffle(order)
    out = []
    while order:
        part = [order.pop() for _ in range(min(len(order), rng.choice((1, 2, 3, 4, 6))))]
        words = type(part[0].words)([], [], [], [], [])
        sentences = []
        for number, example in enumerate(part):
            sentences.append(len(words))
            contexts = example.words.contexts[:]
            if number and rng.random() < 0.5:
                contexts[0] &= INSIDE_QUOTES
            for name in ("starts", "ends", "pieces", "shapes"):
                getattr(words, name).extend(getattr(example.words, name))
            words.contexts.extend(contexts)
        tags = {h: np.concatenate([e.tags[h] for e in part]) for h in HEADS}
        taught = {h: np.concatenate([e.taught[h] for e in part]) for h in part[0].taught}
        out.append(Example(part[0].corpus, part[0].id, part[0].split, words, sentences, tags, taught=taught))
    return out


@dataclass
class Batch:
    """Windows of one batch; ``wanted`` is how likely each tag of each word is, for the heads with teachers,
    and 0 where nothing is known."""

    pieces: Tensor
    shapes: Tensor
    contexts: Tensor
    first: Tensor
    mask: Tensor
    counts: Tensor
    wanted: dict[str, Tensor]
    tags: dict[str, Tensor]


def collate(windows: list[Window], rng: random.Random | None) -> Batch:
    """Windows padded to one length; with ``rng`` some words are hidden, some windows without capitals."""
    rows = len(windows)
    length = max(w.size for w in windows) + 2
    most = max(w.last - w.first for w in windows)
    pieces = torch.zeros(rows, length, dtype=torch.long)
    shapes, contexts = torch.zeros_like(pieces), torch.zeros_like(pieces)
    mask = torch.full((rows, 1, 1, length), FORBIDDEN)
    first = torch.zeros(rows, most, dtype=torch.long)
    tags = {h: torch.full((rows, most), IGNORED, dtype=torch.long) for h in HEADS}
    for row, w in enumerate(windows):
        words, a, b = w.example.words, w.first, w.last
        ids, forms, places, heads = [OPENING], [0], [0], []
        for i in range(a, b):
            heads.append(len(ids))
            hidden = rng is not None and rng.random() < MASKED
            ids += [MASK] * len(words.pieces[i]) if hidden else words.pieces[i]
            forms += [words.shapes[i]] * len(words.pieces[i])
            places += [words.contexts[i]] * len(words.pieces[i])
        ids.append(CLOSING)
        draw = rng.random() if rng else 1.0
        if draw < LOWERED + RAISED:
            form = LOWER_SHAPE if draw < LOWERED else RAISED_SHAPE
            forms = [form if f in LETTERS else f for f in forms]
        pieces[row, : len(ids)] = torch.tensor(ids)
        shapes[row, : len(forms)] = torch.tensor(forms)
        contexts[row, : len(places)] = torch.tensor(places)
        mask[row, :, :, : len(ids)] = 0
        first[row, : b - a] = torch.tensor(heads)
        for h in HEADS:
            tags[h][row, : b - a] = torch.from_numpy(w.example.tags[h][a:b].astype(np.int64))
    counts = torch.tensor([w.last - w.first for w in windows])
    wanted = {h: torch.zeros(rows, most, len(HEADS[h])) for h in TAUGHT_HEADS}
    for row, w in enumerate(windows):
        for h in TAUGHT_HEADS:
            wanted[h][row, : w.last - w.first] = torch.from_numpy(wanted_tags(w, h))
    return Batch(pieces, shapes, contexts, first, mask, counts, wanted, tags)


def wanted_tags(window: Window, head: str) -> np.ndarray:
    """How likely each tag of a window's words is, [words, tags]: by the corpus's tags, by the teachers where
    there is none, by both for roles, on which annotators differ."""
    example, a, b = window.example, window.first, window.last
    tags = example.tags[head][a:b]
    known = tags != IGNORED
    own = np.eye(len(HEADS[head]), dtype=np.float32)[np.where(known, tags, 0)] * known[:, None]
    if head not in example.taught:
        return own
    taught = example.taught[head][a:b].astype(np.float32)
    share = np.where(known, TAUGHT if head == "roles" else 0.0, 1.0)[:, None]
    return (1 - share) * own + share * taught


def batches(windows: list[Window], budget: int, rng: random.Random | None) -> Iterator[list[Window]]:
    """Windows of like length, ``budget`` pieces a batch with padding, in random order where ``rng`` is
    given."""
    noise = (lambda: rng.uniform(0, 8)) if rng else (lambda: 0.0)
    order = sorted(windows, key=lambda w: w.size + noise())
    groups: list[list[Window]] = []
    group: list[Window] = []
    for w in order:
        if group and (len(group) + 1) * (max(w.size, group[-1].size) + 2) > budget:
            groups.append(group)
            group = []
        group.append(w)
    if group:
        groups.append(group)
    if rng:
        rng.shuffle(groups)
    yield from groups


def training_windows(examples: list[Example], repeats: dict[str, int], rng: random.Random) -> list[Window]:
    """One epoch: every example as often as its corpus repeats, cut at a length drawn for it."""
    windows: list[Window] = []
    for corpus, times in repeats.items():
        mine = [e for e in examples if e.corpus == corpus]
        for _ in range(times):
            for example in joined(mine, rng) if corpus == "factappeal" else mine:
                seen = example.twin if example.twin and rng.random() < SWAPPED else example
                windows += cut(seen, rng.choice(LENGTHS))
    return [w for w in windows if w.example.taught or is_tagged(w)]


def is_tagged(window: Window) -> bool:
    """Whether a corpus says anything of a window's words."""
    return any((tags[window.first : window.last] != IGNORED).any() for tags in window.example.tags.values())
