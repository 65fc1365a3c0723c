"""Faults in the rows of a package: each is found, told by code, table, row and field, and nothing else is."""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from frictionless import Package as FrictionlessPackage
from hypothesis import given
from hypothesis import strategies as st
from pandera.errors import SchemaErrors
from small_package import (
    ARTICLES,
    CLAIM,
    DATE,
    EVENT,
    LEDGER,
    RUIZ,
    Row,
    Rows,
    ident,
    make_rows,
    write_rows,
)

from onrecord.checking import columns
from onrecord.checking.check import validate
from onrecord.checking.keys import to_numbers
from onrecord.checking.report import CODES, SHOWN
from onrecord.packaging import package, schema
from onrecord.packaging.frames import frame_schema


def test_a_sound_package_has_no_problems(tmp_path: Path) -> None:
    report = validate(write_rows(tmp_path, make_rows()), ARTICLES)
    assert report.flatten() == []
    assert report.valid
    assert report.spans == 26
    assert report.tables["claim_spans"] == 8
    assert list(report.tables) == list(schema.TABLES)


def test_the_descriptor_can_be_given_and_articles_left_out(tmp_path: Path) -> None:
    report = validate(str(write_rows(tmp_path, make_rows()) / "datapackage.json"))
    assert report.valid
    assert report.spans is None


def test_frictionless_agrees_that_the_package_is_sound(tmp_path: Path) -> None:
    report = FrictionlessPackage(str(write_rows(tmp_path, make_rows()) / "datapackage.json")).validate()
    assert report.valid
    assert len(report.tasks) == 2 * len(schema.TABLES)


def test_what_is_published_is_sound(tmp_path: Path) -> None:
    schemas = schema.load()
    rows = {name: [pa.Table.from_pylist(held, schemas[name].arrow)] for name, held in make_rows().items()}
    package.write_package(tmp_path, rows, schemas, package.Metadata("small", "Small", "Two articles."))
    report = validate(tmp_path, ARTICLES)
    assert report.flatten() == []
    assert report.spans == 26


def test_an_empty_package_is_sound(tmp_path: Path) -> None:
    report = validate(write_rows(tmp_path, {name: [] for name in schema.TABLES}), ())
    assert report.valid
    assert set(report.tables.values()) == {0}


def change(table: str, row: int, **cells: object) -> Callable[[Rows], None]:
    def apply(rows: Rows) -> None:
        rows[table][row].update(cells)

    return apply


def again(table: str) -> Callable[[Rows], None]:
    def apply(rows: Rows) -> None:
        rows[table].append(dict(rows[table][0]))

    return apply


def swap(table: str, one: str, other: str) -> Callable[[Rows], None]:
    def apply(rows: Rows) -> None:
        row = rows[table][0]
        row[one], row[other] = row[other], row[one]

    return apply


def drop(table: str, row: int) -> Callable[[Rows], None]:
    def apply(rows: Rows) -> None:
        del rows[table][row]

    return apply


def turn(table: str) -> Callable[[Rows], None]:
    def apply(rows: Rows) -> None:
        rows[table].reverse()

    return apply


def add_origin(rows: Rows) -> None:
    origin = {"origin_id": "org-" + "f" * 16, "entity_id": None, "label": "Nobody", "kind": "other"}
    rows["origins"].append(origin)


def leave_the_chain(rows: Rows) -> None:
    """The first claim comes from an origin that nothing of it names any more."""
    del rows["attributions"][1]
    rows["source_relations"].clear()
    for row in rows["sources"]:
        row["origin"] = None


