"""The same proposition in several articles is one group; what differs is shown, never merged.

Claims are compared only where they share rare words, a run of quoted words, or all words; two passes over the
articles find first what to compare and then how it compares, so that only claims with a counterpart are held
in memory.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias
from zlib import crc32

import numpy as np
import numpy.typing as npt

from onrecord.claims.outlets import make_origin_id
from onrecord.model import Annotated, Article, ClaimGroup, ClaimRelation, Relation, make_id
from onrecord.resolving.blocking import pair_up
from onrecord.resolving.clusters import Clusters
from onrecord.resolving.propositions import LONG, Proposition, Propositions, compare
from onrecord.resolving.wordings import fold

Numbers = npt.NDArray[np.uint64]

RUN = 4
"""Quoted words in a row that two quotations must share to be compared."""
RARE = 0.25
MOST = 6
"""Two claims that share 0.7 of their words share two of the rarest quarter of them and two more; ``MOST``
bounds the rare words of long claims."""

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


_Known: TypeAlias = tuple[Proposition, _Edition]
_Group: TypeAlias = tuple[ClaimGroup, str]


@dataclass(slots=True)
class _Keys:
    """What claims are looked up by, as hashes: the words of each claim, and whole passages."""

    words: "array[int]"
    word_holders: "array[int]"
    passages: "array[int]"
    passage_holders: "array[int]"

    def add(self, number: int, proposition: Proposition) -> None:
        stems = sorted({crc32(token.encode()) for token in {*proposition.stems, *proposition.names}})
        self.words.extend(stems)
        self.word_holders.extend([number] * len(stems))
        passages = {
            _hash(quotation[start : start + RUN])
            for quotation in proposition.quotations
            for start in range(len(quotation) - RUN + 1)
        }
        passages.add(_hash(proposition.words))
        self.passages.extend(sorted(passages))
        self.passage_holders.extend([number] * len(passages))

    def pairs(self) -> Numbers:
        keys, holders = pair_rare_words(self.words, self.word_holders)
        keys.extend(self.passages)
        holders.extend(self.passage_holders)
        return pair_up(keys, holders)


def _hash(words: Sequence[str]) -> int:
    text = " ".join(words).encode("utf-8", "surrogatepass")
    return crc32(text) << 32 | crc32(text, 0x5EED)


def pair_rare_words(words: "array[int]", holders: "array[int]") -> tuple["array[int]", "array[int]"]:
    """Keys for every two of the rarest words of each claim: hashes of words by claim in, keys by claim out.

    >>> keys, claims = pair_rare_words(array("Q", [1, 2, 2, 3]), array("Q", [0, 0, 1, 1]))
    >>> len(keys), list(claims)
    (2, [0, 1])
    """
    if not words:
        return array("Q"), array("Q")
    value, holder = np.frombuffer(words, np.uint64), np.frombuffer(holders, np.uint64)
    _, inverse, counts = np.unique(value, return_inverse=True, return_counts=True)
    order = np.lexsort((value, counts[inverse], holder))
    value, holder = value[order], holder[order]
    starts = np.flatnonzero(np.concatenate(([True], holder[1:] != holder[:-1])))
    sizes = np.diff(np.append(starts, len(holder)))
    rank = np.arange(len(holder)) - np.repeat(starts, sizes)
    kept = rank < np.repeat(np.minimum(np.ceil(sizes * RARE).astype(int) + 2, MOST), sizes)
    value, holder = value[kept], holder[kept]
    keys, owners = array("Q"), array("Q")
    for step in range(1, MOST):
        together = holder[step:] == holder[:-step]
        low = np.minimum(value[step:], value[:-step])[together]
        high = np.maximum(value[step:], value[:-step])[together]
        keys.frombytes((low << np.uint64(32) | high).tobytes())
        owners.frombytes(holder[step:][together].tobytes())
    return keys, owners


def group_claims(
    articles: Iterable[Annotated],
    entity_ids: Sequence[tuple[str, ...]],
    origin_ids: Sequence[tuple[str | None, ...]],
    copies: Mapping[str, str] | None = None,
    reviewed: Sequence[ClaimRelation] = (),
    refused: Collection[tuple[str, str, str]] = (),
) -> tuple[list[tuple[str, ...]], tuple[ClaimGroup, ...], tuple[ClaimRelation, ...]]:
    """Group ids by claim for each article in turn, the rows of ``claim_groups``, and the relations.

    Claims that say the same and wordings of one quotation are one group; claims in conflict never are,
    whatever stands between them. ``copies`` names the near-copies of articles: they count as one where it is
    unknown what they rest on. A group's id and text are those of its first published claim, so that a later
    article changes neither. ``reviewed`` relations are added to those found and go before them in making
    groups: what a reviewer calls the same is one group even where it is at odds in a point. ``refused`` ones
    (both ids and the relation) are left out.
    """
    keys = _Keys(array("Q"), array("Q"), array("Q"), array("Q"))
    number = 0
    for annotated, ids in zip(articles, entity_ids, strict=True):
        for proposition in Propositions(annotated, ids):
            keys.add(number, proposition)
            number += 1
    proposed = _relate(articles, entity_ids, keys.pairs())
    found = {(row.claim_id, row.other_claim_id, row.relation): row for row in (*proposed, *reviewed)}
    relations = [found[key] for key in sorted(found) if key not in refused]
    placed, groups = _tabulate(articles, origin_ids, copies or {}, relations, _join(relations, reviewed))
    return placed, groups, tuple(relations)


def _relate(
    articles: Iterable[Annotated], entity_ids: Sequence[tuple[str, ...]], pairs: Numbers
) -> list[ClaimRelation]:
    """Compare the proposed pairs, two claims at a time."""
    pairs = pairs[np.lexsort((pairs[:, 0], pairs[:, 1]))]
    later = pairs[:, 1]
    wanted = np.unique(pairs)
    last = np.zeros(len(wanted), np.uint64)
    for side in (0, 1):
        np.maximum.at(last, np.searchsorted(wanted, pairs[:, side]), later)
    held: dict[int, _Known] = {}
    expiring: dict[int, list[int]] = defaultdict(list)
    relations: list[ClaimRelation] = []
    first = place = 0
    for annotated, ids in zip(articles, entity_ids, strict=True):
        end = first + len(annotated.claims)
        low, high = np.searchsorted(wanted, [first, end])
        if low < high:
            maker, edition = Propositions(annotated, ids), _find_edition(annotated.article)
            for here in range(int(low), int(high)):
                number = int(wanted[here])
                held[number] = maker.make(number - first), edition
                expiring[int(last[here])].append(number)
                while place < len(pairs) and later[place] == number:
                    relations += _judge(held[int(pairs[place, 0])], held[number])
                    place += 1
                for done in expiring.pop(number, ()):
                    del held[done]
        first = end
    return relations


def _judge(one: _Known, other: _Known) -> Iterator[ClaimRelation]:
    first, second = sorted((one, other), key=lambda known: known[0].claim_id)
    verdict = compare(first[0], second[0])
    if verdict is None:
        return
    relation: Relation = verdict.relation
    if relation == "conflict" and (newer := find_newer(first[1], second[1])) is not None:
        relation = "revision"
        if newer != first[1]:
            first, second = second, first
            verdict = compare(first[0], second[0]) or verdict
    yield ClaimRelation(first[0].claim_id, second[0].claim_id, relation, verdict.basis, verdict.score)


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


def _join(relations: Sequence[ClaimRelation], reviewed: Collection[ClaimRelation]) -> Clusters[str]:
    """Claims that say the same, the reviewed and surest pairs first; no two at odds come into one group
    unless a reviewer joins them."""

    def order(row: ClaimRelation) -> tuple[bool, float, str, str]:
        return row not in reviewed, -(row.score or 0), row.claim_id, row.other_claim_id

    against: dict[str, set[str]] = defaultdict(set)
    for row in relations:
        if row.relation in ("conflict", "revision"):
            against[row.claim_id].add(row.other_claim_id)
            against[row.other_claim_id].add(row.claim_id)
    clusters = Clusters[str]()
    members: dict[str, list[str]] = {}
    for row in sorted(relations, key=order):
        if row.relation not in ("same", "quote_variant"):
            continue
        one, other = clusters.root(row.claim_id), clusters.root(row.other_claim_id)
        here, there = members.pop(one, [one]), members.pop(other, [other])
        if one == other:
            members[one] = here
            continue
        foes = set().union(*(against[claim_id] for claim_id in here if claim_id in against))
        if foes.isdisjoint(there) or row in reviewed:
            clusters.join(one, other)
            members[one] = here + there
        else:
            members[one], members[other] = here, there
    return clusters


def _tabulate(
    articles: Iterable[Annotated],
    origin_ids: Sequence[tuple[str | None, ...]],
    copies: Mapping[str, str],
    relations: Sequence[ClaimRelation],
    clusters: Clusters[str],
) -> tuple[list[tuple[str, ...]], tuple[ClaimGroup, ...]]:
    related = {claim_id for row in relations for claim_id in (row.claim_id, row.other_claim_id)}
    at_odds = {
        claim_id
        for row in relations
        if row.relation == "conflict"
        for claim_id in (row.claim_id, row.other_claim_id)
    }
    held: dict[str, _Member] = {}
    order: list[list[str | int]] = []
    groups: list[_Group] = []
    for annotated, origins in zip(articles, origin_ids, strict=True):
        order.append([])
        for index, origin_id in enumerate(origins):
            member = _find_member(annotated, index, origin_id)
            if member.claim_id in related:
                held[member.claim_id] = member
                order[-1].append(member.claim_id)
            else:
                order[-1].append(len(groups))
                groups.append(_make_group([member], False, copies))
    places: dict[str, int] = {}
    for together in clusters.sets(held).values():
        places.update(dict.fromkeys(together, len(groups)))
        members = [held[claim_id] for claim_id in together]
        groups.append(_make_group(members, not at_odds.isdisjoint(together), copies))
    rows = _tell_apart(groups)
    placed = [
        tuple(rows[places[one] if isinstance(one, str) else one].group_id for one in row) for row in order
    ]
    return placed, tuple(sorted(rows, key=lambda group: group.group_id))


def _tell_apart(groups: Sequence[_Group]) -> list[ClaimGroup]:
    """The groups, those that share an id renamed by one of their claims: two may have the same words and yet
    be of two happenings."""
    times = Counter(row.group_id for row, _ in groups)
    return [
        replace(row, group_id=make_id("grp", claim_id)) if times[row.group_id] > 1 else row
        for row, claim_id in groups
    ]


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
    return row, min(member.claim_id for member in members)


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
