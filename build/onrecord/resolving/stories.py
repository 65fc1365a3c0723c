"""Which articles tell the same story: those whose weighty words are the same.

A word weighs what it tells (tf-idf, Salton and Buckley 1988), by counts from a fixed background, so that the
cosine of two articles does not depend on what else is held. Only articles that share some of their heaviest
words are compared.
"""

import math
import re
from array import array
from collections import Counter
from collections.abc import Callable, ItemsView, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from hashlib import blake2b
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from onrecord import words
from onrecord.english.alike import stem_word
from onrecord.gather import Scores, gather
from onrecord.kept import FORGETFUL, Memory
from onrecord.model import Annotated
from onrecord.resolving.blocking import Pairs, Postings
from onrecord.spool import Numbers, Spool

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
"""How much more a word in capitals or a figure weighs. On ECB+ (training part) articles cluster best with 1.5
to 3 for capitals; with figures weighed so as well, events of topics left out reach 0.3 CoNLL F1 more."""
ONE_STORY = 0.5
"""Least mean contrast of the articles of one story. On ECB+ (training part) stories gathered so have 92 B³
against the corpus's own, with 0.45 and 0.55 93 and 91; events come out alike."""

STORY = 0.3
"""Least cosine of two articles whose claims are compared as those of one story: it depends on the two alone.
In ECB+ (training part) 86 in 100 such pairs are on one happening, and of the near pairs on one 82 in 100 are
such."""

_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)?")


@cache
def _empty_words() -> frozenset[str]:
    return frozenset(word.casefold() for word in words.load("function_words"))


@lru_cache(maxsize=50_000)
def _stem_of_telling(word: str) -> str | None:
    """The stem of a word that carries content; null for others."""
    folded = word.casefold()
    return stem_word(word) if (len(word) > 2 or word.isdigit()) and folded not in _empty_words() else None


def telling_words(text: str) -> Iterator[tuple[str, bool]]:
    """Stems of the words that carry content, and whether each is written with a capital.

    >>> list(telling_words("The ferry to Nordhavn sank"))
    [('ferri', False), ('nordhavn', True), ('sank', False)]
    """
    for word in _WORD.findall(text):
        if (stem := _stem_of_telling(word)) is not None:
            yield stem, word[0].isupper()


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


Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Outline:
    """The weighty words of an article as numbers, ascending, with weights of unit length; ``keys`` are the
    heaviest."""

    terms: npt.NDArray[np.uint64]
    weights: npt.NDArray[np.float32]
    keys: Numbers


@lru_cache(maxsize=50_000)
def number_of(stem: str) -> int:
    """The number that stands for a stem."""
    return int.from_bytes(blake2b(stem.encode(), digest_size=8).digest(), "big")


def outline(text: str) -> Outline:
    """The outline of a text."""
    counts: Counter[str] = Counter()
    capitals: Counter[str] = Counter()
    for stem, capital in telling_words(text):
        counts[stem] += 1
        capitals[stem] += capital
    heavy = {
        stem: (1 + math.log(count)) * weigh(stem) * (NAME_WEIGHT if tells_apart else 1.0)
        for stem, count in counts.items()
        for tells_apart in [capitals[stem] * 2 > count or stem[0].isdigit()]
    }
    ranked = sorted(heavy, key=lambda stem: (-heavy[stem], stem))[:KEPT]
    length = math.sqrt(sum(heavy[stem] ** 2 for stem in ranked)) or 1.0
    rows = sorted((number_of(stem), heavy[stem] / length) for stem in ranked)
    return Outline(
        np.array([number for number, _ in rows], np.uint64),
        np.array([weight for _, weight in rows], np.float32),
        np.array([number_of(stem) for stem in ranked[:HEAVIEST]], np.uint64),
    )


