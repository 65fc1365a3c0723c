"""Why a row that was in one package is not in the next, as far as the two packages tell.

- The article it came from is no longer there (``source_withdrawn``), was rejected this time
  (``source_rejected``) or has another text or publisher now (``source_changed``).
- What it stood for lives on: all that is left of its mentions or claims stands under one other id, together
  with those of another row (``merged``) or alone (``renumbered``), or under several (``split``).
- A row of a link table goes the way of the row that it belongs to.
- Only the corrections of the two packages differ, and none of the above holds (``corrected``).

Anything else is null: the two packages alone do not tell.
"""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

__all__ = [
    "MEMBERS",
    "REASONS",
    "explain_by_parent",
    "explain_clusters",
    "explain_sources",
    "only_corrections_differ",
]

REASONS: Mapping[str, str] = {
    "corrected": "a reviewed correction took it out or changed what it is known by",
    "merged": "it is one with another row now",
    "renumbered": "it has another id now",
    "split": "what it stood for is divided among several rows now",
    "source_changed": "its article has another text or publisher now",
    "source_rejected": "its article could not be used this time",
    "source_withdrawn": "its article is no longer among the inputs",
}

MEMBERS: Mapping[str, tuple[str, str, str]] = {
    "entities": ("entity_mentions", "mention_id", "entity_id"),
    "events": ("event_mentions", "mention_id", "event_id"),
    "claim_groups": ("claims", "claim_id", "group_id"),
    "origins": ("claims", "claim_id", "origin_id"),
}
"""For each table of what was put together: the table of its members, their key, and whose they are."""

_TEXT = pa.string()


def only_corrections_differ(old: pa.Table, new: pa.Table) -> bool:
    """Whether two packages' ``activities`` (``activity_id``, ``kind``) are the same but for corrections.

    The same software with the same weights then read the articles, so that what is gone from an article that
    is still there is gone by a correction.
    """

    def split(table: pa.Table) -> tuple[set[str], set[str]]:
        corrections = pc.equal(table["kind"], "correction")
        ids = table["activity_id"]
        return set(ids.filter(pc.invert(corrections)).to_pylist()), set(ids.filter(corrections).to_pylist())

    (builds, before), (builds_now, now) = split(old), split(new)
    return builds == builds_now and before != now


def explain_sources(removed: pa.Table, new: pa.Table, rejects: pa.Table) -> pa.Table:
    """Reasons for sources (``source_id``, ``name``), given the new ones and the new rejects (``name``).

    The result has the columns ``id``, ``reason`` and ``into``, a row for each removed source.
    """
    names = removed["name"]
    into = _find(names, new, "name", "source_id")
    reason = pc.if_else(
        pc.is_valid(into),
        "source_changed",
        pc.if_else(pc.is_in(names, value_set=rejects["name"]), "source_rejected", "source_withdrawn"),
    )
    return _result(removed["source_id"], reason, into)


def explain_clusters(removed: Any, old: pa.Table, new: pa.Table, sources: pa.Table) -> pa.Table:
    """Reasons for ids, ``removed``, of what was put together from members.

    ``old`` and ``new`` are the members, with the columns ``member``, ``cluster`` and, in ``old``,
    ``source_id``; ``sources`` is the result for the removed sources. The result is as of ``explain_sources``.
    """
    moved = (
        old.select(["member", "cluster"])
        .join(
            new.select(["member", "cluster"]).rename_columns(["member", "into"]),
            keys="member",
            join_type="inner",
            use_threads=False,
        )
        .select(["cluster", "into"])
    )
    moved = (
        moved.filter(pc.is_valid(moved["into"]))
        .group_by(["cluster", "into"], use_threads=False)
        .aggregate([])
    )
    to = moved.group_by("cluster", use_threads=False).aggregate([("into", "count"), ("into", "min")])
    fed = moved.group_by("into", use_threads=False).aggregate([("cluster", "count")])
    places = _find(removed, to, "cluster", "into_count")
    target = _find(removed, to, "cluster", "into_min")
    feeders = _find(target, fed, "into", "cluster_count")
    into = pc.if_else(pc.equal(places, 1), target, pa.scalar(None, _TEXT))
    reason = pc.case_when(
        pc.make_struct(
            pc.fill_null(pc.greater(places, 1), False),
            pc.fill_null(pc.greater(feeders, 1), False),
            pc.is_valid(target),
        ),
        "split",
        "merged",
        "renumbered",
    )
    return _result(removed, pc.coalesce(reason, _sources_gone(removed, old, sources)), into)


def _sources_gone(removed: Any, old: pa.Table, sources: pa.Table) -> Any:
    """For each id the reason why the sources of all its members are gone; null where one is still there."""
    reasons = _find(old["source_id"], sources, "id", "reason")
    told = (
        pa.table({"cluster": old["cluster"], "reason": reasons, "kept": pc.is_null(reasons).cast(pa.int64())})
        .group_by("cluster", use_threads=False)
        .aggregate([("reason", "min"), ("kept", "sum")])
    )
    reason = _find(removed, told, "cluster", "reason_min")
    kept = _find(removed, told, "cluster", "kept_sum")
    return pc.if_else(pc.equal(kept, 0), reason, pa.scalar(None, _TEXT))


def explain_by_parent(
    columns: Mapping[str, Any], parents: Mapping[str, pa.Table], rows: int
) -> tuple[Any, Any]:
    """Reason and target for rows of which each is what it is by a row of another table.

    ``columns`` are the rows' references by column, ``parents`` the results for the tables they refer to.
    """
    reason = into = pa.nulls(rows, _TEXT)
    for name, values in columns.items():
        found = _find(values, parents[name], "id", "reason")
        target = _find(values, parents[name], "id", "into")
        into = pc.if_else(pc.is_null(reason), target, into)
        reason = pc.coalesce(reason, found)
    return reason, into


def _find(keys: Any, table: pa.Table, key: str, value: str) -> Any:
    """For each of ``keys`` the ``value`` of the row of ``table`` with that ``key``, or null, in one piece."""
    places = pc.index_in(_join(keys), value_set=_join(table[key]))
    return _join(table[value]).take(places)


def _join(values: Any) -> Any:
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values


def _result(ids: Any, reason: Any, into: Any) -> pa.Table:
    return pa.table({"id": _join(ids), "reason": _join(reason), "into": _join(into)})
