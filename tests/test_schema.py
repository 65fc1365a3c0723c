"""What follows from the files in schemas/: types for Arrow and pandas, checks of cells and keys."""

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from frictionless import Schema as FrictionlessSchema
from hypothesis import given
from hypothesis import strategies as st
from pandera.errors import SchemaErrors
from small_package import make_rows

from onrecord import model, world
from onrecord.errors import SchemaError
from onrecord.packaging import dictionary, schema
from onrecord.packaging.frames import frame_schema
from onrecord.packaging.schema import Field, TableSchema

TABLES = list(schema.load().values())
EACH_TABLE = pytest.mark.parametrize("table", TABLES, ids=schema.TABLES)
PUBLISHED = schema.load()["sources"].field("published_edtf").pattern or ""
VALUE = schema.load()["dates"].field("value").pattern or ""
EDTF = """
    2026 2026-04 2026-04-29 2024-02-29 2026-04-29T10:00:00Z 2026-04-29T10:00:00+02:00 2026-04-29T10:00:00
    2026-21 202X 20XX 199X~ 2026-XX 2026-04-XX 2026-XX-XX 2026~ 2026-04-29? 2026-04% 2026-04-27/2026-05-03
    2026-04/2026-05~ 199X/2005 2026/.. ../2026 2026/ /2026 -0044-03-15 Y17000
"""
NOT_EDTF = """
    2026-13 2026-00 2026-02-30 2026-04-31 2026-4-29 26-04-29 20260429 20X6 XXXX 2026-04-29T10:00 .. / ../..
    2026-04-29T25:00:00 2026-04-29T10:00:00/2026-04-30 2026/2027/2028 April 2026-W17 ２０２６ 2026-04-29Z
"""


def example_row(table: TableSchema) -> dict[str, Any]:
    return {field.name: example(field) for field in table.fields}


def example(field: Field) -> Any:
    return date.fromisoformat(str(field.example)) if field.type == "date" else field.example


def least_row(table: TableSchema) -> dict[str, Any]:
    return {field.name: field.example if field.required else None for field in table.fields}


@EACH_TABLE
def test_every_column_is_described_with_a_fitting_example(table: TableSchema) -> None:
    assert table.title
    assert table.description.endswith(".")
    for field in table.fields:
        assert field.description.endswith("."), field.name
        assert field.type != "integer" or field.unit, field.name
        assert not field.enum or field.example in field.enum
        assert field.pattern is None or re.fullmatch(field.pattern, str(field.example)), field.name


@EACH_TABLE
def test_parquet_comes_back_with_the_right_dtypes(table: TableSchema, tmp_path: Path) -> None:
    rows = [least_row(table), least_row(table)]
    pq.write_table(pa.Table.from_pylist(rows, table.arrow), tmp_path / "t.parquet")
    frame = pd.read_parquet(tmp_path / "t.parquet")
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == table.pandas_dtypes
    assert list(frame.index) == [0, 1]


@EACH_TABLE
def test_csv_read_with_the_options_is_what_parquet_holds(table: TableSchema, tmp_path: Path) -> None:
    rows = pa.Table.from_pylist([example_row(table), least_row(table)], table.arrow)
    pq.write_table(rows, tmp_path / "t.parquet")
    rows.to_pandas().to_csv(tmp_path / "t.csv", index=False)
    read = pd.read_csv(tmp_path / "t.csv", **table.csv_options)
    pd.testing.assert_frame_equal(read, pd.read_parquet(tmp_path / "t.parquet"))


def test_csv_read_with_the_options_loses_no_name(tmp_path: Path) -> None:
    table = schema.load()["rejects"]
    frame = pd.DataFrame({"name": ["None", "NA"], "code": ["null", "nan"], "message": ["2026", "01"]})
    frame.to_csv(tmp_path / "t.csv", index=False)
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "t.csv", **table.csv_options), frame)


@EACH_TABLE
def test_pandera_takes_good_rows_and_no_others(table: TableSchema) -> None:
    good = pa.Table.from_pylist([least_row(table)], table.arrow).to_pandas()
    frame_schema(table.name).validate(good, lazy=True)
    for bad in (
        good.assign(another=1),
        good.drop(columns=table.names[-1]),
        good[table.names[::-1]],
        pd.concat([good, good], ignore_index=True),
    ):
        with pytest.raises(SchemaErrors):
            frame_schema(table.name).validate(bad, lazy=True)


@EACH_TABLE
def test_arrow_tells_required_columns(table: TableSchema) -> None:
    assert [not field.nullable for field in table.arrow] == [field.required for field in table.fields]


@EACH_TABLE
def test_frictionless_reads_the_file(table: TableSchema) -> None:
    read = FrictionlessSchema.from_descriptor(table.descriptor())
    assert read.field_names == table.names
    assert read.primary_key == list(table.primary_key)
    assert table.descriptor() is not table.descriptor()


def test_enums_are_those_of_the_records() -> None:
    tables = schema.load()
    for place, records in {
        "entities.type": model.EntityType,
        "entity_mentions.form": model.Form,
        "entity_mentions.type": model.EntityType,
        "claims.quote_type": model.QuoteType,
        "claims.anonymity": model.Anonymity,
        "claims.certainty": model.Certainty,
        "claims.polarity": model.Polarity,
        "claims.time": model.Time,
        "attributions.anonymity": model.Anonymity,
        "attributions.kind": model.AgentKind,
        "attributions.standing": model.Standing,
        "origins.kind": model.AgentKind,
        "events.status": model.EventStatus,
        "events.date_precision": world.DatePrecision,
        "events.kind": model.EventKind,
        "event_mentions.certainty": model.Certainty,
        "event_mentions.polarity": model.Polarity,
        "event_mentions.time": model.Time,
        "event_participants.role": model.ParticipantRole,
        "dates.kind": model.DateKind,
    }.items():
        name, column = place.split(".")
        assert set(tables[name].field(column).enum) == set(get_args(records)), place
    assert len(tables["events"].field("type").enum) == 16