Told = tuple[str, str, int | None, str]
NO_TEXT: Told = ("repeat", "claim_groups", 1, "text")
ROW_FAULTS: list[tuple[str, str, int | None, str, Callable[[Rows], None], *tuple[Told, ...]]] = [
    ("required", "entity_mentions", 2, "method", change("entity_mentions", 1, method=None)),
    ("enum", "claims", 1, "certainty", change("claims", 0, certainty="sure")),
    ("pattern", "dates", 2, "value", change("dates", 1, value="next April", day=None)),
    ("pattern", "dates", 1, "value", change("dates", 0, value="2025-03-03\n", day=None)),
    (
        "pattern",
        "activities",
        1,
        "activity_id",
        change("activities", 0, activity_id="act-1"),
        ("id", "activities", 1, "activity_id"),
    ),
    ("range", "claims", 2, "confidence", change("claims", 1, confidence=1.5)),
    ("range", "sources", 1, "words", change("sources", 0, words=-1)),
    ("primary-key", "rejects", 2, "name", again("rejects")),
    (
        "foreign-key",
        "claim_entities",
        1,
        "entity_id",
        change("claim_entities", 0, entity_id=ident("ent", "x")),
        ("inside", "claim_entities", 1, "entity_id"),
        ("inside", "claims", 1, "claim_id"),
    ),
    (
        "foreign-key",
        "sources",
        2,
        "origin",
        change("sources", 1, origin=ident("org", "x")),
        ("repeat", "source_relations", 1, "relation"),
    ),
    ("span", "entity_mentions", 1, "text", change("entity_mentions", 0, text="Ana Ruiz,")),
    ("source", "event_mentions", 2, "date_id", change("event_mentions", 1, date_id=DATE)),
    ("claim-cover", "claim_spans", 5, "text", change("claims", 1, text="“we will not go home”")),
    ("order", "attributions", 2, "hop", change("attributions", 1, hop=3)),
    ("order", "claim_spans", 3, "seq", change("claim_spans", 2, seq=2)),
    (
        "speaker",
        "claims",
        1,
        "speaker",
        change("claims", 0, speaker=None),
        ("voice", "claims", 1, "speaker_entity_id"),
    ),
    ("speaker", "claims", 2, "cue", change("claims", 1, cue="vowed")),
    ("speaker", "claims", 2, "speaker", drop("claim_spans", 7), ("id", "claims", 2, "claim_id")),
    ("pair", "sources", 2, "published_from", change("sources", 1, published_from="text")),
    ("pair", "events", 1, "date_precision", change("events", 0, date_precision=None)),
    ("day", "events", 1, "day", change("events", 0, day=None)),
    ("day", "sources", 1, "published", change("sources", 0, published=date(2025, 3, 5))),
    ("day", "dates", 2, "day", change("dates", 1, day=date(2025, 4, 1))),
    ("day", "figures", 1, "as_of", change("figures", 0, as_of=date(2025, 3, 3))),
    ("day", "claim_groups", 1, "first_published", change("claim_groups", 0, first_published=date(1, 1, 1))),
    ("relation", "claim_relations", 1, "claim_id", swap("claim_relations", "claim_id", "other_claim_id")),
    (
        "relation",
        "source_relations",
        1,
        "source_id",
        swap("source_relations", "source_id", "other_source_id"),
        ("repeat", "source_relations", 1, "relation"),
        ("repeat", "sources", 1, "origin"),
    ),
    ("count", "entities", 1, "mentions", change("entities", 0, mentions=3)),
    ("count", "events", 1, "origins", change("events", 0, origins=1)),
    ("count", "claim_groups", 1, "outlets", change("claim_groups", 0, outlets=2)),
    ("count", "claim_groups", 1, "unknown_origins", change("claim_groups", 0, unknown_origins=3)),
    ("count", "claim_groups", 1, "in_conflict", change("claim_groups", 0, in_conflict=True)),
    (
        "count",
        "claim_groups",
        1,
        "first_published_edtf",
        change("claim_groups", 0, first_published_edtf="2025-03", first_published=None),
        NO_TEXT,
    ),
    (
        "count",
        "claim_groups",
        1,
        "first_published_edtf",
        change("claim_groups", 0, first_published_edtf=None, first_published=None),
        NO_TEXT,
    ),
    ("merged", "merged_ids", 1, "present_id", change("merged_ids", 0, present_id=ident("evt", "x"))),
    ("merged", "merged_ids", 1, "former_id", change("merged_ids", 0, former_id=EVENT)),
    ("count", "event_participants", 1, "mentions", change("event_participants", 0, mentions=3)),
    ("source-id", "sources", 1, "source_id", change("sources", 0, publisher="Someone Else")),
    ("unsorted", "dates", 2, "date_id", turn("dates")),
    ("id", "dates", 1, "date_id", change("dates", 0, date_id="dat-" + "0" * 16)),
    ("id", "entity_mentions", 1, "mention_id", change("entity_mentions", 0, mention_id="men-" + "0" * 16)),
    ("id", "event_mentions", 1, "mention_id", change("event_mentions", 0, mention_id="evm-" + "0" * 16)),
    ("id", "figures", 1, "figure_id", change("figures", 0, figure_id="fig-" + "0" * 16)),
    ("id", "activities", 1, "activity_id", change("activities", 0, version="0.2.0")),
    ("activity", "activities", None, "kind", drop("activities", 0)),
    ("activity", "activities", 1, "settings_sha256", change("activities", 0, settings_sha256=None)),
    ("activity", "claims", 1, "method", change("claims", 0, method="corrected")),
    ("activity", "dates", 2, "rule", change("dates", 1, rule="corrected")),
    ("voice", "claims", 1, "anonymity", change("claims", 0, anonymity="unnamed")),
    ("voice", "claims", 2, "anonymity", change("claims", 1, anonymity=None)),
    ("voice", "claims", 1, "quote_type", change("claims", 0, quote_type="none")),
    ("voice", "claims", 1, "origin_id", leave_the_chain),
    ("voice", "attributions", 1, "agent", change("attributions", 0, agent="Ana Maria Ruiz")),
    ("voice", "attributions", 3, "cue", change("attributions", 2, cue="denied")),
    ("inside", "claims", 1, "speaker_entity_id", change("claims", 0, speaker_entity_id=LEDGER)),
    ("inside", "attributions", 2, "entity_id", change("attributions", 1, entity_id=RUIZ)),
    (
        "count",
        "events",
        1,
        "origins",
        change("event_mentions", 0, claim_id=CLAIM),
        ("inside", "event_mentions", 1, "claim_id"),
    ),
    ("inside", "figures", 1, "claim_id", change("figures", 0, claim_id=CLAIM)),
    ("inside", "claims", 1, "claim_id", drop("claim_entities", 0)),
    ("repeat", "event_participants", 1, "text", change("event_participants", 0, text="others")),
    ("repeat", "claim_groups", 1, "text", change("claim_groups", 0, text="We will.")),
    ("repeat", "events", 1, "date_precision", change("events", 0, date_precision="month")),
    ("repeat", "source_relations", 1, "basis", change("source_relations", 0, basis="both relay it")),
    ("repeat", "sources", 1, "origin", drop("source_relations", 0)),
    ("order", "event_participants", 1, "seq", change("event_participants", 0, seq=2)),
    ("count", "events", 1, "confidence", change("events", 0, confidence=0.8)),
    ("pair", "figures", 1, "value_to", change("figures", 0, value_to=400.0)),
    ("pair", "source_relations", 1, "similarity", change("source_relations", 0, similarity=0.5)),
    ("unused", "origins", 2, "origin_id", add_origin),
]


