"""What rows that sum up others must say: how many there are, of how many sources, since when.

What is counted passes by some rows at a time; of each row that sums up, numbers are held.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from onrecord.checking.columns import Tables, rows_where, show
from onrecord.checking.keys import Index, Places, count_distinct, index, pick, read_numbers, take, to_numbers
from onrecord.checking.report import Problems
from onrecord.packaging import schema
from onrecord.spool import Numbers

__all__ = ["check_summaries"]

_KINDS = {"entity": "entities", "event": "events", "claim_group": "claim_groups", "origin": "origins"}
"""The table in which an id of each kind of ``merged_ids`` is found."""


def check_summaries(tables: Tables, problems: Problems, scratch: Path | None) -> None:
    """Every rule on rows that sum up others."""
    for parent in dict.fromkeys(count.parent for count in _COUNTS):
        _check_counts(parent, tables, problems, scratch)
    _check_participants(tables, problems)
    _check_groups(tables, problems, scratch)
    _check_merged(tables, problems)


@dataclass(frozen=True, slots=True)
class _Count:
    """``parent.column`` counts the rows of ``child`` that refer to it, or different values of ``value``.

    With ``via``, a table and two of its columns, ``value`` is first looked up there.
    """

    parent: str
    column: str
    child: str
    value: str | None = None
    via: tuple[str, str, str] | None = None


_COUNTS = (
    _Count("entities", "mentions", "entity_mentions"),
    _Count("entities", "sources", "entity_mentions", "source_id"),
    _Count("claim_groups", "claims", "claims"),
    _Count("claim_groups", "sources", "claims", "source_id"),
    _Count("claim_groups", "outlets", "claims", "source_id", ("sources", "source_id", "publisher")),
    _Count("claim_groups", "origins", "claims", "origin_id"),
    _Count("events", "mentions", "event_mentions"),
    _Count("events", "sources", "event_mentions", "source_id"),
    _Count("events", "origins", "event_mentions", "claim_id", ("claims", "claim_id", "origin_id")),
)


def _check_counts(parent: str, tables: Tables, problems: Problems, scratch: Path | None) -> None:
    if not tables.hold(parent):
        return
    key = schema.load()[parent].primary_key[0]
    rows = index(tables, parent, key)
    for count in _COUNTS:
        if count.parent != parent or not tables.hold(count.child, *(count.via or ())[:1]):
            continue
        if count.value is None:
            expected = np.zeros(len(rows), np.int64)
            for places, _ in _references(tables, rows, count, key):
                expected += np.bincount(places[places >= 0], minlength=len(rows))
        else:
            expected = count_distinct(_references(tables, rows, count, key), len(rows), scratch)
        for part in tables.parts(parent, count.column):
            told = part.rows[count.column]
            here = pa.array(expected[part.before : part.before + len(told)])
            problems.add_rows(
                "count",
                parent,
                rows_where(pc.not_equal(told, here), part.before),
                count.column,
                _counted(told, here, part.before, count.child),
            )


def _references(tables: Tables, rows: Index, count: _Count, key: str) -> Iterator[tuple[Places, Numbers]]:
    """For the rows of the child, some at a time, the row of the parent and the value that is counted."""
    through = Index(np.empty(0, np.uint64)) if count.via is None else index(tables, *count.via[:2])
    values = np.empty(0, np.uint64) if count.via is None else read_numbers(tables, count.via[0], count.via[2])
    value = count.value or key
    for part in tables.parts(count.child, *dict.fromkeys((key, value))):
        numbers = to_numbers(part.rows[value])
        if count.via is not None:
            numbers = pick(values, through.find(numbers))
        yield rows.find(to_numbers(part.rows[key])), numbers


def _counted(told: pa.ChunkedArray, expected: pa.Array, before: int, child: str) -> Callable[[int], str]:
    return lambda row: (
        f"says {show(told[row - before].as_py())}, {child} adds up to {show(expected[row - before].as_py())}"
    )


def _check_participants(tables: Tables, problems: Problems) -> None:
    told = tables.read("events", "mentions")
    if told is None:
        return
    events = index(tables, "events", "event_id")
    message = "must not be more than the mentions of the event"
    for part in tables.parts("event_participants", "event_id", "mentions"):
        most = take(told["mentions"], events.find(to_numbers(part.rows["event_id"])))
        rows = rows_where(pc.greater(part.rows["mentions"], most), part.before)
        problems.add_rows("count", "event_participants", rows, "mentions", message)


def _check_groups(tables: Tables, problems: Problems, scratch: Path | None) -> None:
    if not tables.hold("claim_groups", "claims"):
        return
    groups = index(tables, "claim_groups", "group_id")
    if tables.hold("claim_relations"):
        in_conflict = _find_conflicts(tables, groups)
        message = "must be true exactly where a claim of the group is in a relation of conflict or denial"
        for part in tables.parts("claim_groups", "in_conflict"):
            told = part.rows["in_conflict"]
            here = pa.array(in_conflict[part.before : part.before + len(told)])
            rows = rows_where(pc.not_equal(pc.fill_null(told, False), here), part.before)
            problems.add_rows("count", "claim_groups", rows, "in_conflict", message)
    most = count_distinct(_open_sources(tables, groups), len(groups), scratch)
    message = "must not be more than the sources of the group's claims that have no origin_id"
    for part in tables.parts("claim_groups", "unknown_origins"):
        told = part.rows["unknown_origins"]
        here = pa.array(most[part.before : part.before + len(told)])
        rows = rows_where(pc.greater(told, here), part.before)
        problems.add_rows("count", "claim_groups", rows, "unknown_origins", message)
    if tables.hold("sources"):
        wrong = np.flatnonzero(_wrongly_dated(tables, groups)).tolist()
        message = "must be sources.published_edtf of one of the group's sources; null where none has it"
        problems.add_rows("count", "claim_groups", wrong, "first_published_edtf", message)


def _find_conflicts(tables: Tables, groups: Index) -> npt.NDArray[np.bool_]:
    """Which groups have a claim that is in conflict or denied."""
    sides = [np.empty(0, np.uint64)]
    for part in tables.parts("claim_relations", "claim_id", "other_claim_id", "relation"):
        rows = part.rows.filter(pc.is_in(part.rows["relation"], pa.array(["conflict", "denial"])))
        sides += [to_numbers(rows["claim_id"]), to_numbers(rows["other_claim_id"])]
    at_odds = Index(np.unique(np.concatenate(sides)))
    found = np.zeros(len(groups), bool)
    for part in tables.parts("claims", "claim_id", "group_id"):
        places = groups.find(to_numbers(part.rows["group_id"]))
        found[places[(at_odds.find(to_numbers(part.rows["claim_id"])) >= 0) & (places >= 0)]] = True
    return found


def _open_sources(tables: Tables, groups: Index) -> Iterator[tuple[Places, Numbers]]:
    """Of claims without an origin the group and the source."""
    for part in tables.parts("claims", "group_id", "source_id", "origin_id"):
        rows = part.rows.filter(part.rows["origin_id"].is_null())
        yield groups.find(to_numbers(rows["group_id"])), to_numbers(rows["source_id"])


def _wrongly_dated(tables: Tables, groups: Index) -> npt.NDArray[np.bool_]:
    """Which groups are dated otherwise than each of their sources, or not at all where one is dated."""
    told = read_numbers(tables, "claim_groups", "first_published_edtf")
    sources = index(tables, "sources", "source_id")
    published = read_numbers(tables, "sources", "published_edtf")
    confirmed, dated = np.zeros(len(groups), bool), np.zeros(len(groups), bool)
    for part in tables.parts("claims", "group_id", "source_id"):
        places = groups.find(to_numbers(part.rows["group_id"]))
        found = sources.find(to_numbers(part.rows["source_id"]))
        places, found = places[(places >= 0) & (found >= 0)], found[(places >= 0) & (found >= 0)]
        days = published[found]
        dated[places[days != 0]] = True
        confirmed[places[(days != 0) & (days == told[places])]] = True
    return np.where(told == 0, dated, ~confirmed)


def _check_merged(tables: Tables, problems: Problems) -> None:
    for kind, table in _KINDS.items():
        if not tables.hold(table):
            continue
        held = index(tables, table, schema.load()[table].primary_key[0])
        for part in tables.parts("merged_ids", "former_id", "kind", "present_id"):
            ours = pc.fill_null(pc.equal(part.rows["kind"], kind), False).to_numpy()
            lost = ours & (held.find(to_numbers(part.rows["present_id"])) < 0)
            message = f"present_id must be the id of a row of {table}"
            rows = (np.flatnonzero(lost) + part.before).tolist()
            problems.add_rows("merged", "merged_ids", rows, "present_id", message)
            live = ours & (held.find(to_numbers(part.rows["former_id"])) >= 0)
            message = f"former_id must not be the id of a row of {table}: that id was not merged"
            rows = (np.flatnonzero(live) + part.before).tolist()
            problems.add_rows("merged", "merged_ids", rows, "former_id", message)
