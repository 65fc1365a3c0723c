"""What a row repeats of others: a name, a label, the text of a claim, how fine a date is, a common origin.

What is held of each table are numbers, eight bytes a row and column.
"""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from onrecord.checking.columns import Part, Tables, rows_where
from onrecord.checking.keys import index, pick, read_numbers, to_numbers
from onrecord.checking.report import Problems
from onrecord.clusters import tie
from onrecord.dates.edtf import judge_precision
from onrecord.model import make_id
from onrecord.spool import Numbers

__all__ = ["check_repeats"]

HALF = 0.0051
"""What a mean that is told with two digits may be off by."""


def check_repeats(tables: Tables, problems: Problems) -> None:
    """Every rule on what rows repeat."""
    _check_used(tables, problems)
    _check_names(tables, problems)
    _check_group_texts(tables, problems)
    _check_events(tables, problems)
    _check_figures(tables, problems)
    _check_shared_origins(tables, problems)


def _check_used(tables: Tables, problems: Problems) -> None:
    """An origin is there because a claim or a source comes from it; of other such rows, counts tell."""
    if not tables.hold("origins", "claims", "sources"):
        return
    origins = index(tables, "origins", "origin_id")
    used = np.zeros(len(origins), bool)
    for table, column in (("claims", "origin_id"), ("sources", "origin")):
        for part in tables.parts(table, column):
            places = origins.find(to_numbers(part.rows[column]))
            used[places[places >= 0]] = True
    message = "no claim and no source comes from it"
    problems.add_rows("unused", "origins", np.flatnonzero(~used).tolist(), "origin_id", message)


def _check_names(tables: Tables, problems: Problems) -> None:
    """Participants and origins bear the name of their entity."""
    if not tables.hold("entities"):
        return
    entities = index(tables, "entities", "entity_id")
    names = read_numbers(tables, "entities", "name")
    message = "must be the name of its entity (entities.name)"
    for table, column in (("event_participants", "text"), ("origins", "label")):
        for part in tables.parts(table, "entity_id", column, *(("origin_id",) if table == "origins" else ())):
            given = part.rows["entity_id"]
            expected = pick(names, entities.find(to_numbers(given)))
            told = to_numbers(pc.cast(part.rows[column], pa.string()))
            wrong = (expected != 0) & (told != expected)
            if table == "origins":
                ids = part.rows["origin_id"].to_pylist()
                made = [make_id("org", "entity", one) for one in given.to_pylist()]
                wrong &= np.array([one == other for one, other in zip(made, ids, strict=True)], bool)
            problems.add_rows("repeat", table, _at(wrong, part), column, message)


def _at(wrong: npt.NDArray[np.bool_], part: Part) -> list[int]:
    return (np.flatnonzero(wrong) + part.before).tolist()


def _check_group_texts(tables: Tables, problems: Problems) -> None:
    """The text of a group is that of one of its claims, of an article of its first day."""
    if not tables.hold("claim_groups", "claims", "sources"):
        return
    groups = index(tables, "claim_groups", "group_id")
    days = read_numbers(tables, "claim_groups", "first_published_edtf")
    wanted = np.concatenate([_number_texts(part) for part in tables.parts("claim_groups", "text")])
    sources, published = (
        index(tables, "sources", "source_id"),
        read_numbers(tables, "sources", "published_edtf"),
    )
    found = np.zeros(len(groups), bool)
    for part in tables.parts("claims", "group_id", "source_id", "text"):
        places = groups.find(to_numbers(part.rows["group_id"]))
        day = pick(published, sources.find(to_numbers(part.rows["source_id"])))
        same = (places >= 0) & (pick(wanted, places) == _number_texts(part))
        found[places[same & (day == pick(days, places))]] = True
    message = "must be the text of a claim of the group in an article of first_published_edtf"
    problems.add_rows("repeat", "claim_groups", np.flatnonzero(~found).tolist(), "text", message)


def _number_texts(part: Part) -> Numbers:
    return to_numbers(pc.cast(part.rows["text"], pa.string()))