IDS = ["ent-00000000000000ff", "evt-00000000000000ff", "ent-00000000000000FF", "ent-0000000000000100"]


@pytest.mark.parametrize("fault", ROW_FAULTS, ids=lambda fault: "-".join(map(str, fault[:4])))
def test_a_fault_in_a_row_is_found_and_nothing_else(fault: Any, tmp_path: Path) -> None:
    code, table, row, field, apply, *also = fault
    rows = make_rows()
    apply(rows)
    report = validate(write_rows(tmp_path, rows))
    assert report.flatten() == [(code, table, row, field), *also]
    assert report.problems[0].message
    assert not report.valid


@pytest.mark.parametrize("fault", {row[0]: row[4] for row in ROW_FAULTS}.values())
def test_a_fault_is_found_however_few_rows_are_looked_at_together(
    fault: Callable[[Rows], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = make_rows()
    fault(rows)
    report = validate(write_rows(tmp_path, rows), ARTICLES)
    assert report.problems
    for size in (1, 3):
        monkeypatch.setattr(columns, "BATCH", size)
        again = validate(tmp_path, ARTICLES)
        assert sorted(map(repr, again.problems)) == sorted(map(repr, report.problems))
        assert again.spans == report.spans


def test_rows_of_a_key_come_together_from_sorted_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columns, "BATCH", 2)
    keys = {"claims": "abcdefg", "claim_spans": "aaaaabccg", "attributions": "ccd"}
    for name, held in keys.items():
        pq.write_table(pa.table({"claim_id": list(held)}), tmp_path / name)
    tables = columns.Tables({name: tmp_path / name for name in keys})
    monkeypatch.setattr(tables, "is_sorted", lambda table: True)
    seen: list[str] = []
    rows = dict.fromkeys(keys, 0)
    for parts in tables.together(dict.fromkeys(keys, ("claim_id",))):
        here = {key for part in parts.values() for key in part.rows["claim_id"].to_pylist()}
        assert here.isdisjoint(seen)
        seen += here
        for name, part in parts.items():
            assert part.before == rows[name]
            rows[name] += part.rows.num_rows
    assert rows == {name: len(held) for name, held in keys.items()}


def test_a_table_that_is_not_sorted_is_told_from_one_that_is(tmp_path: Path) -> None:
    rows = make_rows()
    rows["entities"].sort(key=lambda row: str(row["entity_id"]), reverse=True)
    rows["claims"].sort(key=lambda row: str(row["claim_id"]))
    write_rows(tmp_path, rows)
    files = {name: tmp_path / "datapackage" / f"{name}.parquet" for name in ("entities", "claims")}
    tables = columns.Tables(files)
    assert (tables.is_sorted("entities"), tables.is_sorted("claims")) == (False, True)


@given(st.lists(st.none() | st.sampled_from(IDS) | st.text(max_size=22)), st.integers(0, 3))
def test_texts_share_a_number_when_they_are_the_same(texts: list[str | None], start: int) -> None:
    numbers = to_numbers(pa.array(texts, pa.string()).slice(start)).tolist()
    named = dict(zip(numbers, texts[start:], strict=True))
    assert [named[found] for found in numbers] == texts[start:]
    assert len(set(numbers)) == len(set(texts[start:]))
    assert all((found == 0) == (text is None) for found, text in zip(numbers, texts[start:], strict=True))


@pytest.mark.parametrize("number", [0, 1, 2, 5, 7])
def test_pandera_agrees(number: int) -> None:
    _, table, row, _, apply, *_ = ROW_FAULTS[number]
    assert row is not None
    rows = make_rows()
    schemas = schema.load()
    frame = read_as_frame(rows[table], schemas[table])
    frame_schema(table).validate(frame)
    apply(rows)
    with pytest.raises(SchemaErrors) as raised:
        frame_schema(table).validate(read_as_frame(rows[table], schemas[table]), lazy=True)
    assert row - 1 in set(raised.value.failure_cases["index"])


def read_as_frame(rows: list[Row], table: schema.TableSchema) -> Any:
    return pd.DataFrame({name: [row[name] for row in rows] for name in table.names}).astype(
        table.pandas_dtypes
    )


def test_offsets_beyond_the_source_are_found(tmp_path: Path) -> None:
    rows = make_rows()
    rows["entity_mentions"][0].update(start=5_000, end=5_008)
    rows["entity_mentions"][1].update(start=9, end=9)
    assert set(validate(write_rows(tmp_path, rows)).flatten()) >= {
        ("span", "entity_mentions", 1, "end"),
        ("span", "entity_mentions", 2, "end"),
    }


def test_an_empty_text_is_found(tmp_path: Path) -> None:
    rows = make_rows()
    rows["sources"][0]["author"] = ""
    found = validate(write_rows(tmp_path, rows)).flatten()
    assert ("empty", "sources", 1, "author") in found


def test_a_claim_without_content_is_found(tmp_path: Path) -> None:
    rows = make_rows()
    rows["claim_spans"] = [row for row in rows["claim_spans"] if row["role"] != "content"]
    assert ("claim-cover", "claims", 1, "start") in validate(write_rows(tmp_path, rows)).flatten()


def test_only_so_many_rows_of_a_kind_are_told(tmp_path: Path) -> None:
    rows = make_rows()
    rows["rejects"] = [{"name": f"{n}.txt", "code": "Not A Code", "message": "m"} for n in range(SHOWN + 7)]
    report = validate(write_rows(tmp_path, rows))
    told = [problem for problem in report.problems if problem.code == "pattern"]
    assert len(told) == SHOWN + 1
    assert told[-1].row is None
    assert "and 7 more" in told[-1].message


def test_every_code_is_explained_and_tested() -> None:
    tests = Path(__file__).parent.glob("test_check*.py")
    source = "\n".join(path.read_text(encoding="utf-8") for path in tests)
    assert [code for code in CODES if f'"{code}"' not in source] == []


def test_problems_are_json(tmp_path: Path) -> None:
    rows = make_rows()
    rows["claims"][0]["polarity"] = "no"
    problems = validate(write_rows(tmp_path, rows)).problems
    assert json.loads(json.dumps([asdict(problem) for problem in problems]))[0]["code"] == "enum"
