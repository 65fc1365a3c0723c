"""Which articles tell the same story: those whose weighty words are the same.

A word weighs what it tells (tf-idf, Salton and Buckley 1988), by counts from a fixed background, so that the
cosine of two articles does not depend on what else is held. Only articles that share some of their heaviest
words are compared.
"""

import math
import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import blake2b

import numpy as np
import numpy.typing as npt
import snowballstemmer

from onrecord import words

NEAR = 0.1
"""Least similarity of two articles that are compared. In ECB+ (training part) 99 % of the articles on one
happening are nearer, and 1 % of those on different topics."""
HEAVIEST = 16
"""Words of an article that it is looked up by."""
WIDEST = 48
"""Articles that share a word up to which all are paired; of more, each with as many published next."""
KEPT = 80
"""Words of an article that are compared."""
NEIGHBOURS = 24
"""Nearest articles that an article is compared with at most."""
NAME_WEIGHT = 2.0
"""How much more a word in capitals weighs. On ECB+ (train part) articles cluster best with 1.5 to 3."""

_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)?")
_STEMMER = snowballstemmer.stemmer("english")


@lru_cache(maxsize=200_000)
def stem_word(word: str) -> str:
    """The stem of one word, whatever its case.

    >>> stem_word("Signed"), stem_word("signing")
    ('sign', 'sign')
    """
    return str(_STEMMER.stemWord(word.casefold()))


@cache
def _empty_words() -> frozenset[str]:
    return frozenset(word.casefold() for word in words.load("function_words"))


def telling_words(text: str) -> Iterator[tuple[str, bool]]:
    """Stems of the words that carry content, and whether each is written with a capital.

    >>> list(telling_words("The ferry to Nordhavn sank"))
    [('ferri', False), ('nordhavn', True), ('sank', False)]
    """
    for match in _WORD.finditer(text):
        word = match.group()
        if (len(word) > 2 or word.isdigit()) and word.casefold() not in _empty_words():
            yield stem_word(word), word[0].isupper()


@cache
def _background() -> tuple[dict[str, float], float]:
    rows = words.table("word_counts")
    held = next(int(row["articles"]) for row in rows if row["stem"] == "*")
    weights = {row["stem"]: math.log((held + 1) / (int(row["articles"]) + 1)) for row in rows}
    return weights, math.log((held + 1) / 3)


def weigh(stem: str) -> float:
    """How much a word tells: the logarithm of how seldom articles use it; words never counted weigh most.

    >>> weigh("meet") < weigh("earthquak") < weigh("nordhavn")
    True
    """
    weights, most = _background()
    return weights.get(stem, most)


@dataclass(frozen=True, slots=True)
class Outline:
    """The weighty words of an article as numbers, ascending, with weights of unit length; ``keys`` are the
    heaviest."""

    terms: npt.NDArray[np.uint64]
    weights: npt.NDArray[np.float32]
    keys: tuple[int, ...]


@lru_cache(maxsize=200_000)
def _number(stem: str) -> int:
    return int.from_bytes(blake2b(stem.encode(), digest_size=8).digest(), "big")


def outline(text: str) -> Outline:
    """The outline of a text."""
    counts: Counter[str] = Counter()
    capitals: Counter[str] = Counter()
    for stem, capital in telling_words(text):
        counts[stem] += 1
        capitals[stem] += capital
    heavy = {
        stem: (1 + math.log(count)) * weigh(stem) * (NAME_WEIGHT if capitals[stem] * 2 > count else 1.0)
        for stem, count in counts.items()
    }
    ranked = sorted(heavy, key=lambda stem: (-heavy[stem], stem))[:KEPT]
    length = math.sqrt(sum(heavy[stem] ** 2 for stem in ranked)) or 1.0
    rows = sorted((_number(stem), heavy[stem] / length) for stem in ranked)
    return Outline(
        np.array([number for number, _ in rows], np.uint64),
        np.array([weight for _, weight in rows], np.float32),
        tuple(_number(stem) for stem in ranked[:HEAVIEST]),
    )


def compare_outlines(one: Outline, other: Outline) -> float:
    """The cosine of two outlines.

    >>> flood = outline("Floods cut the road to Halden after a dam burst above the town")
    >>> compare_outlines(flood, outline("A burst dam flooded the road to Halden")) > 0.5
    True
    >>> compare_outlines(flood, outline("Shares of Norfield Mining fell on Monday"))
    0.0
    """
    _, here, there = np.intersect1d(one.terms, other.terms, assume_unique=True, return_indices=True)
    return round(float(np.dot(one.weights[here].astype(float), other.weights[there].astype(float))), 4)


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near two articles are: the cosine of their outlines, and the same set against how near each is to
    the articles nearest to it, so that the story beside one's own shows as another."""

    cosine: float
    contrast: float


WITHIN = Nearness(1.0, 1.0)
"""An article and itself."""


def near_articles(outlines: Sequence[Outline]) -> dict[tuple[int, int], Nearness]:
    """Pairs of articles that may tell the same story, as numbers, the smaller first, and how near they are.

    ``outlines`` are in order of publication: of very many articles that share a word, those that stand near
    one another are compared.
    """
    found: list[tuple[float, int, int]] = []
    for one, other in _sharing(outlines):
        similarity = compare_outlines(outlines[one], outlines[other])
        if similarity >= NEAR:
            found.append((similarity, one, other))
    found.sort(key=lambda row: (-row[0], row[1], row[2]))
    best: dict[int, list[float]] = defaultdict(list)
    near: dict[tuple[int, int], float] = {}
    for similarity, one, other in found:
        if len(best[one]) < NEIGHBOURS or len(best[other]) < NEIGHBOURS:
            best[one].append(similarity)
            best[other].append(similarity)
            near[one, other] = similarity
    usual = {number: sum(nearest[:3]) / len(nearest[:3]) for number, nearest in best.items()}
    return {
        (one, other): Nearness(similarity, round(similarity / math.sqrt(usual[one] * usual[other]), 4))
        for (one, other), similarity in near.items()
    }


def _sharing(outlines: Sequence[Outline]) -> Iterator[tuple[int, int]]:
    """Pairs that share two of their heaviest words."""
    keys, holders = array("Q"), array("Q")
    for number, held in enumerate(outlines):
        keys.extend(held.keys)
        holders.extend([number] * len(held.keys))
    if not keys:
        return
    values, numbers = np.frombuffer(keys, np.uint64), np.frombuffer(holders, np.uint64)
    order = np.argsort(values, kind="stable")
    values, numbers = values[order], numbers[order]
    codes = []
    for step in range(1, WIDEST + 1):
        alike = values[:-step] == values[step:] if step < len(values) else np.zeros(0, bool)
        if not alike.any():
            break
        codes.append((numbers[:-step][alike] << np.uint64(32)) | numbers[step:][alike])
    if not codes:
        return
    pairs, counts = np.unique(np.concatenate(codes), return_counts=True)
    for pair in pairs[counts > 1].tolist():
        yield pair >> 32, pair & 0xFFFFFFFF
