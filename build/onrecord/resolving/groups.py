"""The same proposition in several articles is one group; what differs is shown, never merged.

Claims are compared only where they share rare words, a run of quoted words, or all words. One pass over the
articles puts by what each claim says, on disk; what is compared is read from there. Memory holds numbers: of
claims, of what they are looked up by, and of their groups.
"""

from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from zlib import crc32

import numpy as np
import numpy.typing as npt

from onrecord.claims.outlets import make_origin_id
from onrecord.clusters import Clusters
from onrecord.gather import find_parts
from onrecord.model import Annotated, Article, make_id
from onrecord.resolving.blocking import Postings
from onrecord.resolving.propositions import LONG, Proposition, Propositions, compare
from onrecord.resolving.wordings import fold
from onrecord.spool import HashIds, Numbers, RawFile, Spool, hash_of
from onrecord.world import ClaimGroup, ClaimRelation, Relation

RUN = 4
"""Quoted words in a row that two quotations must share to be compared."""
RARE = 0.25
MOST = 6
"""Two claims that share 0.7 of their words share two of the rarest quarter of them and two more; ``MOST``
bounds the rare words of long claims."""
HELD = 1 << 19
"""Words of claims that are sorted in memory at a time, about; it bounds memory, not results."""

__all__ = ["group_claims"]


@dataclass(frozen=True, slots=True)
class _Edition:
    """What tells whether one article is another version of a second one."""

    source_id: str
    publisher: str | None
    address: str | None
    headline: str | None
    published: str | None


@dataclass(frozen=True, slots=True)
class _Member:
    """A claim as its group counts it."""

    claim_id: str
    key: str
    source_id: str
    text: str
    publisher: str | None
    published: str | None
    origin_id: str | None


@dataclass(frozen=True, slots=True)
class _Group:
    """A group's row, and the first of its claims by id."""

    row: ClaimGroup
    claim_id: str


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


class _Noted:
    """What all claims say, on disk, and what they are looked up by."""

    def __init__(self, scratch: Path | None) -> None:
        self._scratch = scratch
        self._propositions = Spool(Proposition, scratch)
        self._editions = Spool(_Edition, scratch)
        self._ends = array("Q")
        self._words = _Words(scratch)
        self._passages = Postings(scratch)
        self._keys, self._holders = array("Q"), array("Q")

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
        self._editions.add(_find_edition(annotated.article))
        self._ends.append(len(self._propositions))
        if len(self._keys) >= HELD:
            self._post()

    def _post(self) -> None:
        self._passages.add(np.asarray(self._keys), np.asarray(self._holders))
        self._keys, self._holders = array("Q"), array("Q")

    def relations(self) -> Iterator[ClaimRelation]:
        """Compare the claims that share keys, two at a time."""
        self._post()
        for keys, holders in self._words.rare_pairs():
            self._passages.add(keys, holders)
        for rows in self._passages.pairs():
            held = -1
            for later, earlier in rows.tolist():
                if later != held:
                    held, proposition = later, self._propositions[later]
                yield from self._judge(earlier, self._propositions[earlier], later, proposition)

    def _judge(self, here: int, one: Proposition, there: int, other: Proposition) -> Iterator[ClaimRelation]:
        if other.claim_id < one.claim_id:
            here, one, there, other = there, other, here, one
        verdict = compare(one, other)
        if verdict is None:
            return
        relation: Relation = verdict.relation
        if relation == "conflict":
            editions = self._edition_of(here), self._edition_of(there)
            newer = find_newer(*editions)
            if newer is not None:
                relation = "revision"
                if newer != editions[0]:
                    one, other = other, one
                    verdict = compare(one, other) or verdict
        yield ClaimRelation(one.claim_id, other.claim_id, relation, verdict.basis, verdict.score)

    def _edition_of(self, number: int) -> _Edition:
        return self._editions[bisect_right(self._ends, number)]


def _hash(words: Sequence[str]) -> int:
    text = " ".join(words).encode("utf-8", "surrogatepass")
    return crc32(text) << 32 | crc32(text, 0x5EED)


