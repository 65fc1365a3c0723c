"""Windows of whole sentences cut from the examples, and batches of windows of like length."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
import torch
from torch import Tensor
from train.example import Example
from train.labels import HEADS, IGNORED, TAUGHT_HEADS

from onrecord.tagging.features import INSIDE_QUOTES, Words, shape_of
from onrecord.tagging.spans import FORBIDDEN
from onrecord.tagging.windows import CLOSING, LEAD, OPENING, lead_of

MASK = 103  # MiniLM's [MASK]
LENGTHS = (96, 128, 160, 192)  # pieces in a window; drawn anew for each text and epoch
TREE_LENGTHS = (30, 60, 100, 160)
LOWERED, RAISED = 0.06, 0.03  # part of the windows seen without capitals, or in capitals only
MASKED = 0.08  # of the words are hidden in training, so that no head leans on single names
TAUGHT = 0.3  # of what is wanted of a word's role is what the reader before says, the rest its tag
FARTHEST = 64  # words between an event and what takes part in it, in training
LOWER_SHAPE, RAISED_SHAPE = shape_of("said"), shape_of("NATO")
LETTERS = frozenset(map(shape_of, ("said", "Lagos", "NATO", "A", "iPhone")))  # words of nothing but letters
ARTICLES = ("polnear", "desk", "polnear-desk", "newswire", "ecbplus")
TREES = ("gum", "ewt")
TOGETHER = 4
"""Texts of one topic of ECB+ that are seen in one batch, so that events are compared across them."""


@dataclass
class Window:
    """Consecutive words of one example, after the pieces of its lead where it does not open the text. Windows
    with the same ``unit`` are seen in one batch."""

    example: Example
    first: int
    last: int
    size: int
    lead: list[int]
    unit: str = ""


def cut(example: Example, longest: int) -> list[Window]:
    """Whole sentences up to ``longest`` pieces; a longer sentence is cut between words."""
    sizes = [len(p) for p in example.words.pieces]
    ends = [*example.sentences[1:], len(sizes)]
    lead = lead_of(example.words, 0) if example.corpus in ARTICLES else []
    windows: list[Window] = []
    first = size = 0

    def add(last: int) -> None:
        windows.append(Window(example, first, last, size, lead if first >= len(lead) else []))

    for start, end in zip(example.sentences, ends, strict=True):
        weight = sum(sizes[start:end])
        if size and size + weight > longest:
            add(start)
            first, size = start, 0
        if weight > longest:
            for i in range(start, end):
                if size + sizes[i] > longest:
                    add(i)
                    first, size = i, 0
                size += sizes[i]
        else:
            size += weight
    if first < len(sizes):
        add(len(sizes))
    return windows


def joined(examples: list[Example], rng: random.Random) -> list[Example]:
    """Unrelated one-sentence texts set one after another, as sentences of articles stand."""
    order = examples[:]
    rng.shuffle(order)
    out = []
    while order:
        part = [order.pop() for _ in range(min(len(order), rng.choice((1, 2, 3, 4, 6))))]
        sentences, contexts = list[int](), list[int]()
        for number, example in enumerate(part):
            sentences.append(len(contexts))
            own = list(example.words.contexts)
            if number and rng.random() < 0.5:
                own[0] &= INSIDE_QUOTES
            contexts += own
        names = ("starts", "ends", "pieces", "shapes")
        starts, ends, pieces, shapes = (
            [number for example in part for number in getattr(example.words, name)] for name in names
        )
        words = Words(starts, ends, pieces, shapes, contexts)
        tags = {h: np.concatenate([e.tags[h] for e in part]) for h in HEADS}
        out.append(Example(part[0].corpus, part[0].id, part[0].split, words, sentences, tags))
    return out


@dataclass
class Batch:
    """Windows of one batch. ``wanted`` is how likely each tag of each word is, for the heads with teachers,
    and 0 where nothing is known; ``heads`` and ``relations`` are IGNORED where no tree is known. Links and
    pairs of mentions are rows of (window, word, window, word, label)."""

    pieces: Tensor
    shapes: Tensor
    contexts: Tensor
    first: Tensor
    mask: Tensor
    counts: Tensor
    sentences: Tensor
    heads: Tensor
    relations: Tensor
    wanted: dict[str, Tensor]
    tags: dict[str, Tensor]
    links: Tensor
    pairs: Tensor


def features(w: Window, rng: random.Random | None) -> tuple[list[int], list[int], list[int], list[int]]:
    """Pieces, shapes, contexts and each word's first piece of one window; with ``rng`` some words are
    hidden, some windows seen without capitals."""
    words = w.example.words
    ids, forms, places, heads = [OPENING], [0], [0], []
    for i in w.lead:
        ids += words.pieces[i]
        forms += [words.shapes[i]] * len(words.pieces[i])
        places += [words.contexts[i]] * len(words.pieces[i])
    if w.lead:
        ids.append(CLOSING)
        forms.append(0)
        places.append(0)
    for i in range(w.first, w.last):
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
    return ids, forms, places, heads


def collate(windows: list[Window], rng: random.Random | None) -> Batch:
    """Windows padded to one length."""
    rows = len(windows)
    seen = [features(w, rng) for w in windows]
    length = max(len(ids) for ids, *_ in seen)
    most = max(w.last - w.first for w in windows)
    pieces = torch.zeros(rows, length, dtype=torch.long)
    shapes, contexts = torch.zeros_like(pieces), torch.zeros_like(pieces)
    mask = torch.full((rows, 1, 1, length), FORBIDDEN)
    first = torch.zeros(rows, most, dtype=torch.long)
    sentences = torch.full((rows, most), -1, dtype=torch.long)
    heads, relations = (torch.full((rows, most), IGNORED, dtype=torch.long) for _ in range(2))
    tags = {h: torch.full((rows, most), IGNORED, dtype=torch.long) for h in HEADS}
    wanted = {h: torch.zeros(rows, most, len(HEADS[h])) for h in TAUGHT_HEADS}
    for row, (w, (ids, forms, places, starts)) in enumerate(zip(windows, seen, strict=True)):
        example, a, b = w.example, w.first, w.last
        pieces[row, : len(ids)] = torch.tensor(ids)
        shapes[row, : len(forms)] = torch.tensor(forms)
        contexts[row, : len(places)] = torch.tensor(places)
        mask[row, :, :, : len(ids)] = 0
        first[row, : b - a] = torch.tensor(starts)
        numbers = np.searchsorted(example.sentences, np.arange(a, b), "right")
        sentences[row, : b - a] = torch.from_numpy(numbers.astype(np.int64))
        for h in HEADS:
            tags[h][row, : b - a] = torch.from_numpy(example.tags[h][a:b].astype(np.int64))
        for h in TAUGHT_HEADS:
            wanted[h][row, : b - a] = torch.from_numpy(wanted_tags(w, h))
        if example.heads is not None and example.relations is not None:
            up = example.heads[a:b].astype(np.int64) - a
            known = (up >= 0) & (up < b - a)
            heads[row, : b - a] = torch.from_numpy(np.where(known, up, IGNORED))
            relations[row, : b - a] = torch.from_numpy(
                np.where(known, example.relations[a:b].astype(np.int64), IGNORED)
            )
    counts = torch.tensor([w.last - w.first for w in windows])
    links, pairs = links_of(windows), pairs_of(windows)
    return Batch(pieces, shapes, contexts, first, mask, counts, sentences, heads, relations, wanted, tags,
                 links, pairs)  # fmt: skip


def links_of(windows: Sequence[Window]) -> Tensor:
    """What is near an event word and what it is to it, of each window by itself."""
    out = [
        (row, event - w.first, row, other - w.first, label)
        for row, w in enumerate(windows)
        for event, other, label in w.example.links
        if w.first <= event < w.last and w.first <= other < w.last and 0 < abs(event - other) <= FARTHEST
    ]
    return torch.tensor(out, dtype=torch.long).view(-1, 5)


def pairs_of(windows: Sequence[Window]) -> Tensor:
    """Pairs of event words of one text, or of the texts of one unit, and whether they tell one event."""
    told: dict[str | int, list[tuple[int, int, int | str]]] = {}
    for row, w in enumerate(windows):
        for number, words in enumerate(w.example.events):
            name = w.example.shared[number] if w.example.shared else number
            for word in words:
                if w.first <= word < w.last:
                    told.setdefault(w.unit or id(w.example), []).append((row, word - w.first, name))
    out = [
        (*one[:2], *two[:2], int(one[2] == two[2]))
        for found in told.values()
        for i, one in enumerate(found)
        for two in found[i + 1 :]
    ]
    return torch.tensor(out, dtype=torch.long).view(-1, 5)


def wanted_tags(window: Window, head: str) -> np.ndarray:
    """How likely each tag of a window's words is, [words, tags]: by the corpus's tags, by the reader before
    where there is none, by both for roles, on which annotators differ."""
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
    given; windows of one text of the desk, or of one unit, stay together."""
    noise = (lambda: rng.uniform(0, 8)) if rng else (lambda: 0.0)
    length = {id(w): w.size + sum(len(w.example.words.pieces[i]) for i in w.lead) + 3 for w in windows}
    texts: dict[str | int, list[Window]] = {}
    for w in windows:
        texts.setdefault(w.unit or (id(w.example) if w.example.events else id(w)), []).append(w)
    units = sorted(texts.values(), key=lambda unit: max(length[id(w)] for w in unit) + noise())
    groups: list[list[Window]] = []
    group: list[Window] = []
    for unit in units:
        longest = max(length[id(w)] for w in (*group, *unit))
        if group and (len(group) + len(unit)) * longest > budget:
            groups.append(group)
            group = []
        group = group + unit
    if group:
        groups.append(group)
    if rng:
        rng.shuffle(groups)
    yield from groups


