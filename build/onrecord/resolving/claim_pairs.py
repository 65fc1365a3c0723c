"""Which claims are compared, and how they relate.

Claims are compared where they share rare words, a run of quoted words, or all words; claims of articles on
one story also where the shorter has a share of its words in the longer, or both count the same. One pass over
the articles puts by what each claim says, on disk; what is compared is read from there. Memory holds numbers:
of claims and of what they are looked up by.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import groupby
from pathlib import Path
from zlib import crc32

import msgspec
import numpy as np
import numpy.typing as npt

from onrecord.gather import find_runs
from onrecord.kept import Memory, hash_of
from onrecord.model import Annotated, Article
from onrecord.resolving.blocking import Postings
from onrecord.resolving.comparing import compare
from onrecord.resolving.propositions import Proposition, Propositions
from onrecord.resolving.stories import STORY, Stories, weigh
from onrecord.resolving.wordings import fold
from onrecord.spool import Numbers, RawFile, Spool
from onrecord.spool import hash_of as number_in
from onrecord.world import ClaimRelation, Relation

RUN = 4
"""Quoted words in a row that two quotations must share to be compared."""
RARE = 0.25
MOST = 6
"""Two claims that share 0.7 of their words share two of the rarest quarter of them and two more; ``MOST``
bounds the rare words of long claims."""
HELD = 1 << 19
"""Words of claims that are sorted in memory at a time, about; it bounds memory, not results."""

SHARED = 0.3
"""Least share of the weight of the shorter of two claims of one story that the longer one has too."""
NAMED = 5.0
"""What a name that both have weighs beside words, of which the rarest weigh 7."""
HEAVY = 64
"""Articles whose claims are held in memory at a time; it bounds memory, not results."""

Places = npt.NDArray[np.int64]

__all__ = ["Noted", "Related", "find_newer", "pair_rare_words"]


@dataclass(frozen=True, slots=True)
class Related:
    """How two claims relate, and whether they are one claim."""

    row: ClaimRelation
    joins: bool


@dataclass(frozen=True, slots=True)
class _Edition:
    """What tells whether one article is another version of a second one."""

    source_id: str
    publisher: str | None
    address: str | None
    headline: str | None
    published: str | None


class _Words:
    """The words of claims as hashes, put by on disk until it is known how rare each is."""

    def __init__(self, folder: Path | None) -> None:
        self._file = RawFile(folder)
        self._ends = [0]
        self._words, self._holders = list[Numbers](), list[Numbers]()
        self._waiting = 0
        self._values, self._counts = np.empty(0, np.uint64), np.empty(0, np.int64)

    def add(self, words: Numbers, holders: Numbers) -> None:
        """Take words of claims, each with its claim; claims come in order of their numbers."""
        self._words.append(words)
        self._holders.append(holders)
        self._waiting += len(words)
        if self._waiting >= HELD:
            self._spill()

    def _spill(self) -> None:
        if not self._words:
            return
        value = np.concatenate(self._words)
        found, counts = np.unique(value, return_counts=True)
        both = np.concatenate((self._values, found))
        self._values, inverse = np.unique(both, return_inverse=True)
        weights = np.concatenate((self._counts, counts))
        self._counts = np.bincount(inverse, weights, len(self._values)).astype(np.int64)
        self._file.add(value.tobytes())
        self._file.add(np.concatenate(self._holders).tobytes())
        self._ends.append(len(self._file))
        self._words, self._holders, self._waiting = [], [], 0

    def rare_pairs(self) -> Iterator[tuple[Numbers, Numbers]]:
        """Keys for every two of the rarest words of each claim, and the claims they are keys of."""
        self._spill()
        for start, end in zip(self._ends, self._ends[1:], strict=False):
            value, holder = np.frombuffer(self._file.read(start, end), np.uint64).reshape(2, -1)
            yield from pair_rare_words(value, holder, self._counts[np.searchsorted(self._values, value)])


def pair_rare_words(
    words: Numbers, holders: Numbers, counts: npt.NDArray[np.int64]
) -> Iterator[tuple[Numbers, Numbers]]:
    """Keys for every two of the rarest words of each claim, and the claims they are keys of; ``words`` are
    hashes, ``counts`` tells of each how many claims have it.

    >>> words, holders = np.array([1, 2, 2, 3], np.uint64), np.array([0, 0, 1, 1], np.uint64)
    >>> [(len(keys), held.tolist()) for keys, held in pair_rare_words(words, holders, np.array([1, 2, 2, 1]))]
    [(2, [0, 1])]
    """
    if not len(words):
        return
    order = np.lexsort((words, counts, holders))
    words, holders = words[order], holders[order]
    starts = np.flatnonzero(np.concatenate(([True], holders[1:] != holders[:-1])))
    sizes = np.diff(np.append(starts, len(holders)))
    rank = np.arange(len(holders)) - np.repeat(starts, sizes)
    kept = rank < np.repeat(np.minimum(np.ceil(sizes * RARE).astype(int) + 2, MOST), sizes)
    words, holders = words[kept], holders[kept]
    for step in range(1, MOST):
        together = holders[step:] == holders[:-step]
        if not together.any():
            break
        low = np.minimum(words[step:], words[:-step])[together]
        high = np.maximum(words[step:], words[:-step])[together]
        yield low << np.uint64(32) | high, holders[step:][together]


def _likeness(found: Related) -> tuple[float, str, str]:
    return found.row.score or 0.0, found.row.claim_id, found.row.other_claim_id


class _Side:
    """The claims of one article, and which of them hold a word, a run of quoted words or a count."""

    def __init__(self, claims: Sequence[Proposition]) -> None:
        self.claims = claims
        self.weights = [sum(map(_weigh, claim.tokens)) for claim in claims]
        self._holders: dict[str, list[int]] = defaultdict(list)
        self._sure: dict[object, list[int]] = defaultdict(list)
        for place, claim in enumerate(claims):
            for token in claim.tokens:
                self._holders[token].append(place)
            for key in _sure_keys(claim):
                self._sure[key].append(place)

    def meet(self, other: "_Side") -> Iterator[tuple[int, int]]:
        """The claims of this article and of another that are worth comparing, by their places, in order."""
        for place, claim in enumerate(self.claims):
            shared: dict[int, float] = defaultdict(float)
            for token in claim.tokens:
                for match in other._holders.get(token, ()):
                    shared[match] += _weigh(token)
            met = {
                match
                for match, weight in shared.items()
                if weight >= SHARED * min(self.weights[place], other.weights[match])
            }
            met.update(match for key in _sure_keys(claim) for match in other._sure.get(key, ()))
            yield from ((place, match) for match in sorted(met))


@lru_cache(maxsize=50_000)
def _weigh(token: str) -> float:
    return NAMED if token.startswith("ent-") else weigh(token)


def _sure_keys(claim: Proposition) -> set[object]:
    """What two claims need but one of to be compared."""
    runs = {said[start : start + RUN] for said in claim.quotations for start in range(len(said) - RUN + 1)}
    return {claim.words, *runs, *((figure.measure, figure.unit) for figure in claim.figures)}


@dataclass(frozen=True, slots=True)
class _Taken:
    """The claims of an article, encoded, and of each what it is looked up by: hashes of its words and of runs
    of its words, eight bytes each, and how many each claim has; with the numbers in the claims' ids, and what
    tells the article's edition."""

    claims: tuple[bytes, ...]
    numbers: bytes
    words: bytes
    word_counts: bytes
    passages: bytes
    passage_counts: bytes
    edition: bytes