def group_claims(
    articles: Iterable[Annotated],
    entity_ids: Iterable[tuple[str, ...]],
    origin_ids: Iterable[tuple[str | None, ...]],
    copies: Mapping[str, str] | None = None,
    reviewed: Sequence[ClaimRelation] = (),
    refused: Collection[tuple[str, str, str]] = (),
    scratch: Path | None = None,
) -> tuple[Sequence[tuple[str, ...]], Iterable[ClaimGroup], Iterable[ClaimRelation]]:
    """Group ids by claim for each article in turn, the rows of ``claim_groups``, and the relations.

    Claims that say the same and wordings of one quotation are one group; claims in conflict never are,
    whatever stands between them. ``copies`` names the near-copies of articles: they count as one where it is
    unknown what they rest on. A group's id and text are those of its first published claim, so that a later
    article changes neither. ``reviewed`` relations are added to those found and go before them in making
    groups: what a reviewer calls the same is one group even where it is at odds in a point. ``refused`` ones
    (both ids and the relation) are left out. The rows lie on disk, in ``scratch``, and come in no order.
    """
    noted = _Noted(scratch)
    for annotated, ids in zip(articles, entity_ids, strict=True):
        noted.add(annotated, ids)
    relations = _Relations(scratch)
    told = {_name(row): row for row in reviewed}
    for name, row in told.items():
        if name not in refused:
            relations.add(row, reviewed=True)
    for row in noted.relations():
        if _name(row) not in refused and _name(row) not in told:
            relations.add(row, reviewed=False)
    placed, groups = _tabulate(articles, origin_ids, copies or {}, relations, scratch)
    return placed, groups, relations.rows


def _name(row: ClaimRelation) -> tuple[str, str, str]:
    return row.claim_id, row.other_claim_id, row.relation


class _Relations:
    """How claims relate: the rows on disk, and of each, as numbers, what groups are made by."""

    def __init__(self, scratch: Path | None) -> None:
        self.rows = Spool(ClaimRelation, scratch)
        self._one, self._other = array("Q"), array("Q")
        self._kinds, self._scores = array("b"), array("d")

    def add(self, row: ClaimRelation, reviewed: bool) -> None:
        self.rows.add(row)
        self._one.append(hash_of(row.claim_id))
        self._other.append(hash_of(row.other_claim_id))
        self._kinds.append(_KINDS.index(row.relation) + (_REVIEWED if reviewed else 0))
        self._scores.append(row.score or 0.0)

    def join(self) -> tuple[Numbers, "array[int]", frozenset[int]]:
        """The claims that are related, by the numbers in their ids, ascending; for each, the place of a claim
        that stands for all it is one with; and the places of those in conflict.

        The reviewed and surest pairs are joined first; no two at odds come into one group unless a reviewer
        joins them.
        """
        if not len(self.rows):
            return np.empty(0, np.uint64), array("I"), frozenset()
        one, other = np.asarray(self._one), np.asarray(self._other)
        related, places = np.unique(np.concatenate((one, other)), return_inverse=True)
        here, there = places[: len(one)], places[len(one) :]
        kinds, scores = np.asarray(self._kinds), np.asarray(self._scores)
        reviewed, kinds = kinds >= _REVIEWED, kinds % _REVIEWED
        against: dict[int, set[int]] = defaultdict(set)
        for row in np.flatnonzero(kinds >= _KINDS.index("conflict")).tolist():
            against[int(here[row])].add(int(there[row]))
            against[int(there[row])].add(int(here[row]))
        roots = array("I", range(len(related)))

        def root(place: int) -> int:
            while roots[place] != place:
                roots[place] = roots[roots[place]]
                place = roots[place]
            return place

        members: dict[int, list[int]] = {}
        order = np.lexsort((other, one, -scores, ~reviewed))
        for row in order[kinds[order] < _KINDS.index("conflict")].tolist():
            first, second = root(int(here[row])), root(int(there[row]))
            if first == second:
                continue
            left, right = members.get(first, [first]), members.get(second, [second])
            few, others = (left, second) if len(left) <= len(right) else (right, first)
            foes = chain.from_iterable(against[claim] for claim in few if claim in against)
            if reviewed[row] or all(root(foe) != others for foe in foes):
                if len(left) < len(right):
                    first, second, left, right = second, first, right, left
                roots[second] = first
                members[first] = left
                left += right
                members.pop(second, None)
        at_odds = np.unique(np.concatenate((here, there))[np.tile(kinds == _KINDS.index("conflict"), 2)])
        return related, array("I", map(root, range(len(related)))), frozenset(at_odds.tolist())


_KINDS: tuple[Relation, ...] = ("same", "quote_variant", "conflict", "revision")
_REVIEWED = len(_KINDS)


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