def training_windows(examples: list[Example], shares: dict[str, float], rng: random.Random) -> list[Window]:
    """One epoch: of each corpus the share that is given, cut at a length drawn for each text."""
    windows: list[Window] = []
    for corpus, share in shares.items():
        mine = [e for e in examples if e.corpus == corpus and (share >= 1 or rng.random() < share)]
        lengths = TREE_LENGTHS if corpus in TREES else LENGTHS
        if corpus == "ecbplus":
            windows += across(mine, rng)
            continue
        for example in joined(mine, rng) if corpus == "factappeal" else mine:
            windows += cut(example, rng.choice(lengths))
    return windows


def across(examples: list[Example], rng: random.Random) -> list[Window]:
    """The windows that tell events, of ``TOGETHER`` texts of a topic drawn anew as one unit."""
    order = examples[:]
    rng.shuffle(order)
    order.sort(key=lambda e: e.topic)
    windows: list[Window] = []
    for topic, texts in groupby(order, key=lambda e: e.topic):
        for number, example in enumerate(texts):
            own = cut(example, rng.choice(LENGTHS))
            own = [w for w in own if any(w.first <= i < w.last for told in example.events for i in told)]
            windows += [replace(w, unit=f"{topic} {number // TOGETHER}") for w in own]
    return windows


__all__ = ["LEAD", "Batch", "Window", "batches", "collate", "cut", "training_windows"]
