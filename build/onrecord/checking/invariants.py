"""What holds between rows and between tables, beyond what a schema can say.

Each rule takes the tables and adds to the problems. A table that cannot be used (its fault is told already)
is passed over, and so is every rule that needs it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from onrecord.checking.columns import LONG, SPAN, Tables, look_up, rows_where, show, span_tables
from onrecord.checking.report import Problems
from onrecord.model import GAP, make_id
from onrecord.packaging import schema

__all__ = ["check_all"]

_GAP = pa.scalar(GAP, LONG)

_DIRECTED = {"claim_relations": "revision", "source_relations": "cites"}
"""The relation of each table that has a direction; the others hold both ways."""


def check_all(tables: Tables, problems: Problems) -> None:
    """Every rule that needs no article."""
    _check_spans(tables, problems)
    _check_same_source(tables, problems)
    _check_cover(tables, problems)
    _check_order(tables, problems)
    _check_voices(tables, problems)
    _check_pairs(tables, problems)
    _check_relations(tables, problems)
    _check_counts(tables, problems)
    _check_group_summaries(tables, problems)
    _check_source_ids(tables, problems)
    _check_merged(tables, problems)


def _differs(one: Any, other: Any) -> Any:
    return pc.fill_null(pc.not_equal(one, other), pc.xor(pc.is_null(one), pc.is_null(other)))


def _check_spans(tables: Tables, problems: Problems) -> None:
    sources = tables.read("sources", "source_id", "characters")
    for name in span_tables():
        found = tables.read(name, *SPAN)
        if found is None:
            continue
        start, end = found["start"], found["end"]
        problems.add_rows(
            "span",
            name,
            rows_where(pc.greater_equal(start, end)),
            "end",
            "end must be greater than start: a span has at least one character",
        )
        length = pc.utf8_length(found["text"]).cast(pa.int64())
        problems.add_rows(
            "span",
            name,
            rows_where(pc.and_(pc.less(start, end), pc.not_equal(length, pc.subtract(end, start)))),
            "text",
            "text must have end - start characters, counted as Unicode code points",
        )
        if sources is not None:
            characters = look_up(found["source_id"], sources, "source_id", "characters")
            problems.add_rows(
                "span",
                name,
                rows_where(pc.greater(end, characters)),
                "end",
                "end is beyond the last character of the source (sources.characters)",
            )


def _check_same_source(tables: Tables, problems: Problems) -> None:
    schemas = schema.load()
    for name, table in schemas.items():
        for key in table.foreign_keys:
            if key.table == "sources" or not {"source_id"} <= set(table.names) & set(
                schemas[key.table].names
            ):
                continue
            child = tables.read(name, key.field, "source_id")
            parent = tables.read(key.table, key.reference, "source_id")
            if child is None or parent is None:
                continue
            home = look_up(child[key.field], parent, key.reference, "source_id")
            message = f"its row in {key.table} stands in another source; both must name the same source_id"
            rows = rows_where(pc.not_equal(child["source_id"], home))
            problems.add_rows("source", name, rows, key.field, message)


def _check_cover(tables: Tables, problems: Problems) -> None:
    claims = tables.read("claims", "claim_id", "start", "end", "text")
    spans = tables.read("claim_spans", "claim_id", "role", "start", "end", "text")
    if claims is None or spans is None:
        return
    content = spans.filter(pc.equal(spans["role"], "content"))
    covers = content.group_by("claim_id", use_threads=False).aggregate([("start", "min"), ("end", "max")])
    for field, bound in (("start", "start_min"), ("end", "end_max")):
        expected = look_up(claims["claim_id"], covers, "claim_id", bound)
        message = (
            "start and end must be those of the claim's content spans, of which there must be one at least"
        )
        rows = rows_where(_differs(claims[field], expected))
        problems.add_rows("claim-cover", "claims", rows, field, message)
    offset = look_up(spans["claim_id"], claims, "claim_id", "start").to_pylist()
    whole = look_up(spans["claim_id"], claims, "claim_id", "text").to_pylist()
    columns = (spans[name].to_pylist() for name in ("role", "start", "end", "text"))
    wrong = [
        row
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


def _check_order(tables: Tables, problems: Problems) -> None:
    for name, group, number in (
        ("claim_spans", ("claim_id", "role"), "seq"),
        ("attributions", ("claim_id",), "hop"),
    ):
        found = tables.read(name, *group, number, "start", "end")
        if found is None or not found.num_rows:
            continue
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
        problems.add_rows("order", name, wrong.to_pylist(), number, message)
        if name == "claim_spans":
            back = order.filter(pc.fill_null(pc.and_(same, pc.less(now["start"], before["end"])), False))
            message = "the pieces of one role must follow each other in the text, without overlap"
            problems.add_rows("order", name, back.to_pylist(), "start", message)


def _check_voices(tables: Tables, problems: Problems) -> None:
    claims = tables.read("claims", "claim_id", "speaker", "cue")
    spans = tables.read("claim_spans", "claim_id", "role", "seq", "text")
    if claims is None or spans is None:
        return
    for role in ("speaker", "cue"):
        pieces = spans.filter(pc.equal(spans["role"], role)).sort_by("seq").combine_chunks()
        lists = pieces.group_by("claim_id", use_threads=False).aggregate([("text", "list")])
        joined = pa.table(
            {"claim_id": lists["claim_id"], "text": pc.binary_join(lists["text_list"], _GAP)},
            schema=pa.schema({"claim_id": pa.string(), "text": LONG}),
        )
        expected = look_up(claims["claim_id"], joined, "claim_id", "text")
        message = (
            f"must be the claim's {role} spans in order of seq, joined by {GAP!r}; null where it has none"
        )
        rows = rows_where(_differs(claims[role].cast(LONG), expected))
        problems.add_rows("speaker", "claims", rows, role, message)


def _check_pairs(tables: Tables, problems: Problems) -> None:
    for name, one, other in (
        ("sources", "published", "published_from"),
        ("events", "date", "date_precision"),
    ):
        found = tables.read(name, one, other)
        if found is not None:
            rows = rows_where(pc.xor(found[one].is_null(), found[other].is_null()))
            message = f"{other} must be null exactly where {one} is"
            problems.add_rows("pair", name, rows, other, message)


def _check_relations(tables: Tables, problems: Problems) -> None:
    for name, directed in _DIRECTED.items():
        one, other, relation = schema.load()[name].primary_key
        found = tables.read(name, one, other, relation)
        if found is None:
            continue
        backwards = pc.and_(pc.not_equal(found[relation], directed), pc.greater(found[one], found[other]))
        rows = rows_where(pc.or_(pc.equal(found[one], found[other]), backwards))
        message = f"{one} must be smaller than {other}; in {directed}, different"
        problems.add_rows("relation", name, rows, one, message)


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


def _check_counts(tables: Tables, problems: Problems) -> None:
    for count in _COUNTS:
        key = schema.load()[count.parent].primary_key[0]
        parent = tables.read(count.parent, key, count.column)
        child = tables.read(count.child, *dict.fromkeys((key, count.value or key)))
        if parent is None or child is None:
            continue
        values = child[count.value or key]
        if count.via is not None:
            through = tables.read(*count.via)
            if through is None:
                continue
            values = look_up(values, through, *count.via[1:])
        counted = pa.table({"key": child[key], "value": values})
        kind = "count_distinct" if count.value else "count"
        sums = counted.group_by("key", use_threads=False).aggregate(
            [("value", kind, pc.CountOptions(mode="only_valid"))]
        )
        expected = pc.fill_null(look_up(parent[key], sums, "key", f"value_{kind}"), 0)
        problems.add_rows(
            "count",
            count.parent,
            rows_where(pc.not_equal(parent[count.column], expected)),
            count.column,
            _counted(parent[count.column], expected, count.child),
        )
    roles = tables.read("event_participants", "event_id", "mentions")
    events = tables.read("events", "event_id", "mentions")
    if roles is not None and events is not None:
        most = look_up(roles["event_id"], events, "event_id", "mentions")
        rows = rows_where(pc.greater(roles["mentions"], most))
        message = "must not be more than the mentions of the event"
        problems.add_rows("count", "event_participants", rows, "mentions", message)


def _counted(told: Any, expected: Any, child: str) -> Callable[[int], str]:
    return lambda row: f"says {show(told[row].as_py())}, {child} adds up to {show(expected[row].as_py())}"


def _check_group_summaries(tables: Tables, problems: Problems) -> None:
    groups = tables.read("claim_groups", "group_id", "unknown_origins", "first_published", "in_conflict")
    claims = tables.read("claims", "claim_id", "group_id", "source_id", "origin_id")
    sources = tables.read("sources", "source_id", "published")
    relations = tables.read("claim_relations", "claim_id", "other_claim_id", "relation")
    if groups is None or claims is None:
        return
    if relations is not None:
        conflicts = relations.filter(pc.equal(relations["relation"], "conflict"))
        sides = pa.chunked_array(
            [*conflicts["claim_id"].chunks, *conflicts["other_claim_id"].chunks], pa.string()
        )
        held = claims["group_id"].filter(pc.is_in(claims["claim_id"], value_set=sides))
        rows = rows_where(pc.not_equal(groups["in_conflict"], pc.is_in(groups["group_id"], value_set=held)))
        message = "must be true exactly where a claim of the group is in a relation of conflict"
        problems.add_rows("count", "claim_groups", rows, "in_conflict", message)
    open_claims = claims.filter(claims["origin_id"].is_null())
    sums = open_claims.group_by("group_id", use_threads=False).aggregate([("source_id", "count_distinct")])
    most = pc.fill_null(look_up(groups["group_id"], sums, "group_id", "source_id_count_distinct"), 0)
    rows = rows_where(pc.greater(groups["unknown_origins"], most))
    message = "must not be more than the sources of the group's claims that have no origin_id"
    problems.add_rows("count", "claim_groups", rows, "unknown_origins", message)
    if sources is not None:
        published = look_up(claims["source_id"], sources, "source_id", "published")
        dated = pc.binary_join_element_wise(claims["group_id"], published, " ")
        told = pc.binary_join_element_wise(groups["group_id"], groups["first_published"], " ")
        known = claims["group_id"].filter(published.is_valid())
        left_out = pc.and_(told.is_null(), pc.is_in(groups["group_id"], value_set=known))
        unknown = pc.and_(told.is_valid(), pc.invert(pc.is_in(told, value_set=dated)))
        rows = rows_where(pc.or_(left_out, unknown))
        message = "must be sources.published of one of the group's sources; null where none has it"
        problems.add_rows("count", "claim_groups", rows, "first_published", message)


_KINDS = {"entity": "entities", "event": "events", "claim_group": "claim_groups", "origin": "origins"}
"""The table in which an id of each kind of ``merged_ids`` is found."""


def _check_merged(tables: Tables, problems: Problems) -> None:
    found = tables.read("merged_ids", "former_id", "kind", "present_id")
    if found is None:
        return
    for kind, table in _KINDS.items():
        held = tables.read(table, schema.load()[table].primary_key[0])
        if held is None:
            continue
        ours = pc.equal(found["kind"], kind)
        lost = pc.and_(ours, pc.invert(pc.is_in(found["present_id"], value_set=held[0])))
        message = f"present_id must be the id of a row of {table}"
        problems.add_rows("merged", "merged_ids", rows_where(lost), "present_id", message)
        live = pc.and_(ours, pc.is_in(found["former_id"], value_set=held[0]))
        message = f"former_id must not be the id of a row of {table}: that id was not merged"
        problems.add_rows("merged", "merged_ids", rows_where(live), "former_id", message)


def _check_source_ids(tables: Tables, problems: Problems) -> None:
    found = tables.read("sources", "source_id", "sha256", "publisher")
    if found is None:
        return
    columns = (found[name].to_pylist() for name in ("source_id", "sha256", "publisher"))
    wrong = [
        row
        for row, (source_id, sha256, publisher) in enumerate(zip(*columns, strict=True))
        if source_id != make_id("src", sha256, publisher or "")
    ]
    message = (
        "the id is made from sha256 and publisher; one of the three was changed: build the package again"
    )
    problems.add_rows("source-id", "sources", wrong, "source_id", message)