def _tabulate(
    articles: Iterable[Annotated],
    origin_ids: Iterable[tuple[str | None, ...]],
    copies: Mapping[str, str],
    relations: _Relations,
    scratch: Path | None,
) -> tuple[Sequence[tuple[str, ...]], Iterable[ClaimGroup]]:
    related, roots, at_odds = relations.join()
    members = Spool(_Member, scratch)
    lies = array("I", bytes(4 * len(related)))
    groups = Spool(_Group, scratch)
    ends, belongs = array("Q", [0]), array("q")
    for annotated, origins in zip(articles, origin_ids, strict=True):
        for index, origin_id in enumerate(origins):
            member = _find_member(annotated, index, origin_id)
            place = _find_place(related, hash_of(member.claim_id))
            if place is None:
                belongs.append(len(groups))
                groups.add(_make_group([member], False, copies))
            else:
                belongs.append(-1 - place)
                lies[place] = len(members)
                members.add(member)
        ends.append(len(belongs))
    group_of = np.empty(len(related), np.int64)
    for cluster in find_parts(np.asarray(roots, dtype=np.int64)):
        group_of[cluster] = len(groups)
        held = [members[lies[place]] for place in cluster.tolist()]
        groups.add(_make_group(held, not at_odds.isdisjoint(cluster.tolist()), copies))
    rows, hashes = _tell_apart(groups, scratch)
    numbers = np.asarray(belongs)
    grouped = numbers < 0
    numbers[grouped] = group_of[-1 - numbers[grouped]]
    return HashIds("grp", hashes[numbers], ends), rows


def _find_place(related: Numbers, value: int) -> int | None:
    place = int(np.searchsorted(related, np.uint64(value)))
    return place if place < len(related) and int(related[place]) == value else None


def _tell_apart(groups: Spool[_Group], scratch: Path | None) -> tuple[Spool[ClaimGroup], Numbers]:
    """The groups and the numbers in their ids; those that share an id are renamed by one of their claims: two
    may have the same words and yet be of two happenings."""
    hashes = np.fromiter((hash_of(group.row.group_id) for group in groups), np.uint64, len(groups))
    found, times = np.unique(hashes, return_counts=True)
    shared = frozenset(found[times > 1].tolist())
    rows = Spool(ClaimGroup, scratch)
    for number, group in enumerate(groups):
        row = group.row
        if int(hashes[number]) in shared:
            row = replace(row, group_id=make_id("grp", group.claim_id))
            hashes[number] = hash_of(row.group_id)
        rows.add(row)
    return rows, hashes


def _find_member(annotated: Annotated, index: int, origin_id: str | None) -> _Member:
    article = annotated.article
    text = annotated.claim_cover(index)[2]
    claim_id, words = annotated.claim_id(index), fold(text)
    key = make_id("grp", *words) if len(words) >= LONG else make_id("grp", claim_id)
    return _Member(claim_id, key, article.source_id, text, article.publisher, article.published, origin_id)


def _make_group(members: Sequence[_Member], in_conflict: bool, copies: Mapping[str, str]) -> _Group:
    first = min(members, key=lambda member: (member.published or "~", member.key, member.claim_id))
    published = [member.published for member in members if member.published]
    row = ClaimGroup(
        first.key,
        first.text,
        len(members),
        len({member.source_id for member in members}),
        len({member.publisher for member in members if member.publisher}),
        len({member.origin_id for member in members if member.origin_id}),
        count_unknown(members, copies),
        min(published) if published else None,
        in_conflict,
    )
    return _Group(row, min(member.claim_id for member in members))


def count_unknown(members: Sequence[_Member], copies: Mapping[str, str]) -> int:
    """How many origins of a group there may be beside the known ones: articles that do not show what they
    rest on, near-copies and articles of one publisher taken together, without publishers that are a known
    origin."""
    known = {member.origin_id for member in members if member.origin_id}
    open_articles = Clusters[tuple[str, str]]()
    sources = set()
    for member in members:
        if member.origin_id is not None:
            continue
        if member.publisher and make_origin_id(member.publisher) in known:
            continue
        source = ("source", member.source_id)
        sources.add(source)
        if member.source_id in copies:
            open_articles.join(source, ("copies", copies[member.source_id]))
        if member.publisher:
            open_articles.join(source, ("publisher", member.publisher))
    return len({open_articles.root(source) for source in sources})
