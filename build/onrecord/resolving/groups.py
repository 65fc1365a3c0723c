"""The same proposition in several articles is one group; what differs is shown, never merged.

``claim_pairs`` tells which claims relate; here they are gathered, and what holds of a whole group is said.
Memory holds numbers: of claims and of their groups.
"""

from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path

import msgspec
import numpy as np

from onrecord.claims.outlets import make_origin_id
from onrecord.clusters import Clusters
from onrecord.gather import find_parts
from onrecord.kept import FORGETFUL, Memory
from onrecord.model import Annotated, make_id
from onrecord.resolving.claim_pairs import Noted
from onrecord.resolving.propositions import LONG
from onrecord.resolving.stories import Stories
from onrecord.resolving.wordings import fold
from onrecord.spool import HashIds, Numbers, Spool, hash_of
from onrecord.world import ClaimGroup, ClaimRelation, Relation

__all__ = ["group_claims"]


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


def group_claims(
    articles: Iterable[Annotated],
    entity_ids: Iterable[tuple[str, ...]],
    origin_ids: Iterable[tuple[str | None, ...]],
    stories: Stories,
    *,
    copies: Mapping[str, str] | None = None,
    reviewed: Sequence[ClaimRelation] = (),
    refused: Collection[tuple[str, str, str]] = (),
    scratch: Path | None = None,
    memory: Memory = FORGETFUL,
) -> tuple[Sequence[tuple[str, ...]], Iterable[ClaimGroup], Iterable[ClaimRelation]]:
    """Group ids by claim for each article in turn, the rows of ``claim_groups``, and the relations.

    Claims that say the same and wordings of one quotation are one group; claims in conflict never are,
    whatever stands between them. ``copies`` names the near-copies of articles: they count as one where it is
    unknown what they rest on. A group's id and text are those of its first published claim, so that a later
    article changes neither. ``reviewed`` relations are added to those found and go before them in making
    groups: what a reviewer calls the same is one group even where it is at odds in a point. ``refused`` ones
    (both ids and the relation) are left out. The rows lie on disk, in ``scratch``, and come in no order.
    """
    noted = Noted(scratch, memory)
    for annotated, ids in zip(articles, entity_ids, strict=True):
        noted.add(annotated, ids)
    relations = _Relations(scratch)
    told = {_name(row): row for row in reviewed}
    for name, row in told.items():
        if name not in refused:
            relations.add(row, joins=row.relation in _JOINING, reviewed=True)
    for found in noted.relations(stories):
        if _name(found.row) not in refused and _name(found.row) not in told:
            relations.add(found.row, joins=found.joins, reviewed=False)
    placed, groups = _tabulate(articles, origin_ids, copies or {}, relations, noted, scratch, memory)
    return placed, groups, relations.rows


def _name(row: ClaimRelation) -> tuple[str, str, str]:
    return row.claim_id, row.other_claim_id, row.relation