_ENCODER = msgspec.msgpack.Encoder(order="deterministic")
_DECODER = msgspec.msgpack.Decoder(_Taken)


def _take_down(annotated: Annotated, entity_ids: Sequence[str]) -> bytes:
    """What the claims of one article say, encoded for ``Noted``."""
    claims: list[bytes] = []
    numbers = array("Q")
    words, word_counts, passages, passage_counts = array("Q"), array("Q"), array("Q"), array("Q")
    for proposition in Propositions(annotated, entity_ids):
        tokens = {crc32(token.encode()) for token in (*proposition.stems, *proposition.names)}
        runs = {
            _hash(quotation[start : start + RUN])
            for quotation in proposition.quotations
            for start in range(len(quotation) - RUN + 1)
        }
        runs.add(_hash(proposition.words))
        words.extend(sorted(tokens))
        word_counts.append(len(tokens))
        passages.extend(sorted(runs))
        passage_counts.append(len(runs))
        claims.append(_ENCODER.encode(proposition))
        numbers.append(number_in(proposition.claim_id))
    taken = _Taken(
        tuple(claims),
        numbers.tobytes(),
        words.tobytes(),
        word_counts.tobytes(),
        passages.tobytes(),
        passage_counts.tobytes(),
        _ENCODER.encode(_find_edition(annotated.article)),
    )
    return _ENCODER.encode(taken)


