"""Ids of an earlier package that stay, and where those went that could not.

Ids come from content. Where articles have dates, what comes in later changes no id; where they have none, any
of an event's mentions may be its first, and a newcomer that is takes the id along. So a build can be told of
the package before: an id that would go stays with what most of its mentions or claims belong to now. Only
where that has an earlier id already are the two merged, and the id that goes points at the one that stays.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeAlias, TypeVar

import numpy as np
import pyarrow as pa

from onrecord.model import Annotated
from onrecord.spool import Numbers, hash_of
from onrecord.world import MergedId, MergedKind, Placed, World

__all__ = ["Read", "keep_ids"]

Row = TypeVar("Row")
Read: TypeAlias = Callable[[str, Sequence[str]], Iterable[pa.RecordBatch]]
"""Gives columns of a table of the earlier package, some rows at a time; no rows of a table it has not."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """What is put together from members: its table and key, and the table and key of its members."""

    name: MergedKind
    prefix: str
    table: str
    key: str
    member_table: str
    member: str
    ids: Callable[[World], Iterable[str]]
    members: Callable[[Annotated, Placed], Iterable[tuple[str, str | None]]]


def _claims(annotated: Annotated, ids: Iterable[str | None]) -> Iterator[tuple[str, str | None]]:
    return ((annotated.claim_id(index), own) for index, own in enumerate(ids))


_KINDS = (
    _Kind(
        *("entity", "ent", "entities", "entity_id", "entity_mentions", "mention_id"),
        lambda world: (row.entity_id for row in world.entities),
        lambda annotated, placed: zip(
            annotated.entity_mention_ids(),
            (placed.entity_ids[mention.chain] for mention in annotated.mentions),
            strict=True,
        ),
    ),
    _Kind(
        *("event", "evt", "events", "event_id", "event_mentions", "mention_id"),
        lambda world: (row.event_id for row in world.events),
        lambda annotated, placed: (
            (annotated.event_mention_id(index), own) for index, own in enumerate(placed.event_ids)
        ),
    ),
    _Kind(
        *("claim_group", "grp", "claim_groups", "group_id", "claims", "claim_id"),
        lambda world: (row.group_id for row in world.groups),
        lambda annotated, placed: _claims(annotated, placed.group_ids),
    ),
    _Kind(
        *("origin", "org", "origins", "origin_id", "claims", "claim_id"),
        lambda world: (row.origin_id for row in world.origins),
        lambda annotated, placed: _claims(annotated, placed.origin_ids),
    ),
)


def keep_ids(world: World, articles: Iterable[Annotated], read: Read) -> tuple[World, tuple[MergedId, ...]]:
    """The world with the ids that an earlier package had, and the ids of it that were merged into others.

    An earlier id that nothing has any more is kept by what most of its members belong to now, unless that has
    an earlier id itself. ``articles`` are those of the world, ``read`` gives the earlier package's tables.
    Pointers that the earlier package holds are carried on to where they lead now; what lost all its members
    has none. Memory holds the ids of both as numbers, and the members of those that would go.
    """
    former = {kind: _former_ids(kind, read) for kind in _KINDS}
    present = {kind: _numbers(kind.ids(world)) for kind in _KINDS}
    homes = {kind: _members_of(kind, np.setdiff1d(former[kind], present[kind]), read) for kind in _KINDS}
    shared: dict[_Kind, Counter[tuple[int, int]]] = {kind: Counter() for kind in _KINDS}
    if any(homes.values()):
        for annotated, placed in zip(articles, world.placed, strict=True):
            for kind, home in homes.items():
                for member, own in kind.members(annotated, placed) if home else ():
                    if own is not None and (gone := home.get(hash_of(member))) is not None:
                        shared[kind][gone, hash_of(own)] += 1
    names: dict[str, str] = {}
    merged: dict[str, MergedId] = {}
    for kind in _KINDS:
        kept, lost = _settle(shared[kind], frozenset(np.intersect1d(former[kind], present[kind]).tolist()))
        names |= {_spell(kind, now): _spell(kind, before) for now, before in kept.items()}
        for before, now in lost.items():
            goal = _spell(kind, kept.get(now, now))
            merged[_spell(kind, before)] = MergedId(_spell(kind, before), kind.name, goal)
    renamed = _rename(world, names) if names else world
    live = {kind.name: _numbers(kind.ids(renamed)) if names else present[kind] for kind in _KINDS}
    for row in _read_pointers(read):
        goal = merged[row.present_id].present_id if row.present_id in merged else row.present_id
        if _holds(live[row.kind], goal) and not _holds(live[row.kind], row.former_id):
            merged.setdefault(row.former_id, replace(row, present_id=goal))
    return renamed, tuple(merged[former_id] for former_id in sorted(merged))


def _settle(
    shared: Mapping[tuple[int, int], int], standing: frozenset[int]
) -> tuple[dict[int, int], dict[int, int]]:
    """Present ids with the former ids they are to have, and merged former ids with the present ids they went
    into; ``shared`` counts the members of a former id, that would go, under each present one.

    >>> _settle({(1, 7): 3, (1, 8): 1, (2, 9): 2, (3, 7): 1}, frozenset({9}))
    ({7: 1}, {2: 9, 3: 7})
    """
    best: dict[int, tuple[int, int]] = {}
    for (gone, now), count in shared.items():
        best[gone] = min(best.get(gone, (0, 0)), (-count, now))
    kept: dict[int, int] = {}
    lost: dict[int, int] = {}
    for gone, (_, now) in sorted(best.items(), key=lambda item: (item[1][0], item[0])):
        if now in standing or now in kept:
            lost[gone] = now
        else:
            kept[now] = gone
    return kept, lost


def _spell(kind: _Kind, number: int) -> str:
    return f"{kind.prefix}-{number:016x}"


def _numbers(ids: Iterable[str]) -> Numbers:
    return np.unique(np.fromiter(map(hash_of, ids), np.uint64))


def _holds(numbers: Numbers, made: str) -> bool:
    value = np.uint64(hash_of(made))
    place = int(np.searchsorted(numbers, value))
    return place < len(numbers) and bool(numbers[place] == value)


def _former_ids(kind: _Kind, read: Read) -> Numbers:
    return _numbers(own for batch in read(kind.table, [kind.key]) for own in batch.column(0).to_pylist())


def _members_of(kind: _Kind, gone: Numbers, read: Read) -> dict[int, int]:
    """The members of former ids, each with its id, as numbers."""
    if not len(gone):
        return {}
    wanted = frozenset(gone.tolist())
    found: dict[int, int] = {}
    for batch in read(kind.member_table, [kind.member, kind.key]):
        for member, own in zip(batch.column(0).to_pylist(), batch.column(1).to_pylist(), strict=True):
            if own is not None and (number := hash_of(own)) in wanted:
                found[hash_of(member)] = number
    return found


def _read_pointers(read: Read) -> Iterator[MergedId]:
    for batch in read("merged_ids", ["former_id", "kind", "present_id"]):
        for row in batch.to_pylist():
            yield MergedId(row["former_id"], row["kind"], row["present_id"])


@dataclass(frozen=True, slots=True)
class _Changed(Generic[Row]):
    """Rows, each changed as it comes."""

    rows: Iterable[Row]
    change: Callable[[Row], Row]

    def __iter__(self) -> Iterator[Row]:
        return map(self.change, self.rows)


def _rename(world: World, names: Mapping[str, str]) -> World:
    def name(made: str) -> str:
        return names.get(made, made)

    def name_all(row: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(name, row))

    return replace(
        world,
        placed=_Changed(
            world.placed,
            lambda row: Placed(
                row.source_id,
                row.origin_id and name(row.origin_id),
                name_all(row.entity_ids),
                name_all(row.event_ids),
                name_all(row.group_ids),
                tuple(origin_id and name(origin_id) for origin_id in row.origin_ids),
            ),
        ),
        entities=_Changed(world.entities, lambda row: replace(row, entity_id=name(row.entity_id))),
        events=_Changed(world.events, lambda row: replace(row, event_id=name(row.event_id))),
        participants=_Changed(
            world.participants,
            lambda row: replace(
                row, event_id=name(row.event_id), entity_id=row.entity_id and name(row.entity_id)
            ),
        ),
        groups=_Changed(world.groups, lambda row: replace(row, group_id=name(row.group_id))),
        origins=_Changed(
            world.origins,
            lambda row: replace(
                row, origin_id=name(row.origin_id), entity_id=row.entity_id and name(row.entity_id)
            ),
        ),
    )