def test_columns_that_refer_to_another_table_are_foreign_keys() -> None:
    keys = {table.primary_key[0]: table.name for table in TABLES if len(table.primary_key) == 1}
    for table in TABLES:
        told = {key.field: key.table for key in table.foreign_keys}
        for field in table.fields:
            parent = keys.get(field.name)
            if parent and parent != table.name and field.name != "mention_id":
                assert told.get(field.name) == parent, f"{table.name}.{field.name}"


def test_the_data_dictionary_is_that_of_the_schemas() -> None:
    page = Path(__file__).parents[1] / "docs" / "data-dictionary.md"
    assert page.read_text(encoding="utf-8") == dictionary.render(), "run `make docs`"


@pytest.mark.parametrize("value", EDTF.split())
def test_edtf_is_taken(value: str) -> None:
    assert re.fullmatch(PUBLISHED, value)
    assert re.fullmatch(VALUE, value)
    assert pc.match_substring_regex(pa.array([value]), schema.to_boundary(PUBLISHED))[0].as_py()


@pytest.mark.parametrize("value", [*NOT_EDTF.split(), "2026-04-29\n", " 2026", "", "\n2026", "2026\n2027"])
def test_what_is_not_edtf_is_refused(value: str) -> None:
    assert not re.fullmatch(PUBLISHED, value)
    assert not pc.match_substring_regex(pa.array([value]), schema.to_boundary(PUBLISHED))[0].as_py()


@pytest.mark.parametrize("value", ["P3Y", "PT30M", "P2.5Y", "P1Y2MT2H", "R/P1W", "2026-04-29T10:00"])
def test_durations_are_taken_as_values_of_dates(value: str) -> None:
    assert re.fullmatch(VALUE, value)
    assert not re.fullmatch(PUBLISHED, value)


@pytest.mark.parametrize("value", ["P", "PT", "P1", "PXY", "3Y", "R/2026", "P1H", "P1W2D", "p3y"])
def test_what_is_no_duration_is_refused(value: str) -> None:
    assert not re.fullmatch(VALUE, value)


def edited(change: Callable[[dict[str, Any]], object]) -> str:
    data = schema.load()["sources"].descriptor()
    change(data)
    return json.dumps(data)


def in_field(**cells: object) -> str:
    return edited(lambda data: data["fields"][0].update(cells))


def constrained(field: int, **cells: object) -> str:
    return edited(lambda data: data["fields"][field]["constraints"].update(cells))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not JSON"),
        ("[]", "JSON object"),
        (edited(lambda data: data.update(uniqueKeys=[["name"]])), "uniqueKeys is not supported"),
        (edited(lambda data: data.pop("description")), "description is missing"),
        (edited(lambda data: data.update(name="articles")), "must be 'sources'"),
        (edited(lambda data: data.update(missingValues=["", "NA"])), "missingValues"),
        (edited(lambda data: data.update(primaryKey=["nothing"])), "primary key"),
        (edited(lambda data: data.update(primaryKey=["title"])), "primary key"),
        (edited(lambda data: data["fields"].append(data["fields"][0])), "same name"),
        (edited(lambda data: data["foreignKeys"][0].update(fields=["origin", "url"])), "one column"),
        (edited(lambda data: data["foreignKeys"][0].update(fields=["nothing"])), "not a column"),
        (in_field(type="datetime"), "'datetime' is not supported"),
        (in_field(format="uri"), "format is not supported"),
        (in_field(meanings={"a": "b"}), "meanings"),
        (constrained(0, unique=True), "unique is not supported"),
        (constrained(0, minimum=1), "minimum is not supported"),
        (constrained(0, enum=["a", "b"]), "meanings"),
        (constrained(0, pattern="[0-9]+"), r"\(\?:"),
        (constrained(0, pattern="(?:[)"), "valid for both"),
        (constrained(0, pattern="(?:(?=a)a)"), "valid for both"),
        (edited(lambda data: data["fields"][0]["constraints"].pop("required")), "required is missing"),
    ],
)
def test_what_is_not_understood_is_an_error(text: str, message: str) -> None:
    with pytest.raises(SchemaError, match=message) as raised:
        schema.parse("sources", text)
    assert "schemas/sources.json" in str(raised.value)


def test_the_tables_stand_in_order_and_are_read_once() -> None:
    assert tuple(schema.load()) == schema.TABLES
    assert schema.load() is schema.load()
    with pytest.raises(KeyError):
        schema.load()["sources"].field("nothing")


def test_the_small_package_has_the_columns_of_the_schemas() -> None:
    rows = make_rows()
    for table in TABLES:
        assert all(set(row) == set(table.names) for row in rows[table.name]), table.name


pairs = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")))


@given(pairs)
def test_duplicates_are_the_rows_whose_key_came_before(rows: list[tuple[str, str]]) -> None:
    table = pa.table({"one": [row[0] for row in rows], "two": [row[1] for row in rows]}, TWO)
    expected = [number for number, row in enumerate(rows) if row in rows[:number]]
    assert schema.find_duplicates(table, ("one", "two")).to_pylist() == expected


TWO = pa.schema({"one": pa.string(), "two": pa.string()})