@dataclass(frozen=True, slots=True)
class _Compared:
    """What came of comparing claims: how they relate, and of which two articles' claims that was asked, as
    ``_ASKED``."""

    related: tuple[Related, ...]
    asked: bytes


_ASKED = np.dtype([("claim", "<u4"), ("beside", "<u4"), ("other", "<u4")])
"""A claim of an article, the place of another article beside it, and a claim of that."""
_COMPARED = msgspec.msgpack.Decoder(_Compared)


class Noted:
    """What all claims say, on disk, and what they are looked up by."""

    def __init__(self, scratch: Path | None, memory: Memory) -> None:
        self._scratch = scratch
        self._memory = memory
        self._propositions = Spool(Proposition, scratch)
        self._editions = Spool(_Edition, scratch)
        self.ends = array("Q", [0])
        self._marks: list[bytes] = []
        self._numbers = array("Q")
        self._words = _Words(scratch)
        self._passages = Postings(scratch)
        self._sides: dict[int, _Side] = {}
        self._compared: list[Numbers] = []

    def add(self, annotated: Annotated, entity_ids: Sequence[str]) -> None:
        """Take the claims of an article."""
        make = partial(_take_down, annotated, entity_ids)
        more = "\n".join(entity_ids).encode()
        taken = self._memory.of_article(len(self._marks), "claims told", make, more)
        found = _DECODER.decode(taken)
        numbers = np.arange(len(self._propositions), len(self._propositions) + len(found.claims))
        for claim in found.claims:
            self._propositions.add_encoded(claim)
        self._numbers.frombytes(found.numbers)
        self._editions.add_encoded(found.edition)
        self.ends.append(len(self._propositions))
        self._marks.append(hash_of(taken))
        words, passages = np.frombuffer(found.words, np.uint64), np.frombuffer(found.passages, np.uint64)
        self._words.add(words, _hold(numbers, found.word_counts))
        self._passages.add(passages, _hold(numbers, found.passage_counts))

    def find_numbers(self) -> Numbers:
        """The numbers in the ids of all claims, in order."""
        return np.array(self._numbers)

    def find_compared(self) -> npt.NDArray[np.bool_]:
        """For each claim, in order, whether it was compared with one of another article."""
        found = np.zeros(len(self._propositions), bool)
        for claims in self._compared:
            found[claims.astype(np.int64)] = True
        return found

    def relations(self, stories: Stories) -> Iterator[Related]:
        """Compare the claims of articles on one story that have something in common, and all that share
        keys. What an article and those beside it bring is found out anew only where one has changed."""
        near = (pair for pair in stories.pairs() if pair[2].cosine >= STORY)
        for here, group in groupby(near, key=lambda pair: pair[0]):
            beside = [there for _, there, _ in group]
            parts = (self._marks[number] for number in (here, *beside))
            make = partial(self._compare_articles, here, beside)
            yield from self._take(self._memory.recall("claims of near articles", parts, make), here, beside)
        for keys, holders in self._words.rare_pairs():
            self._passages.add(keys, holders)
        ends, apart = np.asarray(self.ends), stories.tell_apart()
        for rows in self._passages.pairs():
            claims = rows.astype(np.int64)
            articles = np.searchsorted(ends, claims, side="right") - 1
            open_pairs = apart(articles[:, 0], articles[:, 1])
            claims, articles = claims[open_pairs], articles[open_pairs]
            for places in find_runs(articles[:, 0]):
                yield from self._meet(claims[places], articles[places])

    def _meet(self, claims: Places, articles: Places) -> Iterator[Related]:
        """How claims of one article, in the first column, relate to those beside them in the second."""
        here = int(articles[0, 0])
        beside, which = np.unique(articles[:, 1], return_inverse=True)
        asked = np.empty(len(claims), _ASKED)
        ends = np.asarray(self.ends)
        asked["claim"] = claims[:, 0] - ends[here].astype(np.int64)
        asked["beside"] = which
        asked["other"] = claims[:, 1] - ends[beside[which]].astype(np.int64)
        numbers = beside.tolist()
        parts = (*(self._marks[number] for number in (here, *numbers)), asked.tobytes())
        make = partial(self._compare_claims, here, numbers, asked)
        yield from self._take(self._memory.recall("claims in common words", parts, make), here, numbers)

    def _take(self, compared: bytes, here: int, beside: Sequence[int]) -> Iterator[Related]:
        """Note which claims were compared, and pass on how they relate."""
        found = _COMPARED.decode(compared)
        asked = np.frombuffer(found.asked, _ASKED)
        others = np.array(beside)[asked["beside"]]
        apart = others != here
        ends = np.asarray(self.ends)
        self._compared.append(np.unique(ends[here] + asked["claim"][apart]))
        self._compared.append(np.unique(ends[others[apart]] + asked["other"][apart]))
        yield from found.related

    def _compare_claims(self, here: int, beside: Sequence[int], asked: npt.NDArray[np.void]) -> bytes:
        related: list[Related] = []
        for claim, number, other in asked.tolist():
            there = beside[number]
            one, two = self.ends[here] + claim, self.ends[there] + other
            related += self._judge(here, self._propositions[one], there, self._propositions[two], False)
        return _ENCODER.encode(_Compared(tuple(related), asked.tobytes()))

    def _compare_articles(self, here: int, beside: Sequence[int]) -> bytes:
        """How the claims of an article relate to those of articles beside it; of those that spell a name
        otherwise the likest of each article."""
        related: list[Related] = []
        asked: list[tuple[int, int, int]] = []
        for number, there in enumerate(beside):
            one, other = self._side(here), self._side(there)
            spelled: dict[str, Related] = {}
            for place, match in one.meet(other):
                asked.append((place, number, match))
                for found in self._judge(here, one.claims[place], there, other.claims[match], True):
                    if found.row.basis.startswith("names: "):
                        names = "/".join(sorted(found.row.basis[7:].split(" / ")))
                        spelled[names] = max(spelled.get(names, found), found, key=_likeness)
                    else:
                        related.append(found)
            related += spelled.values()
        return _ENCODER.encode(_Compared(tuple(related), np.array(asked, _ASKED).tobytes()))

    def _side(self, article: int) -> "_Side":
        if article not in self._sides:
            if len(self._sides) >= HEAVY:
                del self._sides[next(iter(self._sides))]
            first, last = self.ends[article], self.ends[article + 1]
            self._sides[article] = _Side(tuple(self._propositions.between(first, last)))
        return self._sides[article]

    def _judge(
        self, here: int, one: Proposition, there: int, other: Proposition, story: bool
    ) -> Iterator[Related]:
        """How two claims relate; ``here`` and ``there`` are the numbers of their articles."""
        if other.claim_id < one.claim_id:
            here, one, there, other = there, other, here, one
        verdict = compare(one, other, story)
        if verdict is None:
            return
        relation: Relation = verdict.relation
        turned = verdict.turned
        if relation == "conflict":
            editions = self._editions[here], self._editions[there]
            newer = find_newer(*editions)
            if newer is not None:
                relation = "revision"
                turned = newer != editions[0]
                if turned:
                    verdict = compare(other, one, story) or verdict
        ids = (other.claim_id, one.claim_id) if turned else (one.claim_id, other.claim_id)
        yield Related(ClaimRelation(*ids, relation, verdict.basis, verdict.score), verdict.joins)


def _hold(numbers: Places, counts: bytes) -> Numbers:
    """Each number as often as its count says."""
    return np.repeat(numbers.astype(np.uint64), np.frombuffer(counts, np.uint64).astype(np.int64))


def _hash(words: Sequence[str]) -> int:
    text = " ".join(words).encode("utf-8", "surrogatepass")
    return crc32(text) << 32 | crc32(text, 0x5EED)


def _find_edition(article: Article) -> _Edition:
    headline = " ".join(fold(article.title)) if article.title else None
    return _Edition(article.source_id, article.publisher, article.url, headline or None, article.published)


def find_newer(one: _Edition, other: _Edition) -> _Edition | None:
    """The later of two versions of one article: one publisher, one address or headline, two dates of
    publication of which one comes after the other; null for two articles, or where nothing tells which is
    later."""
    if one.publisher is None or one.publisher != other.publisher or one.source_id == other.source_id:
        return None
    same_address = one.address is not None and one.address == other.address
    if not same_address and (one.headline is None or one.headline != other.headline):
        return None
    if not (one.published and other.published):
        return None
    early, late = sorted((one, other), key=lambda edition: edition.published or "")
    return None if (late.published or "").startswith(early.published or "") else late