def _check_events(tables: Tables, problems: Problems) -> None:
    for part in tables.parts("events", "date", "date_precision"):
        pairs = zip(*(part.rows[name].to_pylist() for name in ("date", "date_precision")), strict=True)
        wrong = [part.before + row for row, (date, told) in enumerate(pairs) if not _is_precise(date, told)]
        message = "must tell how fine the date is"
        problems.add_rows("repeat", "events", wrong, "date_precision", message)
    if not tables.hold("events", "event_mentions"):
        return
    events = index(tables, "events", "event_id")
    sums, counts = np.zeros(len(events)), np.zeros(len(events))
    for part in tables.parts("event_mentions", "event_id", "confidence"):
        places = events.find(to_numbers(part.rows["event_id"]))
        sure = pc.fill_null(part.rows["confidence"], 0.0).to_numpy()
        sums += np.bincount(places[places >= 0], sure[places >= 0], len(events))
        counts += np.bincount(places[places >= 0], minlength=len(events))
    mean = sums / np.maximum(counts, 1)
    for part in tables.parts("events", "confidence"):
        told = pc.fill_null(part.rows["confidence"], 0.0).to_numpy()
        here = slice(part.before, part.before + len(told))
        off = (np.abs(told - mean[here]) > HALF) & (counts[here] > 0)
        message = "must be the mean of the confidence of the event's mentions"
        problems.add_rows("count", "events", _at(off, part), "confidence", message)


def _is_precise(date: str | None, told: str | None) -> bool:
    """Whether that is how fine a date is; what is no date or tells nothing is told elsewhere."""
    if date is None or told is None:
        return True
    try:
        return judge_precision(date) == told
    except ValueError:
        return True


def _check_figures(tables: Tables, problems: Problems) -> None:
    for part in tables.parts("figures", "bound", "value_to"):
        between = pc.fill_null(pc.equal(part.rows["bound"], "between"), False)
        wrong = pc.equal(between, pc.is_null(part.rows["value_to"]))
        message = "value_to must be null exactly where bound is not between"
        problems.add_rows("pair", "figures", rows_where(wrong, part.before), "value_to", message)


def _check_shared_origins(tables: Tables, problems: Problems) -> None:
    """Sources with one origin are tied, and no others; what that rests on is said by the origin's label."""
    for part in tables.parts("source_relations", "relation", "similarity"):
        measured = pc.is_valid(part.rows["similarity"])
        wrong = pc.not_equal(measured, pc.equal(part.rows["relation"], "reprint"))
        message = "must be told of a reprint, and of nothing else"
        problems.add_rows("pair", "source_relations", rows_where(wrong, part.before), "similarity", message)
    if not tables.hold("sources", "origins", "source_relations") or not tables.is_sorted("sources"):
        return
    sources, origins = index(tables, "sources", "source_id"), index(tables, "origins", "origin_id")
    own = origins.find(read_numbers(tables, "sources", "origin"))
    labels = [cell for part in tables.parts("origins", "label") for cell in part.rows["label"].to_pylist()]
    expected = np.fromiter(_tied(own), np.int64)
    told = [np.empty(0, np.int64)]
    for part in tables.parts("source_relations", "source_id", "other_source_id", "relation", "basis"):
        one = sources.find(to_numbers(part.rows["source_id"]))
        pair = (one << 32) | sources.find(to_numbers(part.rows["other_source_id"]))
        shared = pc.fill_null(pc.equal(part.rows["relation"], "shared_origin"), False).to_numpy()
        told.append(pair[shared])
        wrong = shared & ~np.isin(pair, expected)
        message = "the two sources do not have this origin in common (sources.origin)"
        problems.add_rows("repeat", "source_relations", _at(wrong, part), "relation", message)
        bases = part.rows["basis"].to_pylist()
        odd = [
            part.before + row
            for row in np.flatnonzero(shared & ~wrong).tolist()
            if bases[row] != f"both relay {labels[own[one[row]]]}"
        ]
        message = "must be 'both relay' and the label of the origin"
        problems.add_rows("repeat", "source_relations", odd, "basis", message)
    lost = np.setdiff1d(expected, np.concatenate(told)) >> 32
    message = "has an origin in common with another source, and source_relations does not say so"
    problems.add_rows("repeat", "sources", sorted(set(lost.tolist())), "origin", message)


def _tied(own: npt.NDArray[np.int64]) -> Iterator[int]:
    """Pairs of rows of sources that share an origin and are tied, as one number each."""
    sharing: dict[int, list[int]] = defaultdict(list)
    for row, origin in enumerate(own.tolist()):
        if origin >= 0:
            sharing[origin].append(row)
    for held in sharing.values():
        for one, other in tie(held):
            yield one << 32 | other