class _Relations:
    """How claims relate: the rows on disk, and of each, as numbers, what groups are made by."""

    def __init__(self, scratch: Path | None) -> None:
        self.rows = Spool(ClaimRelation, scratch)
        self._one, self._other = array("Q"), array("Q")
        self._kinds, self._scores, self._joins = array("b"), array("d"), array("b")

    def add(self, row: ClaimRelation, joins: bool, reviewed: bool) -> None:
        """Take a relation; ``joins`` tells that the two are one claim, ``reviewed`` that a person says so."""
        self.rows.add(row)
        self._one.append(hash_of(row.claim_id))
        self._other.append(hash_of(row.other_claim_id))
        self._kinds.append(_KINDS.index(row.relation) + (_REVIEWED if reviewed else 0))
        self._scores.append(row.score or 0.0)
        self._joins.append(joins)

    def join(self) -> tuple[Numbers, "array[int]", frozenset[int]]:
        """The claims that are related, by the numbers in their ids, ascending; for each, the place of a claim
        that stands for all it is one with; and the places of those at odds.

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
        for row in order[np.asarray(self._joins)[order] == 1].tolist():
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
        disputed = np.isin(kinds, [_KINDS.index(kind) for kind in _DISPUTES])
        at_odds = np.unique(np.concatenate((here, there))[np.tile(disputed, 2)])
        return related, array("I", map(root, range(len(related)))), frozenset(at_odds.tolist())


_KINDS: tuple[Relation, ...] = ("same", "quote_variant", "conflict", "revision", "denial", "corrects")
_JOINING: frozenset[Relation] = frozenset(["same", "quote_variant"])
_DISPUTES: tuple[Relation, ...] = ("conflict", "denial")
_REVIEWED = len(_KINDS)


@dataclass(frozen=True, slots=True)
class _Told:
    """The claims of an article as groups need them, encoded: those that are a group each, with the numbers in
    their ids as eight bytes each, and those that are in a group with others."""

    groups: tuple[bytes, ...]
    hashes: bytes
    members: tuple[bytes, ...]


_ALONE, _COMPARED, _RELATED = range(3)
"""How a claim stands: it was compared with none of another article, it was and is like none, it relates."""


def _tabulate(
    articles: Iterable[Annotated],
    origin_ids: Iterable[tuple[str | None, ...]],
    copies: Mapping[str, str],
    relations: _Relations,
    noted: Noted,
    scratch: Path | None,
    memory: Memory,
) -> tuple[Sequence[tuple[str, ...]], Iterable[ClaimGroup]]:
    related, roots, at_odds = relations.join()
    numbers, ends = noted.find_numbers(), noted.ends
    places = np.minimum(np.searchsorted(related, numbers), max(0, len(related) - 1))
    relates = related[places] == numbers if len(related) else np.zeros(len(numbers), bool)
    standing = np.where(relates, _RELATED, np.where(noted.find_compared(), _COMPARED, _ALONE))
    standing = standing.astype(np.uint8)
    members, groups = Spool(_Member, scratch), Spool(_Group, scratch)
    hashes = array("Q")
    for number, (annotated, origins) in enumerate(zip(articles, origin_ids, strict=True)):
        here = standing[ends[number] : ends[number + 1]].tobytes()
        make = partial(_tell_claims, annotated, origins, here)
        told = memory.of_article(number, "claims alone", make, here, repr(origins).encode())
        found = _DECODER.decode(told)
        for alone in found.groups:
            groups.add_encoded(alone)
        for member in found.members:
            members.add_encoded(member)
        hashes.frombytes(found.hashes)
    lies = np.empty(len(related), np.int64)
    lies[places[relates]] = np.arange(len(members))
    group_of = np.empty(len(related), np.int64)
    for cluster in find_parts(np.asarray(roots, dtype=np.int64)):
        group_of[cluster] = len(groups)
        held = [members[place] for place in lies[cluster].tolist()]
        group = _make_group(held, not at_odds.isdisjoint(cluster.tolist()), copies)
        groups.add(group)
        hashes.append(hash_of(group.row.group_id))
    belongs = np.empty(len(numbers), np.int64)
    belongs[~relates] = np.arange(np.count_nonzero(~relates))
    belongs[relates] = group_of[places[relates]]
    rows = _Groups(groups, np.array(hashes))
    return HashIds("grp", rows.hashes[belongs], ends), rows


def _tell_claims(annotated: Annotated, origins: Sequence[str | None], standing: bytes) -> bytes:
    groups, members = list[bytes](), list[bytes]()
    hashes = array("Q")
    for index, (origin_id, stands) in enumerate(zip(origins, standing, strict=True)):
        member = _find_member(annotated, index, origin_id)
        if stands == _RELATED:
            members.append(_ENCODER.encode(member))
        else:
            group = _make_group([member], False if stands == _COMPARED else None, {})
            groups.append(_ENCODER.encode(group))
            hashes.append(hash_of(group.row.group_id))
    return _ENCODER.encode(_Told(tuple(groups), hashes.tobytes(), tuple(members)))


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(_Told)


class _Groups:
    """The rows of groups, and the numbers in their ids. Those that share an id are renamed by one of their
    claims: two may have the same words and yet be of two happenings."""

    def __init__(self, groups: Spool[_Group], hashes: Numbers) -> None:
        self._groups = groups
        self._renamed: dict[int, str] = {}
        self.hashes = hashes
        found, times = np.unique(hashes, return_counts=True)
        for number in np.flatnonzero(np.isin(hashes, found[times > 1])).tolist():
            self._renamed[number] = make_id("grp", groups[number].claim_id)
            hashes[number] = hash_of(self._renamed[number])

    def __iter__(self) -> Iterator[ClaimGroup]:
        for number, group in enumerate(self._groups):
            name = self._renamed.get(number)
            yield group.row if name is None else replace(group.row, group_id=name)


def _find_member(annotated: Annotated, index: int, origin_id: str | None) -> _Member:
    article = annotated.article
    text = annotated.claim_cover(index)[2]
    claim_id, words = annotated.claim_id(index), fold(text)
    key = make_id("grp", *words) if len(words) >= LONG else make_id("grp", claim_id)
    return _Member(claim_id, key, article.source_id, text, article.publisher, article.published, origin_id)


def _make_group(members: Sequence[_Member], in_conflict: bool | None, copies: Mapping[str, str]) -> _Group:
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
