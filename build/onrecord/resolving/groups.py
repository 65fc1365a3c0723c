"""The same proposition in several articles is one group; what differs is shown, never merged.

``claim_pairs`` tells which claims relate; here they are gathered, and what holds of a whole group is said.
Memory holds numbers: of claims and of their groups.
"""

from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import numpy as np
import numpy.typing as npt

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
    placed, groups = _tabulate(articles, origin_ids, copies or {}, relations, noted.find_compared(), scratch)
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


def _tabulate(
    articles: Iterable[Annotated],
    origin_ids: Iterable[tuple[str | None, ...]],
    copies: Mapping[str, str],
    relations: _Relations,
    compared: npt.NDArray[np.bool_],
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
                groups.add(_make_group([member], False if compared[len(belongs) - 1] else None, copies))
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