def compare_outlines(one: Outline, others: Sequence[Outline]) -> npt.NDArray[np.float64]:
    """The cosines of an outline with others.

    >>> flood, more = outline("Floods cut the road to Halden"), outline("A flooded road in Halden was cut")
    >>> compare_outlines(flood, [more, outline("Shares of Norfield Mining fell on Monday")]).round(1).tolist()
    [1.0, 0.0]
    """
    if not len(one.terms) or not others:
        return np.zeros(len(others))
    terms = np.concatenate([other.terms for other in others])
    owners = np.repeat(np.arange(len(others)), [len(other.terms) for other in others])
    weights = np.concatenate([other.weights for other in others]).astype(float)
    places = np.minimum(np.searchsorted(one.terms, terms), len(one.terms) - 1)
    shared = np.flatnonzero(one.terms[places] == terms)
    products = one.weights[places[shared]].astype(float) * weights[shared]
    return np.round(np.bincount(owners[shared], products, len(others)), 4)


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near two articles are: the cosine of their outlines, and the same set against how near each is to
    the articles nearest to it, so that the story beside one's own shows as another; ``one_story`` is set
    where the articles that are near both make them one group."""

    cosine: float
    contrast: float
    one_story: bool


class Near(Mapping[tuple[int, int], Nearness]):
    """How near articles are, by the pair of their numbers, the smaller first; in order of the pairs."""

    def __init__(self, codes: npt.NDArray[np.uint64], values: npt.NDArray[np.float64]) -> None:
        self._codes = codes
        self._values = values

    def __len__(self) -> int:
        return len(self._codes)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return (pair for pair, _ in self.rows())

    def rows(self) -> Iterator[tuple[tuple[int, int], Nearness]]:
        """Each pair with how near it is, without a search."""
        for code, row in zip(self._codes, self._values, strict=True):
            pair = int(code)
            yield (pair >> 32, pair & 0xFFFFFFFF), _nearness(row)

    def codes_from(self, cosine: float) -> Numbers:
        """The pairs with this cosine or more, as one number each, the smaller above."""
        return self._codes[self._values[:, 0] >= cosine]

    def items(self) -> ItemsView[tuple[int, int], Nearness]:
        return _Items(self)

    def __getitem__(self, pair: tuple[int, int]) -> Nearness:
        found = self.find(*pair)
        if found is None:
            raise KeyError(pair)
        return found

    def find(self, one: int, other: int) -> Nearness | None:
        """How near two articles are, the smaller number first; null where they are not near."""
        code = np.uint64(one << 32 | other)
        place = int(np.searchsorted(self._codes, code))
        if place == len(self._codes) or self._codes[place] != code:
            return None
        return _nearness(self._values[place])


def _nearness(row: npt.NDArray[np.float64]) -> Nearness:
    return Nearness(float(row[0]), float(row[1]), bool(row[2]))


class _Items(ItemsView[tuple[int, int], Nearness]):
    _mapping: Near

    def __iter__(self) -> Iterator[tuple[tuple[int, int], Nearness]]:
        return self._mapping.rows()


def near_articles(outlines: Iterable[Outline], scratch: Path | None = None) -> Near:
    """Pairs of articles that may tell the same story, as numbers, the smaller first, and how near they are.

    ``outlines`` are in order of publication: of very many articles that share a word, those that stand near
    one another are compared. The outlines are put by on disk, in ``scratch``.
    """
    held = Spool(tuple[bytes, bytes, bytes], scratch)
    postings = Postings(scratch)
    for number, one in enumerate(outlines):
        held.add(_pack(one))
        postings.add(one.keys, np.full(len(one.keys), number, np.uint64))
    codes, likeness = array("Q"), array("d")
    for number, others in _sharing(postings, len(held), scratch):
        similar = compare_outlines(_unpack(held[number]), [_unpack(held[other]) for other in others.tolist()])
        near = np.flatnonzero(similar >= NEAR)
        codes.frombytes((np.uint64(number << 32) | others[near]).tobytes())
        likeness.frombytes(similar[near].tobytes())
    return _keep_nearest(np.asarray(codes), np.asarray(likeness), len(held))


@dataclass(frozen=True, slots=True)
class Stories:
    """Which articles may tell one story: their numbers by day of publication, and how near two are, by their
    places in that order; and who publishes them."""

    order: Sequence[int]
    near: Near
    publishers: frozenset[str] = frozenset()

    def pairs(self) -> Iterator[tuple[int, int, Nearness]]:
        """The numbers of two articles that may tell one story, and how near they are; all of the earlier
        article together."""
        for (one, other), nearness in self.near.rows():
            yield self.order[one], self.order[other], nearness

    def tell_apart(self) -> Callable[[Places, Places], npt.NDArray[np.bool_]]:
        """What tells of two articles each, by their numbers, whether they do not tell one story."""
        places = np.empty(len(self.order), np.int64)
        places[np.asarray(self.order, np.int64)] = np.arange(len(self.order))
        stories = self.near.codes_from(STORY)

        def apart(ones: Places, others: Places) -> npt.NDArray[np.bool_]:
            here, there = places[ones], places[others]
            codes = np.minimum(here, there) << 32 | np.maximum(here, there)
            return np.asarray(np.isin(codes.astype(np.uint64), stories, invert=True))

        return apart


def find_stories(
    articles: Iterable[Annotated], scratch: Path | None = None, memory: Memory = FORGETFUL
) -> Stories:
    """Which of the articles may tell one story. One pass over them; their outlines lie on disk meanwhile."""
    outlines, ages, publishers = (
        Spool(tuple[bytes, bytes, bytes], scratch),
        list[tuple[str, str]](),
        set[str](),
    )
    for number, annotated in enumerate(articles):
        article = annotated.article
        outlines.add_encoded(memory.of_article(number, "outline", partial(_outline, article.text)))
        if article.publisher is not None:
            publishers.add(article.publisher)
        ages.append((article.published or "9999", article.source_id))
    order = sorted(range(len(ages)), key=lambda number: ages[number])
    near = near_articles((_unpack(outlines[number]) for number in order), scratch)
    return Stories(order, near, frozenset(publishers))


def _pack(one: Outline) -> tuple[bytes, bytes, bytes]:
    """An outline's terms, weights and keys."""
    return one.terms.tobytes(), one.weights.tobytes(), one.keys.tobytes()


