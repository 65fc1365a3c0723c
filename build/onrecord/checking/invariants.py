"""What holds between the rows of an article, beyond what a schema can say; ``summaries`` has what holds of
rows that sum up others.

Each rule takes the tables and adds to the problems. A table that cannot be used (its fault is told already)
is passed over, and so is every rule that needs it.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from onrecord.checking import identity, inside, repeats, voices
from onrecord.checking.columns import LONG, SPAN, Part, Tables, look_up, rows_where, span_tables
from onrecord.checking.keys import index, pick, read_numbers, take, to_numbers
from onrecord.checking.report import Problems
from onrecord.checking.summaries import check_summaries
from onrecord.model import GAP, make_id
from onrecord.packaging import schema
from onrecord.world import DIRECTED

__all__ = ["check_all"]

_GAP = pa.scalar(GAP, LONG)

_DIRECTED: Mapping[str, Sequence[str]] = {"claim_relations": sorted(DIRECTED), "source_relations": ["cites"]}
"""The relations of each table that have a direction; the others hold both ways."""


def check_all(tables: Tables, problems: Problems, scratch: Path | None = None) -> None:
    """Every rule that needs no article; ``scratch`` is where is put by what is counted."""
    _check_spans(tables, problems)
    _check_same_source(tables, problems)
    for parts in tables.together({"claims": _CLAIM, "claim_spans": _CLAIM_SPAN}):
        _check_cover(parts["claims"], parts["claim_spans"], problems)
        _check_voices(parts["claims"], parts["claim_spans"], problems)
    for name, group, number in (
        ("claim_spans", ("claim_id", "role"), "seq"),
        ("attributions", ("claim_id",), "hop"),
        ("event_participants", ("event_id",), "seq"),
    ):
        places = ("start", "end") if name == "claim_spans" else ()
        for parts in tables.together({name: (*group, number, *places)}):
            _check_order(name, group, number, parts[name], problems)
    _check_pairs(tables, problems)
    _check_days(tables, problems)
    _check_relations(tables, problems)
    check_summaries(tables, problems, scratch)
    _check_source_ids(tables, problems)
    identity.check_ids(tables, problems)
    identity.check_activities(tables, problems)
    voices.check_chains(tables, problems)
    inside.check_inside(tables, problems, scratch)
    repeats.check_repeats(tables, problems)


_CLAIM = ("claim_id", "start", "end", "text", "speaker", "cue")
_CLAIM_SPAN = ("claim_id", "role", "seq", "start", "end", "text")


def _differs(one: Any, other: Any) -> Any:
    return pc.fill_null(pc.not_equal(one, other), pc.xor(pc.is_null(one), pc.is_null(other)))


def _check_spans(tables: Tables, problems: Problems) -> None:
    sources = index(tables, "sources", "source_id")
    lengths = tables.read("sources", "characters")
    for name in span_tables():
        for part in tables.parts(name, *SPAN):
            found = part.rows
            start, end = found["start"], found["end"]
            problems.add_rows(
                "span",
                name,
                rows_where(pc.greater_equal(start, end), part.before),
                "end",
                "end must be greater than start: a span has at least one character",
            )
            length = pc.utf8_length(found["text"]).cast(pa.int64())
            wrong = pc.and_(pc.less(start, end), pc.not_equal(length, pc.subtract(end, start)))
            problems.add_rows(
                "span",
                name,
                rows_where(wrong, part.before),
                "text",
                "text must have end - start characters, counted as Unicode code points",
            )
            if lengths is not None:
                characters = take(lengths["characters"], sources.find(to_numbers(found["source_id"])))
                problems.add_rows(
                    "span",
                    name,
                    rows_where(pc.greater(end, characters), part.before),
                    "end",
                    "end is beyond the last character of the source (sources.characters)",
                )


def _check_same_source(tables: Tables, problems: Problems) -> None:
    schemas = schema.load()
    for parent, known in schemas.items():
        keys = [
            (name, key)
            for name, table in schemas.items()
            for key in table.foreign_keys
            if key.table == parent != "sources" and {"source_id"} <= set(table.names) & set(known.names)
        ]
        if not keys or not tables.hold(parent):
            continue
        rows, home = index(tables, parent, keys[0][1].reference), read_numbers(tables, parent, "source_id")
        message = f"its row in {parent} stands in another source; both must name the same source_id"
        for name, key in keys:
            for part in tables.parts(name, key.field, "source_id"):
                there = pick(home, rows.find(to_numbers(part.rows[key.field])))
                here = to_numbers(part.rows["source_id"])
                wrong = (here != there) & (here != 0) & (there != 0)
                problems.add_rows(
                    "source", name, (np.flatnonzero(wrong) + part.before).tolist(), key.field, message
                )


def _check_cover(claims: Part, spans: Part, problems: Problems) -> None:
    content = spans.rows.filter(pc.equal(spans.rows["role"], "content"))
    covers = content.group_by("claim_id", use_threads=False).aggregate([("start", "min"), ("end", "max")])
    for field, bound in (("start", "start_min"), ("end", "end_max")):
        expected = look_up(claims.rows["claim_id"], covers, "claim_id", bound)
        message = (
            "start and end must be those of the claim's content spans, of which there must be one at least"
        )
        rows = rows_where(_differs(claims.rows[field], expected), claims.before)
        problems.add_rows("claim-cover", "claims", rows, field, message)
    offset = look_up(spans.rows["claim_id"], claims.rows, "claim_id", "start").to_pylist()
    whole = look_up(spans.rows["claim_id"], claims.rows, "claim_id", "text").to_pylist()
    columns = (spans.rows[name].to_pylist() for name in ("role", "start", "end", "text"))
    wrong = [
        spans.before + row
        for row, (role, start, end, text, first, cover) in enumerate(
            zip(*columns, offset, whole, strict=True)
        )
        if role == "content"
        and None not in (start, end, first, cover)
        and (start < first or cover[start - first : end - first] != text)
    ]
    problems.add_rows(
        "claim-cover",
        "claim_spans",
        wrong,
        "text",
        "the claim's text does not hold these words at these offsets",
    )


def _check_order(name: str, group: tuple[str, ...], number: str, part: Part, problems: Problems) -> None:
    """Rows of one ``group`` are numbered 1, 2, ...; pieces of one role follow each other."""
    found = part.rows
    if not found.num_rows:
        return
    order = pc.sort_indices(found, sort_keys=[(column, "ascending") for column in (*group, number)])
    now = found.take(order).combine_chunks()
    before = now.take(pa.array([None, *range(now.num_rows - 1)], pa.int64()))
    same = pc.equal(now[group[0]], before[group[0]])
    for column in group[1:]:
        same = pc.and_(same, pc.equal(now[column], before[column]))
    same = pc.fill_null(same, False)
    expected = pc.if_else(same, pc.add(before[number], 1), 1)
    wrong = order.filter(pc.fill_null(pc.not_equal(now[number], expected), False))
    message = f"{number} must run 1, 2, ... for each {' and '.join(group)}"
    problems.add_rows("order", name, (part.before + row for row in wrong.to_pylist()), number, message)
    if name == "claim_spans":
        back = order.filter(pc.fill_null(pc.and_(same, pc.less(now["start"], before["end"])), False))
        message = "the pieces of one role must follow each other in the text, without overlap"
        problems.add_rows("order", name, (part.before + row for row in back.to_pylist()), "start", message)


def _check_voices(claims: Part, spans: Part, problems: Problems) -> None:
    for role in ("speaker", "cue"):
        pieces = spans.rows.filter(pc.equal(spans.rows["role"], role)).sort_by("seq").combine_chunks()
        lists = pieces.group_by("claim_id", use_threads=False).aggregate([("text", "list")])
        joined = pa.table(
            {"claim_id": lists["claim_id"], "text": pc.binary_join(lists["text_list"], _GAP)},
            schema=pa.schema({"claim_id": pa.string(), "text": LONG}),
        )
        expected = look_up(claims.rows["claim_id"], joined, "claim_id", "text")
        message = (
            f"must be the claim's {role} spans in order of seq, joined by {GAP!r}; null where it has none"
        )
        rows = rows_where(_differs(claims.rows[role].cast(LONG), expected), claims.before)
        problems.add_rows("speaker", "claims", rows, role, message)


def _check_pairs(tables: Tables, problems: Problems) -> None:
    for name, one, other in (
        ("sources", "published_edtf", "published_from"),
        ("events", "date", "date_precision"),
    ):
        for part in tables.parts(name, one, other):
            wrong = pc.xor(part.rows[one].is_null(), part.rows[other].is_null())
            message = f"{other} must be null exactly where {one} is"
            problems.add_rows("pair", name, rows_where(wrong, part.before), other, message)


def _check_days(tables: Tables, problems: Problems) -> None:
    for name, (day, text) in schema.DAYS.items():
        for part in tables.parts(name, day, text):
            wrong = _differs(part.rows[day], schema.to_days(part.rows[text]))
            message = f"must be the day that {text} names; null where that names no single day"
            problems.add_rows("day", name, rows_where(wrong, part.before), day, message)


def _check_relations(tables: Tables, problems: Problems) -> None:
    for name, directed in _DIRECTED.items():
        one, other, relation = schema.load()[name].primary_key
        for part in tables.parts(name, one, other, relation):
            first, second = part.rows[one], part.rows[other]
            backwards = pc.and_(
                pc.invert(pc.is_in(part.rows[relation], pa.array(directed))), pc.greater(first, second)
            )
            rows = rows_where(pc.or_(pc.equal(first, second), backwards), part.before)
            message = f"{one} must be smaller than {other}; in {' and '.join(directed)}, different"
            problems.add_rows("relation", name, rows, one, message)


def _check_source_ids(tables: Tables, problems: Problems) -> None:
    message = (
        "the id is made from sha256 and publisher; one of the three was changed: build the package again"
    )
    for part in tables.parts("sources", "source_id", "sha256", "publisher"):
        columns = (part.rows[name].to_pylist() for name in ("source_id", "sha256", "publisher"))
        wrong = [
            part.before + row
            for row, (source_id, sha256, publisher) in enumerate(zip(*columns, strict=True))
            if source_id != make_id("src", sha256, publisher or "")
        ]
        problems.add_rows("source-id", "sources", wrong, "source_id", message)
