"""Which claims are compared, and how they relate.

Claims are compared where they share rare words, a run of quoted words, or all words; claims of articles on
one story also where the shorter has a share of its words in the longer, or both count the same. One pass over
the articles puts by what each claim says, on disk; what is compared is read from there. Memory holds numbers:
of claims and of what they are looked up by.
"""

from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from zlib import crc32

import numpy as np
import numpy.typing as npt

from onrecord.model import Annotated, Article
from onrecord.resolving.blocking import Postings
from onrecord.resolving.comparing import compare
from onrecord.resolving.propositions import Proposition, Propositions
from onrecord.resolving.stories import STORY, Stories, weigh
from onrecord.resolving.wordings import fold
from onrecord.spool import Numbers, RawFile, Spool
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
        self._words, self._holders = array("Q"), array("Q")
        self._values, self._counts = np.empty(0, np.uint64), np.empty(0, np.int64)

    def add(self, number: int, hashes: Collection[int]) -> None:
        """Take the words of a claim; claims come in order of their numbers."""
        self._words.extend(hashes)
        self._holders.extend([number] * len(hashes))
        if len(self._words) >= HELD:
            self._spill()

    def _spill(self) -> None:
        value = np.asarray(self._words)
        found, counts = np.unique(value, return_counts=True)
        both = np.concatenate((self._values, found))
        self._values, inverse = np.unique(both, return_inverse=True)
        weights = np.concatenate((self._counts, counts))
        self._counts = np.bincount(inverse, weights, len(self._values)).astype(np.int64)
        self._file.add(value.tobytes())
        self._file.add(self._holders.tobytes())
        self._ends.append(len(self._file))
        self._words, self._holders = array("Q"), array("Q")

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

    def __init__(self, first: int, claims: Sequence[Proposition]) -> None:
        self.first, self.claims = first, claims
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


class Noted:
    """What all claims say, on disk, and what they are looked up by."""

    def __init__(self, scratch: Path | None) -> None:
        self._scratch = scratch
        self._propositions = Spool(Proposition, scratch)
        self._editions = Spool(_Edition, scratch)
        self._ends = array("Q")
        self._words = _Words(scratch)
        self._passages = Postings(scratch)
        self._keys, self._holders = array("Q"), array("Q")
        self._sides: dict[int, _Side] = {}
        self.compared = bytearray()
        """For each claim, in order, whether it was compared with one of another article."""

    def add(self, annotated: Annotated, entity_ids: Sequence[str]) -> None:
        """Take the claims of an article."""
        for proposition in Propositions(annotated, entity_ids):
            number = len(self._propositions)
            tokens = {*proposition.stems, *proposition.names}
            self._words.add(number, {crc32(token.encode()) for token in tokens})
            passages = {
                _hash(quotation[start : start + RUN])
                for quotation in proposition.quotations
                for start in range(len(quotation) - RUN + 1)
            }
            passages.add(_hash(proposition.words))
            self._keys.extend(passages)
            self._holders.extend([number] * len(passages))
            self._propositions.add(proposition)
            self.compared.append(0)
        self._editions.add(_find_edition(annotated.article))
        self._ends.append(len(self._propositions))
        if len(self._keys) >= HELD:
            self._post()

    def _post(self) -> None:
        self._passages.add(np.asarray(self._keys), np.asarray(self._holders))
        self._keys, self._holders = array("Q"), array("Q")

    def relations(self, stories: Stories) -> Iterator[Related]:
        """Compare the claims of articles on one story that have something in common, and all that share
        keys."""
        self._post()
        numbers = {number: place for place, number in enumerate(stories.order)}
        for here, there, nearness in stories.pairs():
            if nearness.cosine >= STORY:
                yield from self._compare_articles(here, there)
        for keys, holders in self._words.rare_pairs():
            self._passages.add(keys, holders)
        for rows in self._passages.pairs():
            held = -1
            for later, earlier in rows.tolist():
                places = sorted(numbers[self._article_of(claim)] for claim in (later, earlier))
                if stories.tell_one(places[0], places[1]):
                    continue
                if later != held:
                    held, proposition = later, self._propositions[later]
                yield from self._judge(earlier, self._propositions[earlier], later, proposition, False)

    def _compare_articles(self, here: int, there: int) -> Iterator[Related]:
        """The relations of the claims of two articles; of those that spell a name otherwise the likest."""
        one, other = self._side(here), self._side(there)
        spelled: dict[str, Related] = {}
        for place, match in one.meet(other):
            claims = one.first + place, other.first + match
            for found in self._judge(claims[0], one.claims[place], claims[1], other.claims[match], True):
                if found.row.basis.startswith("names: "):
                    names = "/".join(sorted(found.row.basis[7:].split(" / ")))
                    spelled[names] = max(spelled.get(names, found), found, key=_likeness)
                else:
                    yield found
        yield from spelled.values()

    def _side(self, article: int) -> "_Side":
        if article not in self._sides:
            if len(self._sides) >= HEAVY:
                del self._sides[next(iter(self._sides))]
            first = self._ends[article - 1] if article else 0
            self._sides[article] = _Side(first, tuple(self._propositions.between(first, self._ends[article])))
        return self._sides[article]

    def _judge(
        self, here: int, one: Proposition, there: int, other: Proposition, story: bool
    ) -> Iterator[Related]:
        if other.claim_id < one.claim_id:
            here, one, there, other = there, other, here, one
        if one.source_id != other.source_id:
            self.compared[here] = self.compared[there] = 1
        verdict = compare(one, other, story)
        if verdict is None:
            return
        relation: Relation = verdict.relation
        turned = verdict.turned
        if relation == "conflict":
            editions = self._edition_of(here), self._edition_of(there)
            newer = find_newer(*editions)
            if newer is not None:
                relation = "revision"
                turned = newer != editions[0]
                if turned:
                    verdict = compare(other, one, story) or verdict
        ids = (other.claim_id, one.claim_id) if turned else (one.claim_id, other.claim_id)
        yield Related(ClaimRelation(*ids, relation, verdict.basis, verdict.score), verdict.joins)

    def _article_of(self, claim: int) -> int:
        return bisect_right(self._ends, claim)

    def _edition_of(self, number: int) -> _Edition:
        return self._editions[self._article_of(number)]


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