def _unpack(packed: tuple[bytes, bytes, bytes]) -> Outline:
    terms, weights, keys = packed
    return Outline(
        np.frombuffer(terms, np.uint64),
        np.frombuffer(weights, np.float32),
        np.frombuffer(keys, np.uint64),
    )


def _outline(text: str) -> bytes:
    return msgspec.msgpack.encode(_pack(outline(text)))


def _keep_nearest(codes: npt.NDArray[np.uint64], likeness: npt.NDArray[np.float64], count: int) -> Near:
    """The pairs of which one is among the ``NEIGHBOURS`` nearest of the other."""
    met, best = array("I", bytes(4 * count)), array("d", bytes(8 * count))
    kept = array("Q")
    for place in np.lexsort((codes, -likeness)):
        code = int(codes[place])
        one, other = code >> 32, code & 0xFFFFFFFF
        if met[one] < NEIGHBOURS or met[other] < NEIGHBOURS:
            for number in (one, other):
                if met[number] < 3:
                    best[number] += likeness[place]
                met[number] += 1
            kept.append(place)
    usual = np.asarray(best) / np.clip(np.asarray(met), 1, 3)
    order = np.sort(np.asarray(kept))
    pairs, values = codes[order], np.empty((len(order), 3))
    values[:, 0] = likeness[order]
    for row, (code, similarity) in enumerate(zip(pairs.tolist(), values[:, 0].tolist(), strict=True)):
        between = math.sqrt(usual[code >> 32] * usual[code & 0xFFFFFFFF])
        values[row, 1] = round(similarity / between, 4)
    values[:, 2] = _share_story(pairs, values[:, 1], count)
    return Near(pairs, values)


def _share_story(
    pairs: npt.NDArray[np.uint64], contrasts: npt.NDArray[np.float64], count: int
) -> npt.NDArray[np.bool_]:
    """Whether the articles of each pair are of one story, by average link over all pairs."""
    ones, others = pairs >> np.uint64(32), pairs & np.uint64(0xFFFFFFFF)
    scores = Scores()
    scores.codes.frombytes(pairs.tobytes())
    scores.values.frombytes((contrasts - ONE_STORY).tobytes())
    stories = gather(scores, count, unlike=-ONE_STORY)
    return np.asarray(stories[ones.astype(np.int64)] == stories[others.astype(np.int64)])


def _sharing(postings: Postings, count: int, scratch: Path | None) -> Iterator[tuple[int, Numbers]]:
    """Each article with those that share two of its heaviest words and come later, in order."""
    pairs = Pairs(count, scratch)
    for keys, holders in postings.sorted_keys():
        for step in range(1, WIDEST + 1):
            alike = keys[:-step] == keys[step:] if step < len(keys) else np.zeros(0, bool)
            if not alike.any():
                break
            pairs.add(holders[:-step][alike], holders[step:][alike])
    for rows in pairs.proposed(2):
        cuts = np.flatnonzero(np.diff(rows[:, 0])) + 1
        yield from ((int(part[0, 0]), part[:, 1]) for part in np.split(rows, cuts))
